//! A fact is a library's part in a project: the project that it brings is counted once, whoever takes part.

use std::collections::HashMap;

use super::{Asked, Names};
use crate::{
    aggregate::figure::{
        CubeDimension,
        fact::{Amount, Fact},
    },
    error::Result,
    id::{ProjectId, TenantId},
    project::{
        self, ProjectState,
        participant::{self, ParticipantStatus},
    },
    tenancy::AggregateTx,
    when,
};

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let projects = tx.shared::<project::Entity>(asked.extent)?.all().await?;
    let projects: HashMap<ProjectId, (project::Model, ProjectState)> = projects
        .into_iter()
        .filter_map(|row| asked.state::<project::Entity, _>(&row).map(|state| (row.project_id, (row, state))))
        .collect();
    let mut parts = tx.shared::<participant::Entity>(asked.extent)?.all().await?;
    parts.retain(|row| asked.state::<participant::Entity, _>(row) == Some(ParticipantStatus::Accepted));
    let mut together: HashMap<ProjectId, Vec<TenantId>> = HashMap::new();
    for part in &parts {
        together.entry(part.project_id).or_default().push(part.participant_id);
    }
    let concerned = parts.iter().flat_map(|part| [part.participant_id, part.tenant_id]);
    names.know(tx, concerned).await?;
    let mut facts = Vec::new();
    for part in parts {
        let Some((project, state)) = projects.get(&part.project_id) else { continue };
        let mut spots = names.library(part.participant_id);
        spots.extend(names.lead(project.tenant_id));
        spots.extend(names.about(&project.concepts.0));
        spots.extend(names.period(project.starts.as_deref().and_then(when::span)));
        spots.insert(CubeDimension::State, names.value(CubeDimension::State, *state));
        spots.insert(CubeDimension::Role, names.value(CubeDimension::Role, part.role));
        let others = together.get(&part.project_id).into_iter().flatten().copied();
        spots.insert(CubeDimension::Pair, names.pairs(part.participant_id, others));
        let amounts = [project.project_id.0, part.participant_id.0, part.id.0].map(Amount::one);
        facts.push(Fact { by: Some(part.participant_id), spots, amounts: amounts.to_vec() });
    }
    Ok(facts)
}
