use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult, TryIntoModel,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{
    Clearable, Commitment, CommitmentChange, CommitmentFilter, CommitmentStatus, CommitmentStep, FollowUp,
    NewCommitment, check,
    entity::{ActiveModel, Column, Entity, Model, Others, Partners},
    reminder, seat, step,
};
use crate::{
    auth::policy::Resource,
    error::{Code, Error, Result, Violations},
    id::{CommitmentId, ConsortiumId, GroupId, ProjectId, RowId, TenantId},
    page::{Page, PageArgs},
    project,
    registry::{consortium, group},
    tenancy::{Question, TenantScope, TenantTx, of},
    text::Lang,
    when,
};

/// Commitments that the caller may see, its own and others', oldest first.
pub async fn list(scope: &TenantScope, filter: CommitmentFilter, page: PageArgs) -> Result<Page<Commitment>> {
    let wish = scope.page(&page, format_args!("commitments {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(with_us) = filter.with_us {
        let ours =
            tx.among::<seat::Entity>(seat::Column::CommitmentId, seat::Column::PartnerId.eq(tx.me()))?;
        let ours = Column::Id.in_subquery(ours);
        condition = condition.add(if with_us { ours } else { ours.not() });
    }
    if let Some(status) = filter.status {
        condition = condition.add(Column::Status.eq(status));
    }
    // A place that the caller does not see is one where it finds nothing.
    if let Some(consortium) = filter.consortium_id {
        let seen =
            tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(consortium))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(id) = filter.group_id {
        let seen = tx.among::<group::Entity>(group::Column::Id, group::Column::Id.eq(id))?;
        condition = condition.add(Column::GroupId.in_subquery(seen));
    }
    if let Some(project) = filter.project_id {
        let seen =
            tx.among::<project::Entity>(project::Column::ProjectId, project::Column::ProjectId.eq(project))?;
        condition = condition.add(Column::ProjectId.in_subquery(seen));
    }
    let mut violations = Violations::default();
    violations.day("dueBy", filter.due_by);
    violations.done()?;
    if let Some(day) = filter.due_by {
        condition = condition
            .add(Column::DueBy.lte(day.to_string()))
            .add(Column::Status.is_in([CommitmentStatus::Open, CommitmentStatus::Moved]));
    }
    let after = wish.after.as_ref().map(|after| after.parse::<CommitmentId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "k",
        condition,
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(made(question).order_by(of("k", Column::Id), Order::Asc)).await?;
    Ok(Page::of(rows, &wish, |made: &Made| made.row.id.to_string()).map(Made::shape))
}

pub async fn view(scope: &TenantScope, id: CommitmentId) -> Result<Commitment> {
    load(&scope.read().await?, id).await
}

async fn load(tx: &TenantTx, id: CommitmentId) -> Result<Commitment> {
    let question =
        tx.question().from_part::<Entity>("k", Column::Id.eq(id).into_condition(), Column::Id, None, 1);
    let found = tx.answer::<Made>(made(question)).await?.into_iter().next();
    Ok(found.ok_or_else(|| tx.absent(Resource::Commitment, id.0))?.shape())
}

/// Takes the commitments of a question that they entered as `k`, with what of their surroundings the caller sees: who is
/// only a partner does not learn of a consortium or a project.
fn made(question: Question) -> Question {
    question
        .left_join_within_scope::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("k", Column::ConsortiumId)),
        )
        .left_join_within_scope::<group::Entity>("g", of("g", group::Column::Id).eq(of("k", Column::GroupId)))
        .left_join_within_scope::<project::Entity>(
            "p",
            of("p", project::Column::ProjectId).eq(of("k", Column::ProjectId)),
        )
        .take_all::<Entity>("k", "k_")
        .take(of("c", consortium::Column::Id), "consortium")
        .take(of("g", group::Column::Id), "work_group")
        .take(of("p", project::Column::ProjectId), "project")
}

struct Made {
    row: Model,
    consortium: Option<ConsortiumId>,
    group: Option<GroupId>,
    project: Option<ProjectId>,
}

impl FromQueryResult for Made {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "k_")?,
            consortium: row.try_get("", "consortium")?,
            group: row.try_get("", "work_group")?,
            project: row.try_get("", "project")?,
        })
    }
}

