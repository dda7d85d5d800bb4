use chrono::NaiveDate;

use super::{Asked, Names};
use crate::{
    aggregate::figure::{
        CubeDimension,
        fact::{Amount, Fact},
    },
    commitment::{self, CommitmentStatus},
    error::Result,
    tenancy::AggregateTx,
    when,
};

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let rows = tx.shared::<commitment::Entity>(asked.extent)?.all().await?;
    names.know(tx, rows.iter().map(|row| row.tenant_id)).await?;
    let fact = |row: commitment::Model| {
        let status: CommitmentStatus = asked.state::<commitment::Entity, _>(&row)?;
        let mut spots = names.library(row.tenant_id);
        spots.extend(names.period(row.due.as_deref().and_then(when::span)));
        spots.insert(CubeDimension::State, names.value(CubeDimension::State, status));
        let open = matches!(status, CommitmentStatus::Open | CommitmentStatus::Moved);
        let due_by = row.due_by.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
        let overdue = open && due_by.is_some_and(|day| day < asked.as_of);
        let id = row.id.0;
        let amounts = vec![
            Amount::one(id),
            Amount::one(row.tenant_id.0),
            Amount::if_so(id, open),
            Amount::if_so(id, overdue),
            Amount::if_so(id, status == CommitmentStatus::Done),
            Amount::if_so(id, status == CommitmentStatus::Dropped),
        ];
        Some(Fact { by: Some(row.tenant_id), spots, amounts })
    };
    Ok(rows.into_iter().filter_map(fact).collect())
}
