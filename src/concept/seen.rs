//! Which of the concepts that a row names its reader may be told of: a row may name a word of a consortium's own, or one that
//! is only proposed, and be shown to others than that word is.

use std::{collections::BTreeSet, sync::LazyLock};

use sea_orm::ColumnTrait;
use uuid::Uuid;

use super::{Column, Entity};
use crate::{error::Result, id::ConceptId, tenancy::TenantTx};

/// What every node starts with and everybody reads: of these nothing has to be asked.
static STARTED_WITH: LazyLock<BTreeSet<Uuid>> =
    LazyLock::new(|| migration::registers::concept_ids().unwrap_or_default());

/// The concepts that a reader sees, of those that were asked about.
pub struct Seen(BTreeSet<ConceptId>);

/// Of these concepts those that the caller sees; one question where one is named that not every node has.
pub async fn seen(tx: &TenantTx, named: impl IntoIterator<Item = ConceptId>) -> Result<Seen> {
    let (mut seen, asked): (BTreeSet<_>, BTreeSet<_>) =
        named.into_iter().partition(|id| STARTED_WITH.contains(&id.0));
    if !asked.is_empty() {
        let rows = tx.find::<Entity>()?.filter(Column::Id.is_in(asked)).all().await?;
        seen.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(Seen(seen))
}

impl Seen {
    pub fn of(&self, mut ids: Vec<ConceptId>) -> Vec<ConceptId> {
        ids.retain(|id| self.0.contains(id));
        ids
    }

    pub fn one(&self, id: Option<ConceptId>) -> Option<ConceptId> {
        id.filter(|id| self.0.contains(id))
    }
}