impl Made {
    fn shape(self) -> Commitment {
        let Self { row, consortium, group, project } = self;
        let open = matches!(row.status, CommitmentStatus::Open | CommitmentStatus::Moved);
        let today = when::now().date_naive().to_string();
        Commitment {
            overdue: open && row.due_by.is_some_and(|last| last < today),
            id: row.id,
            tenant_id: row.tenant_id,
            text: row.text,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            partner_ids: row.partners.0,
            others: row.others.0,
            due: row.due,
            remind_days: row.remind_days,
            status: row.status,
            consortium_id: consortium,
            group_id: group,
            project_id: project,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

pub async fn create(scope: &TenantScope, input: NewCommitment) -> Result<Commitment> {
    fits(scope.tenant(), &input)?;
    scope.write("createCommitment", input, |tx, input| Box::pin(make(tx, input))).await
}

/// Makes a commitment in a write that does more.
pub(crate) async fn make(tx: &TenantTx, input: NewCommitment) -> Result<Commitment> {
    fits(tx.me(), &input)?;
    let named = check::Named {
        partners: &input.partner_ids,
        consortium: input.consortium_id,
        group: input.group_id,
        project: input.project_id,
    };
    check::known(tx, named).await?;
    let row = tx.insert(new(input)).await?;
    take_seats(tx, &row).await?;
    took_step(tx, &row, None, None).await?;
    load(tx, row.id).await
}

fn fits(tenant: TenantId, input: &NewCommitment) -> Result<()> {
    let mut wished = new(input.clone());
    // What the door stamps is of no account here.
    wished.tenant_id = Set(tenant);
    wished.version = Set(1);
    wished.stood = Set(None);
    wished.created_at = Set(when::now());
    wished.updated_at = Set(when::now());
    check::row(&wished.try_into_model().map_err(Error::internal)?)
}

fn new(input: NewCommitment) -> ActiveModel {
    ActiveModel {
        id: Set(CommitmentId::new()),
        text: Set(input.text),
        lang: Set(input.language.tag().to_owned()),
        partners: Set(Partners(input.partner_ids)),
        others: Set(Others(input.others)),
        due_by: Set(when::due_by(input.due.as_deref())),
        due: Set(input.due),
        remind_days: Set(input.remind_days.unwrap_or(reminder::USUAL_DAYS)),
        status: Set(CommitmentStatus::Open),
        consortium_id: Set(input.consortium_id),
        group_id: Set(input.group_id),
        project_id: Set(input.project_id),
        visibility: Set(input.visibility.unwrap_or_default()),
        ..Default::default()
    }
}

async fn take_seats(tx: &TenantTx, row: &Model) -> Result<()> {
    let seats = row.partners.0.iter().map(|partner| seat::ActiveModel {
        tenant_id: Set(row.tenant_id),
        commitment_id: Set(row.id),
        partner_id: Set(*partner),
    });
    tx.insert_many(seats.collect()).await.map(drop)
}

async fn took_step(tx: &TenantTx, row: &Model, note: Option<String>, language: Option<Lang>) -> Result<()> {
    tx.insert(step::ActiveModel {
        id: Set(RowId::new()),
        commitment_id: Set(row.id),
        status: Set(row.status),
        lang: Set(note.as_ref().and(language).map(|lang| lang.tag().to_owned())),
        note: Set(note),
        due: Set(row.due.clone()),
        at: Set(when::now()),
        ..Default::default()
    })
    .await
    .map(drop)
}

pub async fn change(
    scope: &TenantScope,
    id: CommitmentId,
    expected: i64,
    input: CommitmentChange,
) -> Result<Commitment> {
    scope
        .write("changeCommitment", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, input.clone());
                    check::row(&wished.try_into_model().map_err(Error::internal)?)?;
                    let partners = input.partner_ids.as_deref().unwrap_or_default();
                    let named = check::Named { partners, project: input.project_id, ..Default::default() };
                    check::known(tx, named).await?;
                }
                let anew = input.partner_ids.is_some();
                let row = tx.change::<Entity>(row, Some(expected), |row| edit(row, input)).await?;
                if anew {
                    let before = tx.find::<seat::Entity>()?.filter(seat::Column::CommitmentId.eq(id));
                    for seat in before.all().await? {
                        tx.remove::<seat::Entity>(seat, None).await?;
                    }
                    take_seats(tx, &row).await?;
                }
                load(tx, id).await
            })
        })
        .await
}

fn edit(row: &mut ActiveModel, input: CommitmentChange) {
    for field in input.clear {
        match field {
            Clearable::Project => row.project_id = Set(None),
        }
    }
    if let Some(text) = input.text {
        row.text = Set(text);
    }
    if let Some(language) = input.language {
        row.lang = Set(language.tag().to_owned());
    }
    if let Some(partners) = input.partner_ids {
        row.partners = Set(Partners(partners));
    }
    if let Some(others) = input.others {
        row.others = Set(Others(others));
    }
    if let Some(days) = input.remind_days {
        row.remind_days = Set(days);
    }
    if input.project_id.is_some() {
        row.project_id = Set(input.project_id);
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// Says what came of a commitment of the caller's library.
pub async fn follow_up(
    scope: &TenantScope,
    id: CommitmentId,
    expected: i64,
    input: FollowUp,
) -> Result<Commitment> {
    check::follow_up(&input)?;
    scope
        .write("followUpCommitment", (id, expected, input), |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.status = Set(input.status);
                        if input.due.is_some() {
                            row.due_by = Set(when::due_by(input.due.as_deref()));
                            row.due = Set(input.due);
                        }
                    })
                    .await?;
                took_step(tx, &row, input.note, input.language).await?;
                load(tx, id).await
            })
        })
        .await
}

/// What came of a commitment that the caller sees, first step first.
pub async fn steps(scope: &TenantScope, id: CommitmentId, page: PageArgs) -> Result<Page<CommitmentStep>> {
    let wish = scope.page(&page, format_args!("commitmentSteps {id}"))?;
    let tx = scope.read().await?;
    tx.get::<Entity>(id.0).await?;
    let rows = tx.find::<step::Entity>()?.filter(step::Column::CommitmentId.eq(id)).page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| CommitmentStep {
        status: row.status,
        note: row.note,
        language: row.lang.as_deref().and_then(Lang::parse),
        due: row.due,
        at: row.at,
    }))
}
