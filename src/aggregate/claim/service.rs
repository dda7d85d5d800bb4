use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{Entity, Model, NewStrengthClaim, StrengthClaim, entity::ActiveModel};
use crate::{
    aggregate::{
        facts::{self, Concept, Facts},
        service::today,
        strengths::{self, CommonStrength},
    },
    auth::policy::{Action, Resource},
    concept::{self, ConceptStatus},
    error::{Code, Error, Result, Violations},
    id::{ClaimId, ConceptId, ConsortiumId},
    page::{Page, PageArgs},
    tenancy::{AggregateTx, Extent, TenantScope, TenantTx},
    text::Lang,
};

const LONGEST: usize = 1_000;

/// What is claimed in a consortium, oldest first, each with how many confirm it.
pub async fn list(
    scope: &TenantScope,
    consortium: ConsortiumId,
    page: PageArgs,
) -> Result<Page<StrengthClaim>> {
    let wish = scope.page(&page, format_args!("strengthClaims {consortium}"))?;
    let tx = scope.figures().read().await?;
    let facts = facts::read(&tx, consortium).await?;
    let rows = tx.shared::<Entity>(consortium)?.page(&wish).await?;
    let claims = held(scope, &tx, &facts, rows).await?;
    Ok(Page::of(claims, &wish, |claim| claim.id.to_string()))
}

pub async fn view(scope: &TenantScope, id: ClaimId) -> Result<StrengthClaim> {
    let row = scope.read().await?.get::<Entity>(id.0).await?;
    let tx = scope.figures().read().await?;
    let facts = facts::read(&tx, row.consortium_id).await?;
    held(scope, &tx, &facts, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// Claims held against what the members share as their own: by the same figures as a claim that is not kept.
async fn held(
    scope: &TenantScope,
    tx: &AggregateTx,
    facts: &Facts,
    rows: Vec<Model>,
) -> Result<Vec<StrengthClaim>> {
    let known = concepts(tx, &facts.over.extent, rows.iter().map(|row| row.concept_id).collect()).await?;
    let mut claimed: Vec<Arc<Concept>> = known.values().cloned().collect();
    claimed.sort_by_key(|concept| concept.id);
    claimed.dedup_by_key(|concept| concept.id);
    let told = stand(scope, facts, &claimed).into_iter();
    let told: BTreeMap<ConceptId, CommonStrength> = told.map(|s| (s.concept.id, s)).collect();
    rows.into_iter()
        .map(|row| {
            let strength = known.get(&row.concept_id).and_then(|concept| told.get(&concept.id));
            Ok(shape(row, strength.ok_or_else(|| Error::new(Code::Internal))?))
        })
        .collect()
}

/// How these concepts stand among what the members share.
fn stand(scope: &TenantScope, facts: &Facts, claimed: &[Arc<Concept>]) -> Vec<CommonStrength> {
    let completeness = facts.completeness("about.strengths", today(), scope.languages());
    strengths::strengths(facts, claimed, completeness, scope.languages()).strengths
}

/// Each of these concepts, or what it was merged into.
async fn concepts(
    tx: &AggregateTx,
    extent: &Extent,
    ids: BTreeSet<ConceptId>,
) -> Result<BTreeMap<ConceptId, Arc<Concept>>> {
    let rows = read(tx, extent, ids).await?;
    let merged: BTreeMap<ConceptId, ConceptId> =
        rows.iter().filter_map(|row| Some((row.id, row.replaced_by?))).collect();
    let mut known: BTreeMap<ConceptId, Arc<Concept>> = BTreeMap::new();
    let into = read(tx, extent, merged.values().copied().collect()).await?;
    for row in rows.into_iter().chain(into) {
        let concept = Concept { id: row.id, notation: row.notation, labels: row.labels, theme: None };
        known.insert(concept.id, Arc::new(concept));
    }
    for (from, into) in merged {
        if let Some(into) = known.get(&into).cloned() {
            known.insert(from, into);
        }
    }
    Ok(known)
}

async fn read(tx: &AggregateTx, extent: &Extent, ids: BTreeSet<ConceptId>) -> Result<Vec<concept::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let find = tx.shared::<concept::Entity>(extent)?;
    find.filter(concept::Column::Id.is_in(ids)).all().await
}

fn shape(row: Model, strength: &CommonStrength) -> StrengthClaim {
    StrengthClaim {
        id: row.id,
        consortium_id: row.consortium_id,
        claimed_by_id: row.claimed_by,
        text: row.text,
        language: Lang::parse(&row.lang).unwrap_or(Lang::En),
        concept: strength.concept.clone(),
        confirmed_by: strength.confirmed_by,
        common: strength.common,
        version: row.version,
        claimed_at: row.created_at,
    }
}

/// Claims a strength as common to several, without naming which.
pub async fn claim(
    scope: &TenantScope,
    consortium: ConsortiumId,
    input: NewStrengthClaim,
) -> Result<StrengthClaim> {
    let mut violations = Violations::default();
    violations.text("text", &input.text, LONGEST);
    violations.done()?;
    if !scope.caller().may(Action::Create, Resource::Claim) {
        return Err(Error::new(Code::Forbidden));
    }
    // Read before anything is written: whoever may not read the figures changes nothing either.
    let tx = scope.figures().read().await?;
    let facts = facts::read(&tx, consortium).await?;
    let named = concepts(&tx, &consortium.into(), [input.concept_id].into()).await?.remove(&input.concept_id);
    let strength = named.and_then(|concept| stand(scope, &facts, &[concept]).pop());
    drop(tx);
    scope
        .write("claimStrength", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                known(tx, consortium, input.concept_id).await?;
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(ClaimId::new()),
                        concept_id: Set(input.concept_id),
                        text: Set(input.text),
                        lang: Set(input.language.tag().to_owned()),
                        claimed_by: Set(tx.me()),
                        ..Default::default()
                    })
                    .await?;
                // What every member sees is among what is read for the figures.
                Ok(shape(row, &strength.ok_or_else(|| Error::new(Code::Internal))?))
            })
        })
        .await
}

/// A concept that every member sees, and that is still used.
async fn known(tx: &TenantTx, consortium: ConsortiumId, id: ConceptId) -> Result<()> {
    let row = tx.find::<concept::Entity>()?.filter(concept::Column::Id.eq(id)).one().await?;
    let everybodys = |row: &concept::Model| match row.consortium_id {
        Some(of) => of == consortium,
        None => matches!(row.status, ConceptStatus::Accepted | ConceptStatus::Deprecated),
    };
    let fault = match row.filter(everybodys) {
        None => "unknown_concept",
        Some(row) if !row.status.is_used() => "deprecated_concept",
        Some(_) => return Ok(()),
    };
    Err(Error::new(Code::InvalidInput).field("conceptId", fault))
}

/// Takes a claim back: by whoever claimed it, or by the coordinator.
pub async fn withdraw(scope: &TenantScope, id: ClaimId, expected: i64) -> Result<()> {
    scope
        .write("withdrawStrengthClaim", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}
