//! That a commitment's day comes near, or is over: when the libraries that it is made by and with are told, and that they were.
//!
//! Rules: a day is as imprecise as it was said. Its first day is what they are told of so many days before; it is over when
//! the last is. Each library is told once of each day; a commitment that is put off has another, and one that is done or
//! dropped has none.

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::entity::prelude::*;

use super::{CommitmentStatus, Model as Commitment};
use crate::{
    id::{CommitmentId, TenantId},
    when,
};

/// How many days before its day, when nothing else is said.
pub const USUAL_DAYS: i64 = 7;
pub const MOST_DAYS: i64 = 365;

/// What a library is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// It will soon be due.
    Due,
    /// Its last day is over, and it is open still.
    Overdue,
}

impl Reminder {
    pub fn word(self) -> &'static str {
        match self {
            Reminder::Due => "due",
            Reminder::Overdue => "overdue",
        }
    }

    /// The kind of the event.
    pub fn event(self) -> &'static str {
        match self {
            Reminder::Due => "commitment.due",
            Reminder::Overdue => "commitment.overdue",
        }
    }
}

/// That a library was told; kept so that it is told once.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder")]
pub struct Model {
    /// Who was told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub commitment_id: CommitmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// Of which day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    /// Whose commitment it is.
    pub owner_id: TenantId,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What there is to tell of a commitment on a day, and of which day.
pub fn wanted(row: &Commitment, today: NaiveDate) -> Option<(Reminder, NaiveDate)> {
    if !matches!(row.status, CommitmentStatus::Open | CommitmentStatus::Moved) {
        return None;
    }
    let due = row.due.as_deref()?;
    let last = when::last_day(due)?;
    if last < today {
        return Some((Reminder::Overdue, last));
    }
    // «By 2012» has no first day.
    let first = when::first_day(due).unwrap_or(last);
    let before = Days::new(u64::try_from(row.remind_days).unwrap_or(0));
    let from = first.checked_sub_days(before).unwrap_or(first);
    (from <= today).then_some((Reminder::Due, first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        commitment::entity::{Others, Partners},
        tenancy::Visibility,
    };

    fn told(
        due: &str,
        remind_days: i64,
        status: CommitmentStatus,
        today: &str,
    ) -> Option<(Reminder, String)> {
        let row = Commitment {
            tenant_id: TenantId::new(),
            id: CommitmentId::new(),
            text: "Vi vil møtes".into(),
            lang: "nb".into(),
            partners: Partners::default(),
            others: Others::default(),
            due: Some(due.into()),
            due_by: None,
            remind_days,
            status,
            consortium_id: None,
            group_id: None,
            project_id: None,
            visibility: Visibility::Private,
            stood: None,
            version: 1,
            created_at: when::now(),
            updated_at: when::now(),
        };
        wanted(&row, today.parse().unwrap()).map(|(reminder, day)| (reminder, day.to_string()))
    }

    #[test]
    fn an_imprecise_day_comes_with_its_first_and_is_over_with_its_last() {
        use CommitmentStatus::*;
        let due = |day: &str| Some((Reminder::Due, day.to_owned()));
        let over = |day: &str| Some((Reminder::Overdue, day.to_owned()));
        for (said, days, status, today, tells) in [
            ("2010-06-01~", 7, Open, "2010-05-24", None),
            ("2010-06-01~", 7, Open, "2010-05-25", due("2010-06-01")),
            ("2010-06-01~", 7, Moved, "2010-06-01", due("2010-06-01")),
            ("2010-06-01~", 7, Open, "2010-06-02", over("2010-06-01")),
            ("2010-06-01", 0, Open, "2010-05-31", None),
            ("2010-06-01", 0, Open, "2010-06-01", due("2010-06-01")),
            ("2010-09", 30, Open, "2010-08-02", due("2010-09-01")),
            ("2010-09", 30, Open, "2010-09-30", due("2010-09-01")),
            ("2010-09", 30, Open, "2010-10-01", over("2010-09-30")),
            ("../2012-06", 7, Open, "2012-06-23", due("2012-06-30")),
            ("2010-24", 7, Open, "2011-03-01", over("2011-02-28")),
            ("0001-01-01", 365, Open, "0001-01-01", due("0001-01-01")),
            ("2010", 7, Done, "2030-01-01", None),
            ("2010", 7, Dropped, "2030-01-01", None),
        ] {
            assert_eq!(told(said, days, status, today), tells, "{said} on {today}");
        }
    }
}
