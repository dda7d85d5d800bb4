use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use sea_orm::{
    ActiveValue::{self, Set},
    ColumnTrait, Condition, DbErr, FromQueryResult, IntoActiveModel, Order, QueryResult, TryIntoModel,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use super::{
    AgendaItem, Clearable, Meeting, MeetingChange, MeetingDocument, MeetingDocumentInput, MeetingFilter,
    MeetingGoal, NewAgendaItem, NewMeeting, NewMeetingGoal, attendance, check,
    entity::{ActiveModel, Agenda, Column, Document, Documents, Entity, Goal, Goals, KEEPERS, Model, Part},
    series,
};
use crate::{
    auth::policy::Resource,
    error::{Code, Error, Result, YEARS},
    id::{ConsortiumId, GroupId, MeetingId, SeriesId},
    page::{Page, PageArgs},
    registry::{consortium, group},
    tenancy::{SeatRole, TenantScope, TenantTx, Visibility, of},
    text::{self, Text},
    when,
};

const LONGEST_TITLE: usize = 300;
const LONGEST_GOAL: usize = 500;
const LONGEST_SUMMARY: usize = 8_000;

/// Meetings of the caller's consortia, and open events, oldest first.
pub async fn list(scope: &TenantScope, filter: MeetingFilter, page: PageArgs) -> Result<Page<Meeting>> {
    let wish = scope.page(&page, format_args!("meetings {filter:?}"))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all();
    // A place that the caller does not see is one where it finds nothing.
    if let Some(id) = filter.consortium_id {
        let seen = tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(id))?;
        condition = condition.add(Column::ConsortiumId.in_subquery(seen));
    }
    if let Some(id) = filter.group_id {
        let seen = tx.among::<group::Entity>(group::Column::Id, group::Column::Id.eq(id))?;
        condition = condition.add(Column::GroupId.in_subquery(seen));
    }
    if let Some(id) = filter.series_id {
        let seen = tx.among::<series::Entity>(series::Column::Id, series::Column::Id.eq(id))?;
        condition = condition.add(Column::SeriesId.in_subquery(seen));
    }
    if let Some(open) = filter.open {
        let public = Column::Visibility.eq(Visibility::Public);
        condition = condition.add(if open { public } else { public.not() });
    }
    let after = wish.after.as_ref().map(|after| after.parse::<MeetingId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let rows = ask(&tx, condition, after, u64::from(wish.first) + 1).await?;
    Ok(Page::of(rows, &wish, |found: &Found| found.row.id.to_string()).map(|found| found.shape(scope)))
}

pub async fn view(scope: &TenantScope, id: MeetingId) -> Result<Meeting> {
    load(scope, &scope.read().await?, id).await
}

pub(in crate::meeting) async fn load(scope: &TenantScope, tx: &TenantTx, id: MeetingId) -> Result<Meeting> {
    let found = ask(tx, Column::Id.eq(id).into_condition(), None, 1).await?.pop();
    Ok(found.ok_or_else(|| tx.absent(Resource::Meeting, id.0))?.shape(scope))
}

/// Meetings with what the caller sees of where they belong.
async fn ask(
    tx: &TenantTx,
    condition: Condition,
    after: Option<MeetingId>,
    limit: u64,
) -> Result<Vec<Found>> {
    use attendance::Column as A;
    let coming = Condition::all()
        .add(Expr::col((attendance::Entity, A::MeetingId)).eq(of("m", Column::Id)))
        .add(A::People.gt(0));
    let question = tx
        .question()
        .from_part::<Entity>("m", condition, Column::Id, after.map(|id| id.0.into()), limit)
        .left_join::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("m", Column::ConsortiumId)),
        )
        .left_join::<group::Entity>("g", of("g", group::Column::Id).eq(of("m", Column::GroupId)))
        .left_join::<series::Entity>("s", of("s", series::Column::Id).eq(of("m", Column::SeriesId)))
        .left_join::<crate::registry::seat::Entity>("seat_", my_seat(tx))
        .take_all::<Entity>("m", "m_")
        .take(of("c", consortium::Column::Id), "consortium")
        .take(of("g", group::Column::Id), "work_group")
        .take(of("s", series::Column::Id), "series")
        .take(of("seat_", crate::registry::seat::Column::Role), "seat_role")
        .take(tx.count_of::<attendance::Entity>(coming)?, "attending")
        .order_by(of("m", Column::Id), Order::Asc);
    tx.answer(question).await
}

