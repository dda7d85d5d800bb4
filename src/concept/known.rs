//! Concepts that an input names: are they there, and still in use?

use std::collections::BTreeMap;

use sea_orm::ColumnTrait;

use super::{Column, ConceptStatus, Entity, service};
use crate::{
    error::{Result, Violations},
    id::ConceptId,
    tenancy::TenantTx,
};

/// Adds a violation for every concept that is unknown or no longer used; each comes with its place in the input.
pub async fn check(tx: &TenantTx, named: &[(String, ConceptId)], violations: &mut Violations) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    service::held(tx).await?;
    let rows = tx.find::<Entity>()?.filter(Column::Id.is_in(named.iter().map(|(_, id)| *id))).all().await?;
    let known: BTreeMap<ConceptId, ConceptStatus> =
        rows.into_iter().map(|row| (row.id, row.status)).collect();
    for (place, id) in named {
        match known.get(id) {
            None => violations.add(place, "unknown_concept"),
            Some(status) if !status.is_used() => violations.add(place, "deprecated_concept"),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Of these concepts those that were merged, each with what it was merged into.
pub async fn merged(
    tx: &TenantTx,
    ids: impl IntoIterator<Item = ConceptId>,
) -> Result<BTreeMap<ConceptId, ConceptId>> {
    let ids: std::collections::BTreeSet<ConceptId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let merged = tx.find::<Entity>()?.filter(Column::ReplacedBy.is_not_null());
    let rows = merged.all().await?.into_iter().filter(|row| ids.contains(&row.id));
    Ok(rows.filter_map(|row| Some((row.id, row.replaced_by?))).collect())
}
