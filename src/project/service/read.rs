use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::shape_participant;
use crate::{
    auth::policy::Resource,
    concept::{
        self,
        seen::{Seen, seen},
    },
    error::{Code, Error, Result},
    id::{ConsortiumId, ProjectId},
    page::{Page, PageArgs},
    project::{
        Column, Entity, Model, Project, ProjectFilter,
        model::Transition,
        participant::{self, ParticipantRole, ParticipantStatus},
        transition,
    },
    registry::{consortium, tenant},
    tenancy::{TenantScope, TenantTx, of},
    text::Text,
};

/// Projects that the caller sees, oldest first.
pub async fn list(scope: &TenantScope, filter: ProjectFilter, page: PageArgs) -> Result<Page<Project>> {
    let wish = scope.page(&page, format_args!("projects {filter:?}"))?;
    let after =
        wish.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let tx = scope.read().await?;
    let condition = condition(&tx, &filter)?;
    let found = ask(&tx, condition, after, u64::from(wish.first) + 1).await?;
    let page = Page::of(found, &wish, |found| found.project.project_id.to_string());
    let mut steps = steps(&tx, page.items.iter().map(|found| found.project.project_id)).await?;
    let seen =
        seen(&tx, page.items.iter().flat_map(|found| found.project.concepts.0.iter().copied())).await?;
    Ok(page.map(|found| {
        let steps = steps.remove(&found.project.project_id).unwrap_or_default();
        shape(scope, found, steps, &seen)
    }))
}

fn condition(tx: &TenantTx, filter: &ProjectFilter) -> Result<Condition> {
    let mut condition = Condition::all();
    if let Some(consortium) = filter.consortium_id {
        // A place, and below a word, that the caller does not see is one where it finds nothing.
        let seen =
            tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(consortium))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(state) = filter.state {
        condition = condition.add(Column::State.eq(state));
    }
    if let Some(lead) = filter.lead_id {
        condition = condition.add(Column::TenantId.eq(lead));
    }
    if let Some(concept) = filter.concept_id {
        // The list is JSON text of ids in quotes on either database.
        let text = Expr::col((Entity, Column::Concepts)).cast_as("text");
        let seen = tx.among::<concept::Entity>(concept::Column::Id, concept::Column::Id.eq(concept))?;
        condition = condition.add(text.like(format!("%\"{concept}\"%"))).add(Expr::exists(seen));
    }
    if let Some(taking_part) = filter.taking_part {
        let mine = Condition::all().add(participant::Column::ParticipantId.eq(tx.me())).add(
            participant::Column::Status.is_in([ParticipantStatus::Invited, ParticipantStatus::Accepted]),
        );
        let mine = tx.among::<participant::Entity>(participant::Column::ProjectId, mine)?;
        condition = condition.add(if taking_part {
            Column::ProjectId.in_subquery(mine)
        } else {
            Column::ProjectId.not_in_subquery(mine)
        });
    }
    Ok(condition)
}

/// One project, with its participants and its steps.
pub async fn view(scope: &TenantScope, id: ProjectId) -> Result<Project> {
    let tx = scope.read().await?;
    load(scope, &tx, id).await
}

/// Whether the caller's library leads a project.
pub async fn leads(tx: &TenantTx, id: ProjectId) -> Result<bool> {
    let own = tx.find::<Entity>()?.filter(Column::ProjectId.eq(id)).filter(Column::TenantId.eq(tx.me()));
    Ok(own.one().await?.is_some())
}

pub(super) async fn load(scope: &TenantScope, tx: &TenantTx, id: ProjectId) -> Result<Project> {
    let condition = Condition::all().add(Column::ProjectId.eq(id));
    let found = ask(tx, condition, None, 1).await?.pop();
    let found = found.ok_or_else(|| tx.absent(Resource::Project, id.0))?;
    let steps = steps(tx, [id]).await?.remove(&id).unwrap_or_default();
    let seen = seen(tx, found.project.concepts.0.iter().copied()).await?;
    Ok(shape(scope, found, steps, &seen))
}

struct Found {
    project: Model,
    /// Where the caller sees it.
    consortium: Option<ConsortiumId>,
    participants: Vec<(participant::Model, Text)>,
}

struct Row {
    project: Model,
    consortium: Option<ConsortiumId>,
    participant: participant::Model,
    name: Text,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            project: Model::from_query_result(row, "p_")?,
            consortium: row.try_get("", "consortium")?,
            participant: participant::Model::from_query_result(row, "x_")?,
            name: row.try_get("", "name")?,
        })
    }
}

/// Projects with their participants and the names of these, in one question. Every project has its lead's row.
async fn ask(tx: &TenantTx, condition: Condition, after: Option<Uuid>, limit: u64) -> Result<Vec<Found>> {
    use participant::Column as Part;
    let of_project = Condition::all()
        .add(of("x", Part::ProjectId).eq(of("p", Column::ProjectId)))
        .add(of("x", Part::TenantId).eq(of("p", Column::TenantId)));
    let named = of("t", tenant::Column::Id).eq(of("x", Part::ParticipantId));
    let question = tx
        .question()
        .from_part::<Entity>("p", condition, Column::ProjectId, after.map(Expr::val), limit)
        .join::<participant::Entity>("x", of_project)
        .join::<tenant::Entity>("t", named)
        .left_join_within_scope::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("p", Column::ConsortiumId)),
        )
        .take_all::<Entity>("p", "p_")
        .take_all::<participant::Entity>("x", "x_")
        .take(of("t", tenant::Column::Names), "name")
        .take(of("c", consortium::Column::Id), "consortium")
        .order_by(of("p", Column::ProjectId), Order::Asc)
        .order_by(of("x", Part::Id), Order::Asc);
    let mut out: Vec<Found> = Vec::new();
    for row in tx.answer::<Row>(question).await? {
        match out.last_mut().filter(|last| last.project.project_id == row.project.project_id) {
            Some(last) => last.participants.push((row.participant, row.name)),
            None => out.push(Found {
                project: row.project,
                consortium: row.consortium,
                participants: vec![(row.participant, row.name)],
            }),
        }
    }
    Ok(out)
}

async fn steps(
    tx: &TenantTx,
    projects: impl IntoIterator<Item = ProjectId>,
) -> Result<BTreeMap<ProjectId, Vec<Transition>>> {
    let rows = tx
        .find::<transition::Entity>()?
        .filter(transition::Column::ProjectId.is_in(projects))
        .order_by(transition::Column::Id, Order::Asc)
        .all()
        .await?;
    let mut out: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        let step = Transition { from: row.from_state, to: row.to_state, reason: row.reason, at: row.at };
        out.entry(row.project_id).or_default().push(step);
    }
    Ok(out)
}

fn shape(scope: &TenantScope, found: Found, transitions: Vec<Transition>, seen: &Seen) -> Project {
    let Found { project: row, consortium, mut participants } = found;
    participants.sort_by_key(|(part, _)| part.role != ParticipantRole::Lead);
    let lead_name = participants.first().map(|(_, name)| name.clone()).unwrap_or_default();
    Project {
        id: row.project_id,
        lead_id: row.tenant_id,
        lead_name: scope.say(&lead_name),
        consortium_id: consortium,
        title: scope.say(&row.title),
        purpose: row.purpose.as_ref().map(|text| scope.say(text)),
        state: row.state,
        concept_ids: seen.of(row.concepts.0),
        starts: row.starts,
        ends: row.ends,
        visibility: row.visibility,
        participants: participants.iter().map(|(part, name)| shape_participant(scope, part, name)).collect(),
        transitions,
        version: row.version,
    }
}
