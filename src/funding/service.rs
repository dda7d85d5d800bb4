use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult, TryIntoModel,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{
    Clearable, Column, Entity, FundingApplication, FundingApplicationChange, FundingApplicationFilter,
    FundingApplicationMove, FundingState, Model, NewFundingApplication, check, entity::ActiveModel,
};
use crate::{
    auth::policy::Resource,
    error::{Code, Error, Result},
    id::{ConsortiumId, FundingApplicationId, OrganisationId, ProjectId, TenantId},
    page::{Page, PageArgs},
    project,
    registry::{consortium, organisation, tenant},
    tenancy::{Question, SeatRole, TenantScope, TenantTx, of},
    text::Text,
    when,
};

/// Applications that the caller may see, its own and others', oldest first.
pub async fn list(
    scope: &TenantScope,
    filter: FundingApplicationFilter,
    page: PageArgs,
) -> Result<Page<FundingApplication>> {
    let wish = scope.page(&page, format_args!("fundingApplications {filter:?}"))?;
    let tx = scope.read().await?;
    let condition = condition(&tx, &filter)?;
    let after = wish.after.as_ref().map(|after| after.parse::<FundingApplicationId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let question = tx.question().from_part::<Entity>(
        "f",
        condition,
        Column::Id,
        after.map(|id| id.0.into()),
        u64::from(wish.first) + 1,
    );
    let rows = tx.answer(made(question).order_by(of("f", Column::Id), Order::Asc)).await?;
    Ok(Page::of(rows, &wish, |made: &Made| made.row.id.to_string()).map(|made| made.shape(scope)))
}

fn condition(tx: &TenantTx, filter: &FundingApplicationFilter) -> Result<Condition> {
    let mut condition = Condition::all();
    if let Some(tenant) = filter.tenant_id {
        condition = condition.add(Column::TenantId.eq(tenant));
    }
    if let Some(state) = filter.state {
        condition = condition.add(Column::State.eq(state));
    }
    // A place that the caller does not see is one where it finds nothing.
    if let Some(id) = filter.consortium_id {
        let seen = tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(id))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(id) = filter.project_id {
        use project::Column as P;
        let seen = tx.among::<project::Entity>(P::ProjectId, P::ProjectId.eq(id))?;
        condition = condition.add(Column::ProjectId.in_subquery(seen));
    }
    Ok(condition)
}

pub async fn view(scope: &TenantScope, id: FundingApplicationId) -> Result<FundingApplication> {
    load(scope, &scope.read().await?, id).await
}

async fn load(scope: &TenantScope, tx: &TenantTx, id: FundingApplicationId) -> Result<FundingApplication> {
    let one = Column::Id.eq(id).into_condition();
    let question = tx.question().from_part::<Entity>("f", one, Column::Id, None, 1);
    let found = tx.answer::<Made>(made(question)).await?.into_iter().next();
    Ok(found.ok_or_else(|| tx.absent(Resource::Funding, id.0))?.shape(scope))
}

/// Takes the applications of a question that they entered as `f`, with whose they are and what of their surroundings the caller
/// sees: who reads a public one does not learn of a consortium, a project or an organisation.
fn made(question: Question) -> Question {
    use {consortium::Column as C, organisation::Column as O, project::Column as P, tenant::Column as T};
    question
        .join::<tenant::Entity>("t", of("t", T::Id).eq(of("f", Column::TenantId)))
        .left_join_within_scope::<consortium::Entity>("c", of("c", C::Id).eq(of("f", Column::ConsortiumId)))
        .left_join_within_scope::<project::Entity>("j", of("j", P::ProjectId).eq(of("f", Column::ProjectId)))
        .left_join_within_scope::<organisation::Entity>(
            "o",
            of("o", O::Id).eq(of("f", Column::OrganisationId)),
        )
        .take_all::<Entity>("f", "f_")
        .take(of("t", T::Names), "names")
        .take(of("c", C::Id), "consortium")
        .take(of("j", P::ProjectId), "project")
        .take(of("o", O::Id), "organisation")
}

/// An application with what the caller sees around it.
struct Made {
    row: Model,
    names: Text,
    consortium: Option<ConsortiumId>,
    project: Option<ProjectId>,
    organisation: Option<OrganisationId>,
}

impl FromQueryResult for Made {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "f_")?,
            names: row.try_get("", "names")?,
            consortium: row.try_get("", "consortium")?,
            project: row.try_get("", "project")?,
            organisation: row.try_get("", "organisation")?,
        })
    }
}

