use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, Order, QueryResult, TryGetable,
    sea_query::{Expr, ExprTrait, IntoCondition, SimpleExpr},
};

use super::{Calendar, CalendarEntry, CalendarKind, CalendarWish};
use crate::{
    activity::{self, ActivityState},
    auth::{
        Scopes,
        policy::{Action, Resource},
    },
    commitment::{self, CommitmentStatus},
    error::{Code, Error, Result, Violations},
    id::{ConsortiumId, RowId, TenantId},
    meeting::{
        self,
        exercise::{self, ExerciseKind},
    },
    registry::{consortium, tenant},
    tenancy::{Question, TenantScope, TenantTx, of},
    text::{Lang, Text},
    when,
};

/// Of each kind.
const MOST: u64 = 250;
/// How far back it goes where nobody says how far.
const BACK: Duration = Duration::days(90);

/// What of other areas a calendar shows.
const READS: &str = "consortium:read meeting:read activity:read commitment:read";

const KINDS: [CalendarKind; 4] =
    [CalendarKind::Meeting, CalendarKind::Activity, CalendarKind::Commitment, CalendarKind::Homework];

/// What is held and what is due, by day, of all that the caller may see.
pub async fn calendar(scope: &TenantScope, wish: CalendarWish) -> Result<Calendar> {
    if !scope.caller().may(Action::Read, Resource::Calendar) {
        return Err(Error::new(Code::Forbidden));
    }
    let from = wish.from.unwrap_or((when::now() - BACK).date_naive());
    let mut violations = Violations::default();
    violations.day("from", wish.from);
    violations.day("to", wish.to);
    if wish.to.is_some_and(|to| to < from) {
        violations.add("to", "ends_before_start");
    }
    violations.done()?;
    let scope = scope.reading(Scopes::parse(READS).map_err(Error::internal)?);
    let tx = scope.read().await?;
    let mut entries = Vec::new();
    let mut whole = true;
    for kind in KINDS {
        let mut found = tx.answer::<Found>(question(&tx, kind, &wish, from)?).await?;
        whole &= found.len() as u64 <= MOST;
        found.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
        entries.extend(found.into_iter().map(|found| found.shape(&scope, kind)));
    }
    entries.sort_by_key(|entry| (entry.first_day, entry.starts_at, entry.last_day, entry.id.0));
    Ok(Calendar { entries, whole })
}

/// The rows of a kind that have a day there. Where they are too many, the caller's library's own come first, then what stands in its
/// consortia, and of these what comes first: nobody pushes them out.
fn question(tx: &TenantTx, kind: CalendarKind, wish: &CalendarWish, from: NaiveDate) -> Result<Question> {
    // A place that the caller does not see is one where it finds nothing.
    let within = |column: SimpleExpr| -> Result<Condition> {
        let Some(id) = wish.consortium_id else { return Ok(Condition::all()) };
        let seen = tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(id))?;
        Ok(column.in_subquery(seen).into_condition())
    };
    let to = wish.to.map(|to| to.to_string());
    // As texts they are in the order of the days.
    let there = |first: SimpleExpr, last: SimpleExpr| {
        Condition::all()
            .add(last.gte(from.to_string()))
            .add_option(to.as_ref().map(|to| first.lte(to.as_str())))
    };
    let question = match kind {
        CalendarKind::Meeting => {
            use meeting::{Column, Entity};
            let those = there(col::<Entity>(Column::FirstDay), col::<Entity>(Column::LastDay))
                .add(within(col::<Entity>(Column::ConsortiumId))?);
            placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "title")
                .take(of("k", Column::StartsAt), "starts_at")
                .take(of("k", Column::EndsAt), "ends_at")
                .take(of("k", Column::TimeZone), "time_zone")
                .take(of("k", Column::Held), "date")
                .take(of("k", Column::FirstDay), "first_day")
                .take(of("k", Column::LastDay), "last_day")
                .take(of("k", Column::Place), "place")
                .take(of("k", Column::Link), "link")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(elsewhere(), Order::Asc)
                .order_by(of("k", Column::FirstDay), Order::Asc)
                .order_by(of("k", Column::Id), Order::Asc)
        }
        CalendarKind::Activity => {
            use activity::{Column, Entity};
            let those = there(col::<Entity>(Column::FirstDay), col::<Entity>(Column::LastDay))
                .add(within(col::<Entity>(Column::ConsortiumId))?);
            let question =
                placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId));
            owned(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "text")
                .take(of("k", Column::Lang), "lang")
                .take(of("k", Column::Held), "date")
                .take(of("k", Column::FirstDay), "first_day")
                .take(of("k", Column::LastDay), "last_day")
                .take(of("k", Column::Place), "place")
                .take(of("k", Column::Link), "link")
                .take(of("k", Column::State), "state")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(of("k", Column::TenantId).eq(tx.me().0), Order::Desc)
                .order_by(elsewhere(), Order::Asc)
                .order_by(of("k", Column::FirstDay), Order::Asc)
                .order_by(of("k", Column::Id), Order::Asc)
        }
        CalendarKind::Commitment => {
            use commitment::{Column, Entity};
            let those = there(col::<Entity>(Column::DueBy), col::<Entity>(Column::DueBy))
                .add(within(col::<Entity>(Column::ConsortiumId))?)
                .add(Column::Status.is_in([CommitmentStatus::Open, CommitmentStatus::Moved]));
            let question =
                placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId));
            owned(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Text), "text")
                .take(of("k", Column::Lang), "lang")
                .take(of("k", Column::Due), "date")
                .take(of("k", Column::DueBy), "first_day")
                .take(of("k", Column::DueBy), "last_day")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(of("k", Column::TenantId).eq(tx.me().0), Order::Desc)
                .order_by(elsewhere(), Order::Asc)
                .order_by(of("k", Column::DueBy), Order::Asc)
                .order_by(of("k", Column::Id), Order::Asc)
        }
        CalendarKind::Homework => {
            use exercise::{Column, Entity};
            let those = there(col::<Entity>(Column::DueBy), col::<Entity>(Column::DueBy))
                .add(within(col::<Entity>(Column::ConsortiumId))?)
                .add(Column::Kind.eq(ExerciseKind::Homework));
            placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "title")
                .take(of("k", Column::Due), "date")
                .take(of("k", Column::DueBy), "first_day")
                .take(of("k", Column::DueBy), "last_day")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(elsewhere(), Order::Asc)
                .order_by(of("k", Column::DueBy), Order::Asc)
                .order_by(of("k", Column::Id), Order::Asc)
        }
    };
    Ok(question.limit(MOST + 1))
}

