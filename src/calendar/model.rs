use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    id::{ConsortiumId, RowId, TenantId},
    text::LocalText,
};

/// What kind of thing is held or due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum CalendarKind {
    Meeting,
    Activity,
    /// The day by which it is to be done; those that are done or dropped are not there.
    Commitment,
    /// The day by which it is to be answered.
    Homework,
}

/// Something with a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CalendarEntry {
    pub kind: CalendarKind,
    /// The whole of it is under `id` in the list of its kind; homework is an exercise.
    pub id: RowId,
    pub title: LocalText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Where those times are told: a name of the IANA list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Where there are no times: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The first day that it may mean, and the last; of what is due both are the last.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whose it is; what is a consortium's has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_name: Option<LocalText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// It was to be held, and is not.
    pub cancelled: bool,
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

/// What is held and what is due, by day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    pub entries: Vec<CalendarEntry>,
    /// False when there is more than one calendar holds: of each kind the 250 that were entered last are looked at.
    pub whole: bool,
}

/// Which days, and of whom.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarWish {
    /// Of this consortium alone.
    pub consortium_id: Option<ConsortiumId>,
    /// From this day on; ninety days back when left out.
    pub from: Option<NaiveDate>,
    /// Until this day, with it; without end when left out.
    pub to: Option<NaiveDate>,
}
