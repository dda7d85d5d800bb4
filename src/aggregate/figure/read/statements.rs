use std::collections::HashMap;

use super::{Asked, Names};
use crate::{
    aggregate::{
        facts::count,
        figure::{
            CubeDimension,
            fact::{Amount, Fact},
        },
    },
    error::Result,
    id::StatementId,
    statement::{self, endorsement},
    tenancy::AggregateTx,
};

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let mut rows = tx.shared::<statement::Entity>(asked.extent)?.all().await?;
    rows.retain(|row| asked.stood::<statement::Entity>(row).is_some());
    let mut endorsed: HashMap<StatementId, usize> = HashMap::new();
    let endorsements = tx.shared::<endorsement::Entity>(asked.extent)?.all().await?;
    for row in endorsements.into_iter().filter(|row| asked.there(row.at)) {
        *endorsed.entry(row.statement_id).or_default() += 1;
    }
    names.know(tx, rows.iter().map(|row| row.tenant_id)).await?;
    let fact = |row: statement::Model| {
        let mut spots = names.library(row.tenant_id);
        let day = row.created_at.date_naive();
        spots.extend(names.about(&row.concepts.0));
        spots.extend(names.period(Some((day, day))));
        spots.insert(CubeDimension::StatementKind, names.value(CubeDimension::StatementKind, row.kind));
        let number = count(endorsed.get(&row.id).copied().unwrap_or_default());
        let amounts =
            vec![Amount::one(row.id.0), Amount::one(row.tenant_id.0), Amount { of: row.id.0, number }];
        Fact { by: Some(row.tenant_id), spots, amounts }
    };
    Ok(rows.into_iter().map(fact).collect())
}
