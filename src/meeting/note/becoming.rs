//! A note becomes what it turns out to be: made by that noun's own service, in the write that notes it down.

use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Became, CommitmentOfNote, CompetenceOfNote, Entity, Model, Note, StatementOfNote, read::load};
use crate::{
    commitment as commitments, competence as competences,
    error::{Code, Error, Result},
    id::NoteId,
    statement as statements,
    tenancy::{TenantScope, TenantTx},
    text::Lang,
};

/// Enters the competence that a note of the caller's library is.
pub async fn competence(
    scope: &TenantScope,
    id: NoteId,
    expected: i64,
    input: CompetenceOfNote,
) -> Result<Note> {
    // Before the write, which holds a connection already. Should the note be another by then, its version is.
    let note = super::read::view(scope, id).await?;
    let mapped = competences::service::meant(scope, note.text, Some(note.language)).await?;
    let scope_in = scope.clone();
    scope
        .write("makeCompetenceOfNote", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let note = own(tx, id).await?;
                let made = competences::NewCompetence {
                    stance: input.stance,
                    concept_id: note.concept_id,
                    source_phrase: Some(note.text.clone()),
                    language: Some(language(&note)),
                    level: input.level,
                    holders: None,
                    note: None,
                    evidence: Vec::new(),
                    target_level: None,
                    target_date: None,
                    spreading: None,
                    occasion_id: None,
                    group_id: None,
                    visibility: input.visibility,
                };
                let made = competences::service::enter(&scope_in, tx, made, mapped).await?;
                became(&scope_in, tx, note, expected, Became::Competence, made.id.0).await
            })
        })
        .await
}

/// Makes the statement that a note of the caller's library is.
pub async fn statement(
    scope: &TenantScope,
    id: NoteId,
    expected: i64,
    input: StatementOfNote,
) -> Result<Note> {
    let scope_in = scope.clone();
    scope
        .write("makeStatementOfNote", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let note = own(tx, id).await?;
                let made = statements::NewStatement {
                    kind: input.kind,
                    text: note.text.clone(),
                    language: language(&note),
                    concept_ids: note.concept_id.into_iter().collect(),
                    ambition_id: None,
                    visibility: input.visibility,
                };
                let made = statements::service::make(tx, made).await?;
                became(&scope_in, tx, note, expected, Became::Statement, made.id.0).await
            })
        })
        .await
}

/// Makes the commitment that a note of the caller's library is.
pub async fn commitment(
    scope: &TenantScope,
    id: NoteId,
    expected: i64,
    input: CommitmentOfNote,
) -> Result<Note> {
    let scope_in = scope.clone();
    scope
        .write("makeCommitmentOfNote", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let note = own(tx, id).await?;
                let made = commitments::NewCommitment {
                    text: note.text.clone(),
                    language: language(&note),
                    partner_ids: input.partner_ids,
                    others: input.others,
                    due: input.due,
                    remind_days: None,
                    consortium_id: Some(note.consortium_id),
                    group_id: note.group_id,
                    project_id: None,
                    visibility: input.visibility,
                };
                let made = commitments::service::make(tx, made).await?;
                became(&scope_in, tx, note, expected, Became::Commitment, made.id.0).await
            })
        })
        .await
}

fn language(note: &Model) -> Lang {
    Lang::parse(&note.lang).unwrap_or(Lang::En)
}

/// A note of the caller's library, of which nothing was made yet.
async fn own(tx: &TenantTx, id: NoteId) -> Result<Model> {
    let note = tx.get::<Entity>(id.0).await?;
    if note.tenant_id != tx.me() {
        return Err(Error::new(Code::Forbidden));
    }
    if note.became.is_some() {
        return Err(Error::new(Code::Conflict));
    }
    Ok(note)
}

async fn became(
    scope: &TenantScope,
    tx: &TenantTx,
    note: Model,
    expected: i64,
    what: Became,
    made: Uuid,
) -> Result<Note> {
    let id = note.id;
    tx.change::<Entity>(note, Some(expected), |row| {
        row.became = Set(Some(what));
        row.became_id = Set(Some(made));
    })
    .await?;
    load(scope, tx, id).await
}