fn my_seat(tx: &TenantTx) -> Condition {
    use crate::registry::seat::Column as S;
    Condition::all()
        .add(of("seat_", S::ConsortiumId).eq(of("m", Column::ConsortiumId)))
        .add(of("seat_", S::TenantId).eq(tx.me().0))
}

struct Found {
    row: Model,
    consortium: Option<ConsortiumId>,
    group: Option<GroupId>,
    series: Option<SeriesId>,
    keeps: bool,
    attending: i64,
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let seat: Option<SeatRole> = row.try_get("", "seat_role")?;
        Ok(Self {
            row: Model::from_query_result(row, "m_")?,
            consortium: row.try_get("", "consortium")?,
            group: row.try_get("", "work_group")?,
            series: row.try_get("", "series")?,
            keeps: seat.is_some_and(|seat| KEEPERS.contains(&seat)),
            attending: row.try_get("", "attending")?,
        })
    }
}

impl Found {
    fn shape(self, scope: &TenantScope) -> Meeting {
        let Self { row, consortium, group, series, keeps, attending } = self;
        let shown = keeps || row.summary_published_at.is_some();
        Meeting {
            id: row.id,
            consortium_id: consortium,
            group_id: group,
            series_id: series,
            number: row.number,
            title: scope.say(&row.title),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone,
            held: row.held,
            place: row.place,
            link: row.link,
            visibility: row.visibility,
            documents: row.documents.0.into_iter().map(document).collect(),
            agenda: row.agenda.0.into_iter().map(|part| agenda_item(scope, part)).collect(),
            goals: row.goals.0.into_iter().map(|goal| meeting_goal(scope, goal)).collect(),
            summary: row.summary.filter(|_| shown).map(|text| scope.say(&text)),
            summary_published_at: row.summary_published_at,
            attending,
            version: row.version,
        }
    }
}

fn document(document: Document) -> MeetingDocument {
    MeetingDocument { title: document.title, url: document.url }
}

fn agenda_item(scope: &TenantScope, part: Part) -> AgendaItem {
    AgendaItem {
        kind: part.kind,
        title: scope.say(&part.title),
        starts_at: part.starts_at,
        ends_at: part.ends_at,
        speaker: part.speaker,
        slides: part.slides,
    }
}

fn meeting_goal(scope: &TenantScope, goal: Goal) -> MeetingGoal {
    MeetingGoal { text: scope.say(&goal.text), reached: goal.reached, remark: goal.remark }
}

/// What of an input must be read before it is a row.
#[derive(Clone, Default)]
struct Given {
    title: Option<Text>,
    documents: Option<Documents>,
    agenda: Option<Agenda>,
    goals: Option<Goals>,
    summary: Option<Text>,
}

fn given_documents(list: &[MeetingDocumentInput]) -> Documents {
    Documents(list.iter().map(|d| Document { title: d.title.clone(), url: d.url.clone() }).collect())
}

fn given_agenda(list: &[NewAgendaItem]) -> Result<Agenda> {
    check::most("agenda", list.len(), check::MOST_PARTS)?;
    let read = |(n, part): (usize, &NewAgendaItem)| {
        Ok(Part {
            kind: part.kind,
            title: text::given(&format!("agenda/{n}/title"), &part.title, LONGEST_TITLE)?,
            starts_at: part.starts_at.map(when::second),
            ends_at: part.ends_at.map(when::second),
            speaker: part.speaker.clone(),
            slides: part.slides.clone(),
        })
    };
    list.iter().enumerate().map(read).collect::<Result<_>>().map(Agenda)
}

