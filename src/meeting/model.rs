use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::AgendaKind;
use crate::{
    id::{ConsortiumId, GroupId, MeetingId, SeriesId},
    rest::Versioned,
    tenancy::Visibility,
    text::{LocalText, Translation},
};

/// A meeting of a consortium, or of one of its groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    pub id: MeetingId,
    /// Left out for whom the consortium is not there: of an open event others see no more than the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_id: Option<SeriesId>,
    /// Its number in the series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    pub title: LocalText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Where those times are told: a name of the IANA list such as Europe/Copenhagen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// When it is held, where that is known roughly only: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Where it is met online; beside the place, or alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// consortium; public is an open event.
    pub visibility: Visibility,
    pub documents: Vec<MeetingDocument>,
    /// The programme, in its order.
    pub agenda: Vec<AgendaItem>,
    /// What the day is for.
    pub goals: Vec<MeetingGoal>,
    /// What came of it. Its coordinator sees it before it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<LocalText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_published_at: Option<DateTime<Utc>>,
    /// How many libraries have said that they come, as far as the caller sees them.
    pub attending: i64,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Meeting {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A document of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MeetingDocument {
    pub title: String,
    pub url: String,
}

/// A document of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeetingDocumentInput {
    /// At most 200 characters.
    pub title: String,
    /// https.
    pub url: String,
}

/// A part of the programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct AgendaItem {
    pub kind: AgendaKind,
    pub title: LocalText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// A function or an organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// Links, at most ten.
    pub slides: Vec<String>,
}

/// A part of the programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAgendaItem {
    pub kind: AgendaKind,
    /// At most 300 characters in each language.
    pub title: Vec<Translation>,
    /// Within the meeting's time, and overlapping no other part.
    pub starts_at: Option<DateTime<Utc>>,
    /// Needed with `startsAt`.
    pub ends_at: Option<DateTime<Utc>>,
    /// A function or an organisation, at most 200 characters; names of persons do not belong here.
    pub speaker: Option<String>,
    /// https links, at most ten.
    #[serde(default)]
    #[graphql(default)]
    pub slides: Vec<String>,
}

/// What the day is for, and at its end whether that was reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MeetingGoal {
    pub text: LocalText,
    /// Left out until it is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// What the day is for, and at its end whether that was reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMeetingGoal {
    /// At most 500 characters in each language.
    pub text: Vec<Translation>,
    pub reached: Option<bool>,
    /// At most 500 characters.
    pub remark: Option<String>,
}

/// A meeting to hold. Needs a time with its zone (`startsAt`, `endsAt`, `timeZone`) or, where that is not known, `held`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMeeting {
    /// At most 300 characters in each language.
    pub title: Vec<Translation>,
    /// A group of the consortium.
    pub group_id: Option<GroupId>,
    /// A series of the consortium.
    pub series_id: Option<SeriesId>,
    /// Its number in the series: 1 to 1,000.
    pub number: Option<i64>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    /// A name of the IANA list such as Europe/Copenhagen.
    pub time_zone: Option<String>,
    /// When it is held, as imprecise as it is known: EDTF level 1.
    pub held: Option<String>,
    /// At most 300 characters.
    pub place: Option<String>,
    /// https.
    pub link: Option<String>,
    /// consortium when left out; public is an open event that everybody on the node sees.
    pub visibility: Option<Visibility>,
    /// At most 50.
    #[serde(default)]
    #[graphql(default)]
    pub documents: Vec<MeetingDocumentInput>,
    /// At most 50 parts, in their order.
    #[serde(default)]
    #[graphql(default)]
    pub agenda: Vec<NewAgendaItem>,
    /// At most 20.
    #[serde(default)]
    #[graphql(default)]
    pub goals: Vec<NewMeetingGoal>,
}

/// What to change about a meeting; what is left out stays, and a list that is given replaces the one before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeetingChange {
    pub title: Option<Vec<Translation>>,
    pub number: Option<i64>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub time_zone: Option<String>,
    /// A time with its zone takes its place, and it takes the place of one.
    pub held: Option<String>,
    pub place: Option<String>,
    pub link: Option<String>,
    pub visibility: Option<Visibility>,
    pub documents: Option<Vec<MeetingDocumentInput>>,
    pub agenda: Option<Vec<NewAgendaItem>>,
    /// With `reached` and `remark` at the end of the day.
    pub goals: Option<Vec<NewMeetingGoal>>,
    /// What came of it, at most 8,000 characters in each language.
    pub summary: Option<Vec<Translation>>,
    /// True shows the summary to all who see the meeting; it can be put right, and not be taken back.
    pub publish_summary: Option<bool>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of a meeting that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableMeetingField")]
#[schema(as = ClearableMeetingField)]
pub enum Clearable {
    Place,
    Link,
}

/// Which meetings to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MeetingFilter {
    /// Of this consortium.
    pub consortium_id: Option<ConsortiumId>,
    /// Of this group.
    pub group_id: Option<GroupId>,
    /// In this series.
    pub series_id: Option<SeriesId>,
    /// True: open events alone.
    pub open: Option<bool>,
}
