use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{ConsortiumId, RowId},
    tenancy::Visibility,
};

/// Something that the caller's library did, or that it is reminded of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub id: RowId,
    /// Its place among the library's events, from 1 without a gap. Who finds the first ones missing has come after the 90
    /// days for which they are kept.
    pub sequence: i64,
    /// Pass as `after` to go on behind this one, in the list or in `eventAdded`.
    pub cursor: String,
    /// What was done to what, such as competenceEntry.changed. Nobody did commitment.due, which comes so many days before a
    /// commitment of the library's own or made with it is due, and commitment.overdue, when its last day is over.
    pub kind: String,
    /// The kind of thing that it was done to.
    pub subject_kind: String,
    pub subject_id: RowId,
    /// The consortium that the thing belongs to, where it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// Who saw the thing then.
    pub visibility: Visibility,
    /// The thing's version afterwards.
    pub version: i64,
    pub at: DateTime<Utc>,
}