fn given_goals(list: &[NewMeetingGoal]) -> Result<Goals> {
    check::most("goals", list.len(), check::MOST_GOALS)?;
    let read = |(n, goal): (usize, &NewMeetingGoal)| {
        Ok(Goal {
            text: text::given(&format!("goals/{n}/text"), &goal.text, LONGEST_GOAL)?,
            reached: goal.reached,
            remark: goal.remark.clone(),
        })
    };
    list.iter().enumerate().map(read).collect::<Result<_>>().map(Goals)
}

/// Makes a meeting. By a coordinator.
pub async fn create(scope: &TenantScope, consortium: ConsortiumId, input: NewMeeting) -> Result<Meeting> {
    let mut row = ActiveModel {
        consortium_id: Set(consortium),
        id: Set(MeetingId::new()),
        group_id: Set(input.group_id),
        series_id: Set(input.series_id),
        number: Set(input.number),
        title: Set(text::given("title", &input.title, LONGEST_TITLE)?),
        starts_at: Set(input.starts_at.map(when::second)),
        ends_at: Set(input.ends_at.map(when::second)),
        time_zone: Set(input.time_zone.clone()),
        held: Set(input.held.clone()),
        first_day: Set(None),
        last_day: Set(None),
        place: Set(input.place.clone()),
        link: Set(input.link.clone()),
        visibility: Set(input.visibility.unwrap_or(Visibility::Consortium)),
        documents: Set(given_documents(&input.documents)),
        agenda: Set(given_agenda(&input.agenda)?),
        goals: Set(given_goals(&input.goals)?),
        summary: Set(None),
        summary_published_at: Set(None),
        // What the door stamps is of no account here.
        version: Set(1),
        created_at: Set(when::now()),
        updated_at: Set(when::now()),
    };
    dated(&mut row);
    check::row(&row.clone().try_into_model().map_err(Error::internal)?)?;
    let scope_in = scope.clone();
    scope
        .write("createMeeting", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                tx.seat_as(consortium, KEEPERS).await?;
                if let Some(group) = input.group_id {
                    must_know_group(tx, consortium, group).await?;
                }
                if let Some(series) = input.series_id {
                    series::service::must_know(tx, "seriesId", consortium, series).await?;
                }
                let row = tx.insert(row).await?;
                load(&scope_in, tx, row.id).await
            })
        })
        .await
}

async fn must_know_group(tx: &TenantTx, consortium: ConsortiumId, id: GroupId) -> Result<()> {
    let found = tx.find::<group::Entity>()?.filter(group::Column::Id.eq(id));
    match found.filter(group::Column::ConsortiumId.eq(consortium)).one().await? {
        Some(_) => Ok(()),
        None => Err(Error::new(Code::InvalidInput).field("groupId", "unknown_group")),
    }
}

