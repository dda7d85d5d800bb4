//! What a project calls for and who has it, over the rows that the caller may see.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sea_orm::{ColumnTrait, Condition, DbErr, FromQueryResult, QueryResult, sea_query::ExprTrait};

use super::pairs::with_tenant;
use crate::{
    aggregate::{
        facts::{Concept, Member, text},
        gap::{self, ProjectGap, Said},
    },
    competence::{self, Column as E, Stance},
    concept,
    error::{Error, Result},
    id::{ConceptId, ProjectId, TenantId},
    project::{
        self,
        participant::{self, Column as P, ParticipantStatus},
    },
    registry::tenant::{self, Column as T, TenantKind},
    tenancy::{TenantScope, TenantTx, of},
};

#[derive(FromQueryResult)]
struct SaidRow {
    id: TenantId,
    slug: String,
    names: String,
    kind: TenantKind,
    country: String,
    concept: ConceptId,
    stance: Stance,
    level: Option<i64>,
}

/// What a project calls for beside what those who take part have. 404 when the caller does not see the project.
pub async fn project_gap(scope: &TenantScope, id: ProjectId) -> Result<ProjectGap> {
    let tx = scope.read().await?;
    let project = seen(&tx, id).await?;
    let parts = tx
        .find::<participant::Entity>()?
        .filter(P::ProjectId.eq(id))
        .filter(P::Status.eq(ParticipantStatus::Accepted));
    let part: BTreeSet<TenantId> = parts.all().await?.into_iter().map(|row| row.participant_id).collect();
    let concepts = named(&tx, &project.concepts.0).await?;
    let said = said(&tx, concepts.iter().map(|concept| concept.id)).await?;
    Ok(gap::gap(id, &concepts, &said, &part, scope.languages()))
}

struct Seen(project::Model);

impl FromQueryResult for Seen {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        project::Model::from_query_result(row, "p_").map(Self)
    }
}

/// The project. Its lead is told who was shown it.
async fn seen(tx: &TenantTx, id: ProjectId) -> Result<project::Model> {
    let this = Condition::all().add(project::Column::ProjectId.eq(id));
    let question =
        tx.question().from_those::<project::Entity>("p", this).take_all::<project::Entity>("p", "p_");
    tx.answer::<Seen>(question).await?.into_iter().next().map(|Seen(row)| row).ok_or_else(Error::not_found)
}

/// These in their order, as far as the caller sees them.
async fn named(tx: &TenantTx, ids: &[ConceptId]) -> Result<Vec<Arc<Concept>>> {
    let find = tx.find::<concept::Entity>()?.filter(concept::Column::Id.is_in(ids.iter().copied()));
    let mut known: BTreeMap<ConceptId, concept::Model> =
        find.all().await?.into_iter().map(|row| (row.id, row)).collect();
    let named = ids.iter().filter_map(|id| known.remove(id));
    Ok(named
        .map(|row| Arc::new(Concept { id: row.id, notation: row.notation, labels: row.labels, theme: None }))
        .collect())
}

/// Everything that the caller may see about these.
async fn said(tx: &TenantTx, concepts: impl Iterator<Item = ConceptId>) -> Result<Vec<Said>> {
    let question = tx
        .question()
        .watch::<competence::Entity>("e")
        .from::<competence::Entity>("e")
        .join::<tenant::Entity>("t", of("t", T::Id).eq(of("e", E::TenantId)))
        .take(of("e", E::ConceptId), "concept")
        .take(of("e", E::Stance), "stance")
        .take(of("e", E::Level), "level")
        .filter(of("e", E::ConceptId).is_in(concepts.map(|id| id.0)));
    let mut members: BTreeMap<TenantId, Arc<Member>> = BTreeMap::new();
    let mut out = Vec::new();
    for row in tx.answer::<SaidRow>(with_tenant(question, "t")).await? {
        let member = match members.get(&row.id) {
            Some(member) => member.clone(),
            None => {
                let SaidRow { id, slug, kind, country, .. } = row;
                let member = Arc::new(Member { id, slug, names: text(&row.names)?, kind, country });
                members.insert(id, member.clone());
                member
            }
        };
        out.push(Said { concept: row.concept, member, stance: row.stance, level: row.level });
    }
    Ok(out)
}