impl Made {
    fn shape(self, scope: &TenantScope) -> FundingApplication {
        let Self { row, names, consortium, project, organisation } = self;
        FundingApplication {
            applied_on: check::day(&row.applied_on),
            decided_on: check::day(&row.decided_on),
            first_day: check::day(&row.first_day),
            last_day: check::day(&row.last_day),
            id: row.id,
            tenant_id: row.tenant_id,
            tenant_name: scope.say(&names),
            project_id: project,
            consortium_id: consortium,
            funder: row.funder,
            organisation_id: organisation,
            funder_kind: row.funder_kind,
            programme: row.programme,
            link: row.link,
            currency: row.currency,
            applied_minor: row.applied_minor,
            granted_minor: row.granted_minor,
            state: row.state,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

pub async fn create(scope: &TenantScope, input: NewFundingApplication) -> Result<FundingApplication> {
    if input.funder.is_none() && input.organisation_id.is_none() {
        return Err(Error::new(Code::InvalidInput).field("funder", "required"));
    }
    let mut row = new(input.clone());
    // Until it is looked up who that is.
    if input.funder.is_none() {
        row.funder = Set("–".to_owned());
    }
    check::row(&stamped(scope.tenant(), row)?)?;
    let scope_in = scope.clone();
    scope
        .write("createFundingApplication", input, move |tx, input| {
            Box::pin(async move {
                let project = project::service::taken_part_in(tx, input.project_id).await?;
                let project = project
                    .ok_or_else(|| Error::new(Code::InvalidInput).field("projectId", "part_in_project"))?;
                let consortium = place(tx, project.consortium_id).await?;
                let body = input.organisation_id;
                let mut row = new(input);
                row.consortium_id = Set(consortium);
                if let Some(body) = body {
                    name(&mut row, stands_for(tx, consortium, body).await?);
                }
                let wished = stamped(tx.me(), row.clone())?;
                check::row(&wished)?;
                check::shared(&wished)?;
                let row = tx.insert(row).await?;
                load(&scope_in, tx, row.id).await
            })
        })
        .await
}

/// As it will be, with what the door stamps.
fn stamped(tenant: TenantId, mut row: ActiveModel) -> Result<Model> {
    row.tenant_id = Set(tenant);
    row.version = Set(1);
    row.stood = Set(None);
    row.created_at = Set(when::now());
    row.updated_at = Set(when::now());
    row.try_into_model().map_err(Error::internal)
}

/// The consortium of a project, where the caller's library shares anything: an application is for nobody else's.
async fn place(tx: &TenantTx, consortium: Option<ConsortiumId>) -> Result<Option<ConsortiumId>> {
    let Some(id) = consortium else { return Ok(None) };
    match tx.seat_as(id, &[SeatRole::Coordinator, SeatRole::Member]).await {
        Ok(()) => Ok(Some(id)),
        Err(error) if matches!(error.code, Code::NotFound | Code::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What stands today for an organisation of a consortium.
async fn stands_for(
    tx: &TenantTx,
    consortium: Option<ConsortiumId>,
    id: OrganisationId,
) -> Result<organisation::Model> {
    use organisation::{Column as O, Entity as Organisations};
    let unknown = || Error::new(Code::InvalidInput).field("organisationId", "unknown_organisation");
    let consortium = consortium.ok_or_else(unknown)?;
    let among = |id: OrganisationId| {
        Ok::<_, Error>(
            tx.find::<Organisations>()?.filter(O::ConsortiumId.eq(consortium)).filter(O::Id.eq(id)),
        )
    };
    let found = among(id)?.one().await?.ok_or_else(unknown)?;
    match found.current_id {
        None => Ok(found),
        Some(current) => among(current)?.one().await?.ok_or_else(unknown),
    }
}

/// Names the organisation, and after it the funder that has no name of its own.
fn name(row: &mut ActiveModel, body: organisation::Model) {
    row.organisation_id = Set(Some(body.id));
    if row.funder.try_as_ref().is_none_or(String::is_empty) {
        row.funder = Set(body.name);
    }
}

fn kept(day: Option<NaiveDate>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn new(input: NewFundingApplication) -> ActiveModel {
    ActiveModel {
        id: Set(FundingApplicationId::new()),
        project_id: Set(input.project_id),
        consortium_id: Set(None),
        organisation_id: Set(None),
        funder: Set(input.funder.unwrap_or_default()),
        funder_kind: Set(input.funder_kind),
        programme: Set(input.programme),
        link: Set(input.link),
        currency: Set(input.currency),
        applied_minor: Set(input.applied_minor),
        granted_minor: Set(None),
        state: Set(FundingState::Planned),
        applied_on: Set(None),
        decided_on: Set(None),
        first_day: Set(kept(input.first_day)),
        last_day: Set(kept(input.last_day)),
        visibility: Set(input.visibility.unwrap_or_default()),
        ..Default::default()
    }
}

pub async fn change(
    scope: &TenantScope,
    id: FundingApplicationId,
    expected: i64,
    input: FundingApplicationChange,
) -> Result<FundingApplication> {
    let scope_in = scope.clone();
    scope
        .write("changeFundingApplication", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let mut wished = row.clone().into_active_model();
                // Only the owner's own row tells what would become of it.
                if row.tenant_id == tx.me() {
                    edit(&mut wished, input.clone());
                    let says = wished.clone().try_into_model().map_err(Error::internal)?;
                    check::row(&says)?;
                    let consortium = moved_to(tx, &row, &input).await?;
                    if consortium != row.consortium_id {
                        wished.consortium_id = Set(consortium);
                        // It is an organisation of another consortium.
                        wished.organisation_id = Set(None);
                    }
                    if let Some(body) = input.organisation_id {
                        name(&mut wished, stands_for(tx, consortium, body).await?);
                    }
                    let says = wished.clone().try_into_model().map_err(Error::internal)?;
                    // Of what an archive brought without its consortium the rest can be changed.
                    if (says.visibility, says.consortium_id) != (row.visibility, row.consortium_id) {
                        check::shared(&says)?;
                    }
                }
                tx.change::<Entity>(row, Some(expected), |row| *row = wished).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// The consortium in which an application is seen: that of its project by now, where anything of it is said anew.
async fn moved_to(
    tx: &TenantTx,
    row: &Model,
    input: &FundingApplicationChange,
) -> Result<Option<ConsortiumId>> {
    if input.visibility.is_none() && input.organisation_id.is_none() {
        return Ok(row.consortium_id);
    }
    let project = tx.find::<project::Entity>()?.filter(project::Column::ProjectId.eq(row.project_id));
    match project.one().await? {
        Some(project) => place(tx, project.consortium_id).await,
        None => place(tx, row.consortium_id).await,
    }
}

fn edit(row: &mut ActiveModel, input: FundingApplicationChange) {
    for field in input.clear {
        match field {
            Clearable::Organisation => row.organisation_id = Set(None),
            Clearable::Programme => row.programme = Set(None),
            Clearable::Link => row.link = Set(None),
            Clearable::FirstDay => row.first_day = Set(None),
            Clearable::LastDay => row.last_day = Set(None),
        }
    }
    if let Some(funder) = input.funder {
        row.funder = Set(funder);
    }
    if let Some(kind) = input.funder_kind {
        row.funder_kind = Set(kind);
    }
    if input.programme.is_some() {
        row.programme = Set(input.programme);
    }
    if input.link.is_some() {
        row.link = Set(input.link);
    }
    if let Some(currency) = input.currency {
        row.currency = Set(currency);
    }
    if let Some(amount) = input.applied_minor {
        row.applied_minor = Set(amount);
    }
    if input.granted_minor.is_some() {
        row.granted_minor = Set(input.granted_minor);
    }
    if input.applied_on.is_some() {
        row.applied_on = Set(kept(input.applied_on));
    }
    if input.decided_on.is_some() {
        row.decided_on = Set(kept(input.decided_on));
    }
    if input.first_day.is_some() {
        row.first_day = Set(kept(input.first_day));
    }
    if input.last_day.is_some() {
        row.last_day = Set(kept(input.last_day));
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

/// Takes a step.
pub async fn advance(
    scope: &TenantScope,
    id: FundingApplicationId,
    expected: i64,
    input: FundingApplicationMove,
) -> Result<FundingApplication> {
    let scope_in = scope.clone();
    scope
        .write("moveFundingApplication", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let on = input.on.unwrap_or_else(|| when::now().date_naive());
                if row.tenant_id == tx.me() {
                    if row.version != expected {
                        return Err(Error::new(Code::StaleVersion).with("current", row.version));
                    }
                    row.state.step(input.to)?;
                    check::step(&row, input.to, on, input.granted_minor)?;
                }
                tx.change::<Entity>(row, Some(expected), |row| {
                    row.state = Set(input.to);
                    if input.to.is_over() {
                        row.decided_on = Set(kept(Some(on)));
                    } else {
                        row.applied_on = Set(kept(Some(on)));
                    }
                    row.granted_minor = Set(input.granted_minor);
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

pub async fn remove(scope: &TenantScope, id: FundingApplicationId, expected: i64) -> Result<()> {
    scope
        .write("removeFundingApplication", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}
