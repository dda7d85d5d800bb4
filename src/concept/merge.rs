//! A concept turns out to be another: all that named it follows, at once, whoever's it is.
//!
//! What follows: concepts that were merged into it before, whatever consortium's they are, so that nobody has to follow a chain;
//! entries (their history keeps what they were on), definitions, contacts, and the lists of statements and
//! projects. Where a library has entries of one stance on both, they become one; see [`crate::competence::joined`]. The rows
//! are changed in the name of their libraries and stand in their audit; who merges sees none of them, and not how many
//! there were.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::{Column, Concept, ConceptMerge, ConceptStatus, Entity, Model, label, proposal, service};
use crate::{
    error::{Code, Error, Result},
    id::ConceptId,
    tenancy::{TenantScope, TenantTx, Turn},
};

/// What is locked; see [`service::held`].
pub(super) const TURN: &str = "concepts";

/// Merges a concept into another.
pub async fn merge(
    scope: &TenantScope,
    id: ConceptId,
    expected: i64,
    input: ConceptMerge,
) -> Result<Concept> {
    let scope_in = scope.clone();
    scope
        .write("mergeConcept", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                proposal::decides(tx, &row).await?;
                tx.lock(TURN, Turn::Alone).await?;
                // Read again: what the one before left.
                let row = tx.get::<Entity>(id.0).await?;
                if !row.status.is_used() {
                    return Err(Error::new(Code::Conflict));
                }
                let into = target(tx, &row, input.into_id).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.status = Set(ConceptStatus::Deprecated);
                        row.replaced_by = Set(Some(into));
                    })
                    .await?;
                if row.top {
                    follow_theme(tx, id, into).await?;
                }
                if row.consortium_id.is_none() {
                    follow_labels(tx, id, into).await?;
                }
                tx.take_along(id, into).await?;
                service::load(&scope_in, tx, id).await
            })
        })
        .await
}

/// What a concept may be merged into: what is accepted, and seen by all who see this one.
async fn target(tx: &TenantTx, row: &Model, into: ConceptId) -> Result<ConceptId> {
    let fault = |code| Error::new(Code::InvalidInput).field("intoId", code);
    if into == row.id {
        return Err(fault("self_merge"));
    }
    let found =
        tx.find::<Entity>()?.filter(Column::Id.eq(into)).filter(Column::Top.eq(row.top)).one().await?;
    match found {
        Some(into) if into.consortium_id.is_some() && into.consortium_id != row.consortium_id => {
            Err(fault("unknown_concept"))
        }
        Some(into) if into.status == ConceptStatus::Accepted => Ok(into.id),
        Some(into) if !into.status.is_used() => Err(fault("deprecated_concept")),
        _ => Err(fault("unknown_concept")),
    }
}

/// What stood under a theme stands under the other; of what is not the caller's to decide on, its own theme says what replaced it.
async fn follow_theme(tx: &TenantTx, from: ConceptId, into: ConceptId) -> Result<()> {
    let under = Condition::all().add(Column::ThemeId.eq(from));
    tx.align::<Entity>(under, vec![(Column::ThemeId, into.0.into())]).await
}

/// Whoever used the old words is met with the new concept.
async fn follow_labels(tx: &TenantTx, from: ConceptId, into: ConceptId) -> Result<()> {
    use label::Column as L;
    let of = || Condition::all().add(L::ConceptId.eq(from));
    tx.align::<label::Entity>(of().add(L::Kind.eq("pref")), vec![(L::Kind, "alt".into())]).await?;
    tx.align::<label::Entity>(of(), vec![(L::ConceptId, into.0.into())]).await
}
