use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
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
        entries.extend(found.into_iter().filter_map(|found| found.shape(&scope, kind)));
    }
    entries.retain(|entry| entry.last_day >= from && wish.to.is_none_or(|to| entry.first_day <= to));
    entries.sort_by_key(|entry| (entry.first_day, entry.starts_at, entry.last_day, entry.id.0));
    Ok(Calendar { entries, whole })
}

/// The rows of a kind that may have a day there, those that were entered last first.
fn question(tx: &TenantTx, kind: CalendarKind, wish: &CalendarWish, from: NaiveDate) -> Result<Question> {
    // A place that the caller does not see is one where it finds nothing.
    let within = |column: SimpleExpr| -> Result<Condition> {
        let Some(id) = wish.consortium_id else { return Ok(Condition::all()) };
        let seen = tx.among::<consortium::Entity>(consortium::Column::Id, consortium::Column::Id.eq(id))?;
        Ok(column.in_subquery(seen).into_condition())
    };
    let begin = from.and_time(NaiveTime::MIN).and_utc() - Duration::days(1);
    let question = match kind {
        CalendarKind::Meeting => {
            use meeting::{Column, Entity};
            let day = Condition::any().add(Column::Held.is_not_null()).add(Column::EndsAt.gte(begin));
            let those = Condition::all().add(within(col::<Entity>(Column::ConsortiumId))?).add(day);
            placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "title")
                .take(of("k", Column::StartsAt), "starts_at")
                .take(of("k", Column::EndsAt), "ends_at")
                .take(of("k", Column::TimeZone), "time_zone")
                .take(of("k", Column::Held), "date")
                .take(of("k", Column::Place), "place")
                .take(of("k", Column::Link), "link")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(of("k", Column::Id), Order::Desc)
        }
        CalendarKind::Activity => {
            use activity::{Column, Entity};
            let those = Condition::all()
                .add(within(col::<Entity>(Column::ConsortiumId))?)
                .add(Column::Held.is_not_null());
            let question =
                placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId));
            owned(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "text")
                .take(of("k", Column::Lang), "lang")
                .take(of("k", Column::Held), "date")
                .take(of("k", Column::Place), "place")
                .take(of("k", Column::Link), "link")
                .take(of("k", Column::State), "state")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(of("k", Column::Id), Order::Desc)
        }
        CalendarKind::Commitment => {
            use commitment::{Column, Entity};
            let those = Condition::all()
                .add(within(col::<Entity>(Column::ConsortiumId))?)
                .add(Column::DueBy.gte(from.to_string()))
                .add(Column::Status.is_in([CommitmentStatus::Open, CommitmentStatus::Moved]));
            let question =
                placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId));
            owned(question, of("k", Column::TenantId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Text), "text")
                .take(of("k", Column::Lang), "lang")
                .take(of("k", Column::Due), "date")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(of("k", Column::Id), Order::Desc)
        }
        CalendarKind::Homework => {
            use exercise::{Column, Entity};
            let those = Condition::all()
                .add(within(col::<Entity>(Column::ConsortiumId))?)
                .add(Column::Kind.eq(ExerciseKind::Homework))
                .add(Column::Due.is_not_null());
            placed(tx.question().from_those::<Entity>("k", those), of("k", Column::ConsortiumId))
                .watch::<Entity>("k")
                .take(of("k", Column::Id), "id")
                .take(of("k", Column::Title), "title")
                .take(of("k", Column::Due), "date")
                .take(of("k", Column::Version), "version")
                .take(of("k", Column::UpdatedAt), "changed_at")
                .order_by(of("k", Column::Id), Order::Desc)
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
    entry: Times,
    place: Option<String>,
    link: Option<String>,
    owner: Option<(TenantId, Text)>,
    consortium: Option<ConsortiumId>,
    cancelled: bool,
    version: i64,
    changed_at: DateTime<Utc>,
}

struct Times {
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    time_zone: Option<String>,
    date: Option<String>,
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
            entry: Times {
                starts_at: maybe(row, "starts_at")?,
                ends_at: maybe(row, "ends_at")?,
                time_zone: maybe(row, "time_zone")?,
                date: maybe(row, "date")?,
            },
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
    /// None where it has no day.
    fn shape(self, scope: &TenantScope, kind: CalendarKind) -> Option<CalendarEntry> {
        let (first_day, last_day) = days(&self.entry, kind)?;
        let Times { starts_at, ends_at, time_zone, date } = self.entry;
        let (tenant_id, tenant_name) = self.owner.map(|(id, names)| (id, scope.say(&names))).unzip();
        Some(CalendarEntry {
            kind,
            id: self.id,
            title: scope.say(&self.title),
            starts_at,
            ends_at,
            time_zone,
            date,
            first_day,
            last_day,
            place: self.place,
            link: self.link,
            tenant_id,
            tenant_name,
            consortium_id: self.consortium,
            cancelled: self.cancelled,
            version: self.version,
            changed_at: self.changed_at,
        })
    }
}

/// The first and the last day: of times where they are told, of what has one end alone that.
fn days(times: &Times, kind: CalendarKind) -> Option<(NaiveDate, NaiveDate)> {
    if let (Some(starts), Some(ends)) = (times.starts_at, times.ends_at) {
        let zone: chrono_tz::Tz =
            times.time_zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(chrono_tz::UTC);
        return Some((starts.with_timezone(&zone).date_naive(), ends.with_timezone(&zone).date_naive()));
    }
    let date = times.date.as_deref()?;
    let (first, last) = (when::first_day(date), when::last_day(date));
    if matches!(kind, CalendarKind::Commitment | CalendarKind::Homework) {
        return last.map(|day| (day, day));
    }
    Some((first.or(last)?, last.or(first)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str, kind: CalendarKind) -> Option<(String, String)> {
        let times = Times { starts_at: None, ends_at: None, time_zone: None, date: Some(date.into()) };
        days(&times, kind).map(|(first, last)| (first.to_string(), last.to_string()))
    }

    #[test]
    fn a_rough_date_stands_on_every_day_that_it_may_mean() {
        let both = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(on("2026-05", CalendarKind::Activity), both("2026-05-01", "2026-05-31"));
        assert_eq!(on("2026-05/..", CalendarKind::Activity), both("2026-05-01", "2026-05-01"));
        assert_eq!(on("../2026-05", CalendarKind::Meeting), both("2026-05-31", "2026-05-31"));
        assert_eq!(on("2026-05", CalendarKind::Commitment), both("2026-05-31", "2026-05-31"));
        assert_eq!(on("2026-05/..", CalendarKind::Homework), None);
    }

    #[test]
    fn a_meeting_in_the_night_is_on_the_day_of_its_own_zone() {
        let at = |text: &str| Some(text.parse().unwrap());
        let times = Times {
            starts_at: at("2026-05-31T22:30:00Z"),
            ends_at: at("2026-06-01T02:00:00Z"),
            time_zone: Some("Europe/Oslo".into()),
            date: None,
        };
        let (first, last) = days(&times, CalendarKind::Meeting).unwrap();
        assert_eq!((first.to_string(), last.to_string()), ("2026-06-01".into(), "2026-06-01".into()));
    }
}
