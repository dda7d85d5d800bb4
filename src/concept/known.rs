//! Concepts that an input names: are they there, and still in use?

use std::collections::BTreeMap;

use sea_orm::ColumnTrait;

use super::{Column, ConceptStatus, Entity};
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
    let rows = tx.find::<Entity>()?.filter(Column::Id.is_in(named.iter().map(|(_, id)| *id))).all().await?;
    let known: BTreeMap<ConceptId, ConceptStatus> =
        rows.into_iter().map(|row| (row.id, row.status)).collect();
    for (place, id) in named {
        match known.get(id) {
            None => violations.add(place, "unknown_concept"),
            Some(ConceptStatus::Deprecated) => violations.add(place, "deprecated_concept"),
            Some(_) => {}
        }
    }
    Ok(())
}
