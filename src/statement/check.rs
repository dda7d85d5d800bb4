//! What a statement may say.

use super::{Model, StatementKind};
use crate::{
    concept::known,
    error::{Code, Error, Result, Violations},
    id::{ConceptId, StatementId},
    statement::{Column, Entity},
    tenancy::{TenantTx, Turn},
};
use sea_orm::ColumnTrait;

const LONGEST: usize = 1_000;
const MOST_CONCEPTS: usize = 20;

/// A statement as it would become.
pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("text", &row.text, LONGEST);
    let concepts = &row.concepts.0;
    if concepts.len() > MOST_CONCEPTS {
        violations.add_with("conceptIds", "too_many", &[("max", &MOST_CONCEPTS.to_string())]);
    }
    for (n, concept) in concepts.iter().enumerate() {
        if concepts.iter().take(n).any(|before| before == concept) {
            violations.add(&format!("conceptIds/{n}"), "duplicate");
        }
    }
    if row.ambition_id.is_some() && row.kind != StatementKind::Means {
        violations.add("ambitionId", "means_only");
    }
    violations.done()
}

/// What it names must be there.
pub async fn known(tx: &TenantTx, concepts: &[ConceptId], ambition: Option<StatementId>) -> Result<()> {
    let mut violations = Violations::default();
    let named: Vec<_> = concepts.iter().enumerate().map(|(n, id)| (format!("conceptIds/{n}"), *id)).collect();
    known::check(tx, &named, &mut violations).await?;
    if let Some(ambition) = ambition {
        // It stays an ambition while this is written.
        turn(tx, ambition, Turn::Shared).await?;
        let own = tx
            .find::<Entity>()?
            .filter(Column::Id.eq(ambition))
            .filter(Column::TenantId.eq(tx.me()))
            .filter(Column::Kind.eq(StatementKind::Ambition));
        if own.one().await?.is_none() {
            violations.add("ambitionId", "own_ambition");
        }
    }
    violations.done()
}

/// Who puts something beside a statement goes beside others; who changes what it is goes alone.
pub async fn turn(tx: &TenantTx, id: StatementId, turn: Turn) -> Result<()> {
    // What is hidden waits for nobody: how long an answer takes would tell that it is there.
    if super::service::own(tx, id).await?.is_none() {
        tx.get::<Entity>(id.0).await?;
    }
    tx.lock(&format!("statement {id}"), turn).await
}

/// An ambition that means serve stays one.
pub async fn unserved(tx: &TenantTx, id: StatementId) -> Result<()> {
    let serving = tx.find::<Entity>()?.filter(Column::AmbitionId.eq(id)).filter(Column::TenantId.eq(tx.me()));
    match serving.one().await? {
        None => Ok(()),
        Some(_) => Err(Error::new(Code::Conflict)),
    }
}
