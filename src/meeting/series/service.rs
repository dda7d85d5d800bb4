use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::{
    Column, Entity, MeetingSeries, MeetingSeriesChange, MeetingSeriesFilter, NewMeetingSeries,
    entity::{ActiveModel, Model},
};
use crate::{
    error::{Code, Error, Result},
    id::{ConsortiumId, SeriesId},
    meeting::entity::KEEPERS,
    page::{Page, PageArgs},
    tenancy::{TenantScope, TenantTx},
    text,
};

const LONGEST: usize = 300;

/// The series of a consortium, oldest first.
pub async fn list(
    scope: &TenantScope,
    consortium: ConsortiumId,
    filter: MeetingSeriesFilter,
    page: PageArgs,
) -> Result<Page<MeetingSeries>> {
    let wish = scope.page(&page, format_args!("allMeetingSeries {consortium} {filter:?}"))?;
    let tx = scope.read().await?;
    let condition = Condition::all()
        .add(Column::ConsortiumId.eq(consortium))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind)))
        .add_option(filter.parent_id.map(|parent| Column::ParentId.eq(parent)));
    let rows = tx.find::<Entity>()?.filter(condition).page(&wish).await?;
    // Nobody without a seat sees one: only where there is none must be asked.
    if rows.is_empty() {
        tx.seat(consortium).await?;
    }
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| shape(scope, row)))
}

pub async fn view(scope: &TenantScope, id: SeriesId) -> Result<MeetingSeries> {
    Ok(shape(scope, scope.read().await?.get::<Entity>(id.0).await?))
}

/// Makes a series. By a coordinator.
pub async fn create(
    scope: &TenantScope,
    consortium: ConsortiumId,
    input: NewMeetingSeries,
) -> Result<MeetingSeries> {
    let title = text::given("title", &input.title, LONGEST)?;
    let steps = text::given_list("steps", &input.steps, LONGEST)?;
    let scope_in = scope.clone();
    scope
        .write("createMeetingSeries", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                tx.seat_as(consortium, KEEPERS).await?;
                if let Some(parent) = input.parent_id {
                    must_know(tx, "parentId", consortium, parent).await?;
                }
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(SeriesId::new()),
                        kind: Set(input.kind),
                        title: Set(title),
                        steps: Set(steps),
                        parent_id: Set(input.parent_id),
                        ..Default::default()
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

/// Changes what a series is called and what happens in it. By a coordinator.
pub async fn change(
    scope: &TenantScope,
    id: SeriesId,
    expected: i64,
    input: MeetingSeriesChange,
) -> Result<MeetingSeries> {
    let title = input.title.as_deref().map(|title| text::given("title", title, LONGEST)).transpose()?;
    let steps = input.steps.as_deref().map(|steps| text::given_list("steps", steps, LONGEST)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeMeetingSeries", (id, expected, input), move |tx, (id, expected, _)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        if let Some(title) = title {
                            row.title = Set(title);
                        }
                        if let Some(steps) = steps {
                            row.steps = Set(steps);
                        }
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

/// A series that an input names is one of the consortium's.
pub(in crate::meeting) async fn must_know(
    tx: &TenantTx,
    field: &str,
    consortium: ConsortiumId,
    id: SeriesId,
) -> Result<()> {
    let found = tx.find::<Entity>()?.filter(Column::Id.eq(id)).filter(Column::ConsortiumId.eq(consortium));
    match found.one().await? {
        Some(_) => Ok(()),
        None => Err(Error::new(Code::InvalidInput).field(field, "unknown_series")),
    }
}

fn shape(scope: &TenantScope, row: Model) -> MeetingSeries {
    MeetingSeries {
        id: row.id,
        consortium_id: row.consortium_id,
        kind: row.kind,
        title: scope.say(&row.title),
        steps: row.steps.0.iter().map(|step| scope.say(step)).collect(),
        parent_id: row.parent_id,
        version: row.version,
    }
}
