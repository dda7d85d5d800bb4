//! A fact is an application. What it is for is told where its project is shared in the consortium too.

use std::collections::HashMap;

use super::{Asked, Names};
use crate::{
    aggregate::figure::{
        CubeDimension,
        fact::{Amount, Fact},
    },
    error::Result,
    funding::{self, FundingState, check::day},
    id::ProjectId,
    project,
    tenancy::AggregateTx,
};

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let rows = tx.shared::<funding::Entity>(asked.extent)?.all().await?;
    let projects = tx.shared::<project::Entity>(asked.extent)?.all().await?;
    let projects: HashMap<ProjectId, project::Model> =
        projects.into_iter().map(|row| (row.project_id, row)).collect();
    names.know(tx, rows.iter().map(|row| row.tenant_id)).await?;
    let fact = |row: funding::Model| {
        let state: FundingState = asked.state::<funding::Entity, _>(&row)?;
        let mut spots = names.library(row.tenant_id);
        let concepts = projects.get(&row.project_id).map_or(&[][..], |project| &project.concepts.0);
        let [_, (of, themes)] = names.about(concepts);
        spots.insert(of, themes);
        let when = day(&row.first_day).or(day(&row.applied_on));
        spots.extend(names.period(when.map(|day| (day, day))));
        spots.insert(CubeDimension::State, names.value(CubeDimension::State, state));
        spots.insert(CubeDimension::Funder, names.called(CubeDimension::Funder, Some(&row.funder)));
        spots.insert(CubeDimension::FunderKind, names.value(CubeDimension::FunderKind, row.funder_kind));
        let programme = names.called(CubeDimension::Programme, row.programme.as_deref());
        spots.insert(CubeDimension::Programme, programme);
        spots.insert(CubeDimension::Currency, names.value(CubeDimension::Currency, row.currency));
        let of = row.id.0;
        let if_so = |so: bool, number: i64| Amount { of, number: if so { number } else { 0 } };
        let amounts = vec![
            Amount::one(of),
            Amount::one(row.tenant_id.0),
            if_so(state.stands(), row.applied_minor),
            if_so(state == FundingState::Granted, row.granted_minor.unwrap_or_default()),
            if_so(state == FundingState::Rejected, row.applied_minor),
        ];
        Some(Fact { by: Some(row.tenant_id), spots, amounts })
    };
    Ok(rows.into_iter().filter_map(fact).collect())
}
