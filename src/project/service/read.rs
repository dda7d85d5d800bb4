use std::collections::BTreeMap;

use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
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
    id::{ConsortiumId, ProjectId, TenantId},
    page::{Page, PageArgs},
    project::{
        Column, Entity, Model, Project, ProjectFilter,
        model::Transition,
        participant::{self, Column as Part, ParticipantRole, ParticipantStatus},
        transition,
    },
    registry::{consortium, tenant},
    tenancy::{Question, TenantScope, TenantTx, of},
    text::Text,
};

/// Projects that the caller sees, oldest first.
pub async fn list(scope: &TenantScope, filter: ProjectFilter, page: PageArgs) -> Result<Page<Project>> {
    let wish = scope.page(&page, format_args!("projects {filter:?}"))?;
    let after =
        wish.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let tx = scope.read().await?;
    let condition = condition(&tx, &filter)?;
    let question = tx.question().from_part::<Entity>(
        "p",
        condition,
        Column::ProjectId,
        after.map(Expr::val),
        u64::from(wish.first) + 1,
    );
    let question = alone(question).order_by(of("p", Column::ProjectId), Order::Asc);
    let page = Page::of(tx.answer::<Alone>(question).await?, &wish, |row| row.project.project_id.to_string());
    let mut around = around(&tx, page.items.iter().map(|row| row.project.project_id)).await?;
    let seen = seen(&tx, page.items.iter().flat_map(|row| row.project.concepts.0.iter().copied())).await?;
    Ok(page.map(|row| {
        let around = around.remove(&(row.project.tenant_id, row.project.project_id)).unwrap_or_default();
        shape(scope, row, around, &seen)
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

/// A project that the caller's library leads or has accepted to take part in; none of the others that it sees.
pub async fn taken_part_in(tx: &TenantTx, id: ProjectId) -> Result<Option<Model>> {
    let row = tx.get::<Entity>(id.0).await?;
    let accepted = tx
        .find::<participant::Entity>()?
        .filter(Part::ProjectId.eq(id))
        .filter(Part::ParticipantId.eq(tx.me()))
        .filter(Part::Status.eq(ParticipantStatus::Accepted));
    Ok(accepted.one().await?.map(|_| row))
}

/// A project with all that is around it, in one question.
pub(super) async fn load(scope: &TenantScope, tx: &TenantTx, id: ProjectId) -> Result<Project> {
    let one = Condition::all().add(Column::ProjectId.eq(id));
    let of_project = Condition::all()
        .add(of("x", Part::ProjectId).eq(of("p", Column::ProjectId)))
        .add(of("x", Part::TenantId).eq(of("p", Column::TenantId)));
    let question = tx
        .question()
        .from_part::<Entity>("p", one, Column::ProjectId, None, 1)
        .join::<participant::Entity>("x", of_project);
    let mut project = None;
    let mut around = Around::default();
    for row in tx.answer::<Whole>(parts(alone(question), Condition::all())).await? {
        project = Some(row.project);
        around.add(row.part);
    }
    let project: Alone = project.ok_or_else(|| tx.absent(Resource::Project, id.0))?;
    let seen = seen(tx, project.project.concepts.0.iter().copied()).await?;
    Ok(shape(scope, project, around, &seen))
}

struct Alone {
    project: Model,
    /// Where the caller sees it.
    consortium: Option<ConsortiumId>,
}

struct Whole {
    project: Alone,
    part: PartRow,
}

/// A participant with its name. The lead's row comes once for each step that the project has taken.
struct PartRow {
    participant: participant::Model,
    name: Text,
    step: Option<Transition>,
}

/// What stands around a project. Every project has its lead's row.
#[derive(Default)]
struct Around {
    participants: Vec<(participant::Model, Text)>,
    steps: Vec<Transition>,
}

impl FromQueryResult for Alone {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { project: Model::from_query_result(row, "p_")?, consortium: row.try_get("", "consortium")? })
    }
}

impl FromQueryResult for Whole {
    fn from_query_result(row: &QueryResult, pre: &str) -> Result<Self, DbErr> {
        Ok(Self { project: Alone::from_query_result(row, pre)?, part: PartRow::from_query_result(row, pre)? })
    }
}

impl FromQueryResult for PartRow {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let step = match row.try_get("s_", "at")? {
            None => None,
            Some(at) => Some(Transition {
                from: row.try_get("s_", "from")?,
                to: row.try_get("s_", "to")?,
                reason: row.try_get("s_", "reason")?,
                at,
            }),
        };
        Ok(Self {
            participant: participant::Model::from_query_result(row, "x_")?,
            name: row.try_get("", "name")?,
            step,
        })
    }
}

impl Around {
    /// Takes a row more, of those that come in the order of the participants and of their steps.
    fn add(&mut self, row: PartRow) {
        if self.participants.last().is_none_or(|(last, _)| last.id != row.participant.id) {
            self.participants.push((row.participant, row.name));
        }
        self.steps.extend(row.step);
    }
}

/// What is around the projects of a page. Asked by their ids, when the page is known: where the page and its participants are one
/// question, PostgreSQL does not know how few rows a page has, and joins all participants that there are before it counts off.
async fn around(
    tx: &TenantTx,
    projects: impl IntoIterator<Item = ProjectId>,
) -> Result<BTreeMap<(TenantId, ProjectId), Around>> {
    let ids: Vec<Uuid> = projects.into_iter().map(|id| id.0).collect();
    let mut out: BTreeMap<_, Around> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(out);
    }
    let question = tx
        .question()
        .from_those::<participant::Entity>("x", Part::ProjectId.is_in(ids.iter().copied()).into());
    // Said of the steps too: neither database concludes it.
    let steps = Condition::all().add(of("s", transition::Column::ProjectId).is_in(ids));
    for row in tx.answer::<PartRow>(parts(question, steps)).await? {
        let project = (row.participant.tenant_id, row.participant.project_id);
        out.entry(project).or_default().add(row);
    }
    Ok(out)
}

/// Takes the projects that a question entered as `p`, each with its consortium where the caller sees that.
fn alone(question: Question) -> Question {
    question
        .take_all::<Entity>("p", "p_")
        .take_named_within_scope::<consortium::Entity>(of("p", Column::ConsortiumId), "consortium")
}

/// Takes the participants that a question entered as `x`, each with its name, and with the lead the project's steps.
fn parts(question: Question, steps: Condition) -> Question {
    use transition::Column as Step;
    let of_lead = steps
        .add(of("s", Step::ProjectId).eq(of("x", Part::ProjectId)))
        .add(of("s", Step::TenantId).eq(of("x", Part::TenantId)))
        .add(of("x", Part::Role).eq(ParticipantRole::Lead.to_value()));
    question
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("x", Part::ParticipantId)))
        .left_join::<transition::Entity>("s", of_lead)
        .take_all::<participant::Entity>("x", "x_")
        .take(of("t", tenant::Column::Names), "name")
        .take(of("s", Step::FromState), "s_from")
        .take(of("s", Step::ToState), "s_to")
        .take(of("s", Step::Reason), "s_reason")
        .take(of("s", Step::At), "s_at")
        .order_by(of("x", Part::Id), Order::Asc)
        .order_by(of("s", Step::Id), Order::Asc)
}

fn shape(scope: &TenantScope, alone: Alone, around: Around, seen: &Seen) -> Project {
    let Alone { project: row, consortium } = alone;
    let Around { mut participants, steps: transitions } = around;
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
