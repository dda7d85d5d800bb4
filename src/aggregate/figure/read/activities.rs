use std::collections::HashMap;

use super::{Asked, Names};
use crate::{
    activity::{self, ActivityState, registration},
    aggregate::figure::{
        CubeDimension,
        fact::{Amount, Fact},
    },
    error::Result,
    id::ActivityId,
    tenancy::AggregateTx,
    when,
};

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let rows = tx.shared::<activity::Entity>(asked.extent)?.all().await?;
    // How many libraries, and how many people.
    let mut registered: HashMap<ActivityId, (i64, i64)> = HashMap::new();
    let registrations = tx.shared::<registration::Entity>(asked.extent)?.all().await?;
    for row in registrations.into_iter().filter(|row| asked.there(row.created_at)) {
        let (libraries, places) = registered.entry(row.activity_id).or_default();
        *libraries += 1;
        *places += row.places;
    }
    names.know(tx, rows.iter().map(|row| row.tenant_id)).await?;
    let fact = |row: activity::Model| {
        let state: ActivityState = asked.state::<activity::Entity, _>(&row)?;
        let mut spots = names.library(row.tenant_id);
        spots.extend(names.about(&row.concepts.0));
        spots.extend(names.period(row.held.as_deref().and_then(when::span)));
        spots.insert(CubeDimension::ActivityKind, names.value(CubeDimension::ActivityKind, row.kind));
        spots.insert(CubeDimension::Side, names.value(CubeDimension::Side, row.side));
        spots.insert(CubeDimension::State, names.value(CubeDimension::State, state));
        let of = row.id.0;
        let (libraries, places) = registered.get(&row.id).copied().unwrap_or_default();
        let numbers = [row.seats.unwrap_or_default(), libraries, places];
        let mut amounts = vec![Amount::one(of), Amount::one(row.tenant_id.0)];
        amounts.extend(numbers.map(|number| Amount { of, number }));
        Some(Fact { by: Some(row.tenant_id), spots, amounts })
    };
    Ok(rows.into_iter().filter_map(fact).collect())
}