/// Changes a meeting, checks its goals, publishes its summary. By a coordinator.
pub async fn change(
    scope: &TenantScope,
    id: MeetingId,
    expected: i64,
    input: MeetingChange,
) -> Result<Meeting> {
    let given = Given {
        title: input.title.as_deref().map(|t| text::given("title", t, LONGEST_TITLE)).transpose()?,
        documents: input.documents.as_deref().map(given_documents),
        agenda: input.agenda.as_deref().map(given_agenda).transpose()?,
        goals: input.goals.as_deref().map(given_goals).transpose()?,
        summary: input.summary.as_deref().map(|t| text::given("summary", t, LONGEST_SUMMARY)).transpose()?,
    };
    let scope_in = scope.clone();
    scope
        .write("changeMeeting", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = led(tx, id).await?;
                let mut wished = row.clone().into_active_model();
                edit(&mut wished, &input, given.clone());
                check::row(&wished.try_into_model().map_err(Error::internal)?)?;
                tx.change::<Entity>(row, Some(expected), |row| edit(row, &input, given)).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

fn edit(row: &mut ActiveModel, input: &MeetingChange, given: Given) {
    for field in &input.clear {
        match field {
            Clearable::Place => row.place = Set(None),
            Clearable::Link => row.link = Set(None),
        }
    }
    if let Some(title) = given.title {
        row.title = Set(title);
    }
    if input.number.is_some() {
        row.number = Set(input.number);
    }
    if let Some(held) = &input.held {
        row.held = Set(Some(held.clone()));
        (row.starts_at, row.ends_at, row.time_zone) = (Set(None), Set(None), Set(None));
    }
    if input.starts_at.is_some() {
        row.starts_at = Set(input.starts_at.map(when::second));
    }
    if input.ends_at.is_some() {
        row.ends_at = Set(input.ends_at.map(when::second));
    }
    if let Some(zone) = &input.time_zone {
        row.time_zone = Set(Some(zone.clone()));
    }
    if input.held.is_none() && (input.starts_at.is_some() || input.ends_at.is_some()) {
        row.held = Set(None);
    }
    dated(row);
    if let Some(place) = &input.place {
        row.place = Set(Some(place.clone()));
    }
    if let Some(link) = &input.link {
        row.link = Set(Some(link.clone()));
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
    if let Some(documents) = given.documents {
        row.documents = Set(documents);
    }
    if let Some(agenda) = given.agenda {
        row.agenda = Set(agenda);
    }
    if let Some(goals) = given.goals {
        row.goals = Set(goals);
    }
    if let Some(summary) = given.summary {
        row.summary = Set(Some(summary));
    }
    let published = row.summary_published_at.clone().take().flatten().is_some();
    if input.publish_summary == Some(true) && !published {
        row.summary_published_at = Set(Some(when::now()));
    }
}

/// Notes the days that it is on: of times those of their own zone.
fn dated(row: &mut ActiveModel) {
    let time = |time: &ActiveValue<Option<DateTime<Utc>>>| time.try_as_ref().copied().flatten();
    let text = |text: &ActiveValue<Option<String>>| text.try_as_ref().cloned().flatten();
    let days = match (time(&row.starts_at), time(&row.ends_at)) {
        (Some(starts), Some(ends)) => {
            let zone: Option<Tz> = text(&row.time_zone).and_then(|zone| zone.parse().ok());
            let zone = zone.unwrap_or(chrono_tz::UTC);
            // Times that no clock has are refused afterwards.
            let day = |time: DateTime<Utc>| {
                YEARS.contains(&time.year()).then(|| time.with_timezone(&zone).date_naive())
            };
            day(starts).zip(day(ends))
        }
        _ => text(&row.held).and_then(|held| when::days(&held)),
    };
    let (first, last) = days.map(|(first, last)| (first.to_string(), last.to_string())).unzip();
    (row.first_day, row.last_day) = (Set(first), Set(last));
}

/// The meeting, for its consortium's coordinator: 404 where the caller may not see it, 403 where it may.
pub(in crate::meeting) async fn led(tx: &TenantTx, id: MeetingId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    match part(tx, row.consortium_id).await? {
        Some(seat) if KEEPERS.contains(&seat) => Ok(row),
        _ => Err(Error::new(Code::Forbidden)),
    }
}

/// The meeting, for whoever takes part in its consortium. Somebody else sees at the most an open event.
pub(in crate::meeting) async fn joined(tx: &TenantTx, id: MeetingId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    takes_part(tx, row.consortium_id).await?;
    Ok(row)
}

/// Who looks on neither writes nor answers.
pub(in crate::meeting) async fn takes_part(tx: &TenantTx, consortium: ConsortiumId) -> Result<()> {
    match part(tx, consortium).await? {
        Some(SeatRole::Coordinator | SeatRole::Member) => Ok(()),
        Some(SeatRole::Observer) | None => Err(Error::new(Code::Forbidden)),
    }
}

async fn part(tx: &TenantTx, consortium: ConsortiumId) -> Result<Option<SeatRole>> {
    match tx.seat(consortium).await {
        Ok(seat) => Ok(Some(seat)),
        Err(error) if error.code == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