/// A column by its table's name, for a condition within a part of a question.
fn col<E: EntityTrait>(column: E::Column) -> SimpleExpr {
    Expr::col((E::default(), column))
}

/// Takes the consortium that the rows stand in, where the caller sees it.
fn placed(question: Question, consortium: SimpleExpr) -> Question {
    question
        .left_join::<consortium::Entity>("c", of("c", consortium::Column::Id).eq(consortium))
        .take(of("c", consortium::Column::Id), "consortium")
}

/// Whether a row stands in none of the caller's consortia.
fn elsewhere() -> SimpleExpr {
    of("c", consortium::Column::Id).is_null()
}

/// Takes whose the rows are.
fn owned(question: Question, owner: SimpleExpr) -> Question {
    question
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(owner))
        .take(of("t", tenant::Column::Id), "owner_id")
        .take(of("t", tenant::Column::Names), "owner_names")
}

/// A row of any kind: what a kind does not have is not in its answer.
struct Found {
    id: RowId,
    title: Text,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    time_zone: Option<String>,
    date: Option<String>,
    first_day: NaiveDate,
    last_day: NaiveDate,
    place: Option<String>,
    link: Option<String>,
    owner: Option<(TenantId, Text)>,
    consortium: Option<ConsortiumId>,
    cancelled: bool,
    version: i64,
    changed_at: DateTime<Utc>,
}

/// A day as the rows keep it.
fn day(row: &QueryResult, name: &str) -> Result<NaiveDate, DbErr> {
    row.try_get::<String>("", name)?.parse().map_err(|e| DbErr::Type(format!("{name}: {e}")))
}

fn maybe<T: TryGetable>(row: &QueryResult, name: &str) -> Result<Option<T>, DbErr> {
    if row.column_names().iter().any(|column| column == name) { row.try_get("", name) } else { Ok(None) }
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let lang = maybe::<String>(row, "lang")?.and_then(|lang| Lang::parse(&lang)).unwrap_or(Lang::En);
        let title = match maybe::<Text>(row, "title")? {
            Some(title) => title,
            None => maybe::<String>(row, "text")?.map_or_else(Text::default, |text| Text::of(lang, text)),
        };
        Ok(Self {
            id: RowId(row.try_get("", "id")?),
            title,
            starts_at: maybe(row, "starts_at")?,
            ends_at: maybe(row, "ends_at")?,
            time_zone: maybe(row, "time_zone")?,
            date: maybe(row, "date")?,
            first_day: day(row, "first_day")?,
            last_day: day(row, "last_day")?,
            place: maybe(row, "place")?,
            link: maybe(row, "link")?,
            owner: maybe(row, "owner_id")?.zip(maybe(row, "owner_names")?),
            consortium: row.try_get("", "consortium")?,
            cancelled: maybe(row, "state")? == Some(ActivityState::Cancelled),
            version: row.try_get("", "version")?,
            changed_at: row.try_get("", "changed_at")?,
        })
    }
}

impl Found {
    fn shape(self, scope: &TenantScope, kind: CalendarKind) -> CalendarEntry {
        let (tenant_id, tenant_name) = self.owner.map(|(id, names)| (id, scope.say(&names))).unzip();
        CalendarEntry {
            kind,
            id: self.id,
            title: scope.say(&self.title),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            time_zone: self.time_zone,
            date: self.date,
            first_day: self.first_day,
            last_day: self.last_day,
            place: self.place,
            link: self.link,
            tenant_id,
            tenant_name,
            consortium_id: self.consortium,
            cancelled: self.cancelled,
            version: self.version,
            changed_at: self.changed_at,
        }
    }
}
