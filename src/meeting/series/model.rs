use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::SeriesKind;
use crate::{
    id::{ConsortiumId, SeriesId},
    rest::Versioned,
    text::{LocalText, Translation},
};

/// What binds meetings together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MeetingSeries {
    pub id: SeriesId,
    pub consortium_id: ConsortiumId,
    pub kind: SeriesKind,
    pub title: LocalText,
    /// What happens in turn, on its days and between them; at most 50.
    pub steps: Vec<LocalText>,
    /// The programme that it runs under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<SeriesId>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for MeetingSeries {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A series to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMeetingSeries {
    pub kind: SeriesKind,
    /// At most 300 characters in each language.
    pub title: Vec<Translation>,
    /// What happens in turn, on its days and between them; at most 50, of 300 characters.
    #[serde(default)]
    #[graphql(default)]
    pub steps: Vec<Vec<Translation>>,
    /// A series of the same consortium that it runs under.
    pub parent_id: Option<SeriesId>,
}

/// What to change about a series; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeetingSeriesChange {
    pub title: Option<Vec<Translation>>,
    pub steps: Option<Vec<Vec<Translation>>>,
}

/// Which series to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MeetingSeriesFilter {
    pub kind: Option<SeriesKind>,
    /// Under this one.
    pub parent_id: Option<SeriesId>,
}
