//! How a concept or theme comes in, and who decides on it.
//!
//! Rules: a library proposes to a consortium that it takes part in, or to everybody. What a consortium was proposed is seen and
//! used by its members at once, and its coordinator accepts it, rejects it with a reason or merges it into another. What is
//! proposed to everybody its library alone sees and uses, as a theme or concept of its own, until the node's operator has
//! decided. Rejected or merged, nothing that was entered on it is lost.

use sea_orm::ActiveValue::{NotSet, Set};
use serde_json::json;

use super::{
    ActiveModel, Concept, ConceptChange, ConceptRejection, ConceptStatus, Entity, Model, NewConcept, known,
    label, service,
};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result, Violations},
    id::{ConceptId, ConsortiumId, RowId, SchemeId},
    tenancy::{SeatRole, TenantScope, TenantTx},
    text::{self, Lang, Text},
};

const LONGEST_LABEL: usize = 120;
const LONGEST_REASON: usize = 1_000;
const MOST_MEMBERS: usize = 100;
/// The node's own vocabulary, which what is proposed is for.
const SCHEME: &str = "samvirke-concepts";

/// Proposes a concept or theme to a consortium of the caller's, or to everybody.
pub async fn propose(
    scope: &TenantScope,
    consortium: Option<ConsortiumId>,
    input: NewConcept,
) -> Result<Concept> {
    let labels = text::given("label", &input.label, LONGEST_LABEL)?;
    translated(&labels, &input.translated_languages)?;
    members(&input.member_ids, input.top)?;
    let scope_in = scope.clone();
    let operation = if consortium.is_some() { "proposeLocalConcept" } else { "proposeConcept" };
    scope
        .write(operation, (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                if let Some(consortium) = consortium {
                    tx.seat(consortium).await?;
                }
                names(tx, input.theme_id, &input.member_ids).await?;
                let id = ConceptId::new();
                let row = tx
                    .insert(ActiveModel {
                        id: Set(id),
                        scheme_id: Set(SchemeId(migration::registers::concept_id(SCHEME))),
                        // A name that says nothing, and that no other has.
                        notation: Set(format!("{}:{}", if input.top { "th" } else { "x" }, id.0.simple())),
                        top: Set(input.top),
                        theme_id: Set(input.theme_id),
                        broader: Set(json!([])),
                        related: Set(json!([])),
                        kinds: Set(json!([])),
                        labels: Set(labels),
                        translated: Set(Some(json!(input.translated_languages))),
                        exact_match: Set(json!([])),
                        status: Set(ConceptStatus::Proposed),
                        replaced_by: Set(None),
                        consortium_id: Set(consortium),
                        proposed_by: Set(Some(tx.me())),
                        decision: Set(None),
                        members: Set(input.top.then(|| json!(input.member_ids))),
                        version: NotSet,
                    })
                    .await?;
                service::load(&scope_in, tx, row.id).await
            })
        })
        .await
}

/// A translation is one of a label that is there.
fn translated(labels: &Text, langs: &[Lang]) -> Result<()> {
    let mut violations = Violations::default();
    for (n, lang) in langs.iter().enumerate() {
        let at = format!("translatedLanguages/{n}");
        if langs.iter().take(n).any(|before| before == lang) {
            violations.add(&at, "duplicate");
        } else if !labels.0.contains_key(lang) {
            violations.add(&at, "no_label");
        }
    }
    violations.done()
}

