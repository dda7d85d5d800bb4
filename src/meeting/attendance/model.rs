use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{id::TenantId, rest::Versioned, text::LocalText};

/// That a library comes to a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Attendance {
    pub tenant_id: TenantId,
    pub name: LocalText,
    /// How many of its people; 0 where it has said that it does not come.
    pub people: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Attendance {}

/// That the caller's library comes, or that it does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAttendance {
    /// How many of its people: 0 to 1,000. 0: it does not come.
    #[schema(minimum = 0, maximum = 1000)]
    pub people: i64,
}