/// Takes a proposed concept in: into the consortium's own, or as everybody's.
pub async fn accept(scope: &TenantScope, id: ConceptId, expected: i64) -> Result<Concept> {
    let scope_in = scope.clone();
    scope
        .write("acceptConcept", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = proposed(tx, id).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| row.status = Set(ConceptStatus::Accepted))
                    .await?;
                if row.consortium_id.is_none() {
                    // From now on everybody's words are met with it.
                    let labels = row.labels.0.iter().map(|(language, text)| label::ActiveModel {
                        id: Set(RowId::new()),
                        concept_id: Set(id),
                        lang: Set(language.tag().to_owned()),
                        kind: Set("pref".to_owned()),
                        label: Set(text.clone()),
                    });
                    tx.insert_many(labels.collect()).await?;
                }
                service::load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Does not take a proposed concept in, and says why. What was entered on it stays there.
pub async fn reject(
    scope: &TenantScope,
    id: ConceptId,
    expected: i64,
    input: ConceptRejection,
) -> Result<Concept> {
    let mut violations = Violations::default();
    violations.text("reason", &input.reason, LONGEST_REASON);
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("rejectConcept", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = proposed(tx, id).await?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    row.status = Set(ConceptStatus::Rejected);
                    row.decision = Set(Some(input.reason));
                })
                .await?;
                service::load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Changes a concept or theme of a consortium's own.
pub async fn change(
    scope: &TenantScope,
    id: ConceptId,
    expected: i64,
    input: ConceptChange,
) -> Result<Concept> {
    let labels =
        input.label.as_deref().map(|label| text::given("label", label, LONGEST_LABEL)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeConcept", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                // Everybody's words come with the service.
                if row.consortium_id.is_none() {
                    return Err(Error::new(Code::Forbidden));
                }
                decides(tx, &row).await?;
                if !row.status.is_used() {
                    return Err(Error::new(Code::Conflict));
                }
                let member_ids = input.member_ids.as_deref().unwrap_or_default();
                members(member_ids, row.top)?;
                names(tx, input.theme_id, member_ids).await?;
                if let Some(langs) = &input.translated_languages {
                    translated(labels.as_ref().unwrap_or(&row.labels), langs)?;
                }
                tx.change::<Entity>(row, Some(expected), |row| {
                    if let Some(langs) = &input.translated_languages {
                        row.translated = Set(Some(json!(langs)));
                    }
                    if let Some(labels) = labels {
                        row.labels = Set(labels);
                    }
                    if input.theme_id.is_some() {
                        row.theme_id = Set(input.theme_id);
                    }
                    if let Some(members) = input.member_ids {
                        row.members = Set(Some(json!(members)));
                    }
                })
                .await?;
                service::load(&scope_in, tx, id).await
            })
        })
        .await
}

async fn proposed(tx: &TenantTx, id: ConceptId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    decides(tx, &row).await?;
    if row.status == ConceptStatus::Proposed { Ok(row) } else { Err(Error::new(Code::Conflict)) }
}

/// Only who decides learns in which state it is to be.
pub(super) async fn decides(tx: &TenantTx, row: &Model) -> Result<()> {
    let may = tx.caller().may(Action::Modify, Resource::Concept);
    match row.consortium_id {
        _ if !may => Err(Error::new(Code::Forbidden)),
        Some(consortium) => tx.seat_as(consortium, &[SeatRole::Coordinator]).await,
        None if tx.caller().is_operator() => Ok(()),
        None => Err(Error::new(Code::Forbidden)),
    }
}

fn members(ids: &[ConceptId], top: bool) -> Result<()> {
    let mut violations = Violations::default();
    if !ids.is_empty() && !top {
        violations.add("memberIds", "theme_only");
    }
    if ids.len() > MOST_MEMBERS {
        violations.add_with("memberIds", "too_many", &[("max", &MOST_MEMBERS.to_string())]);
    }
    for (n, id) in ids.iter().take(MOST_MEMBERS).enumerate() {
        if ids.iter().take(n).any(|before| before == id) {
            violations.add(&format!("memberIds/{n}"), "duplicate");
        }
    }
    violations.done()
}

async fn names(tx: &TenantTx, theme: Option<ConceptId>, members: &[ConceptId]) -> Result<()> {
    let mut violations = Violations::default();
    if let Some(theme) = theme
        && !service::is_theme(tx, theme).await?
    {
        violations.add("themeId", "unknown_concept");
    }
    let named: Vec<_> = members.iter().enumerate().map(|(n, id)| (format!("memberIds/{n}"), *id)).collect();
    known::check(tx, &named, &mut violations).await?;
    violations.done()
}
