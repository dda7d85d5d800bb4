use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Phrase, Spreading, Stance};
use crate::{
    concept::ConceptLink,
    id::{ConceptId, EntryId, GroupId, OccasionId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::{Lang, LocalText, Translation},
};

/// What one library has or wants of one competence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Competence {
    pub id: EntryId,
    /// Whose it is.
    pub tenant_id: TenantId,
    pub stance: Stance,
    /// Left out while unmapped: the library's phrase has found no concept yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ConceptLink>,
    /// 1 basic, 2 working, 3 strong, 4 leading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
    /// Number of staff; never who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holders: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The library's own words, verbatim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_phrase: Option<String>,
    /// The language of those words, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_language: Option<String>,
    /// Further words of the library for the same, of entries that became one with this; at most 20.
    pub other_phrases: Vec<Phrase>,
    /// Place in the list that it came from; no ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Links, at most ten.
    pub evidence: Vec<String>,
    /// For a want: the level to reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_level: Option<i64>,
    /// For a want: when, as EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_date: Option<String>,
    /// How what a few have learned comes to the whole organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spreading: Option<Spreading>,
    /// What it is wanted or shown for; told to who is in the consortium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occasion_id: Option<OccasionId>,
    /// The group of a consortium that the library brings it into; told to who is in the consortium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// Which other library saw it first; told to the library itself only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spotted_by_id: Option<TenantId>,
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    /// Since when it has been so.
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Competence {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A state that an entry had, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PastCompetence {
    pub state: Competence,
    pub valid_from: DateTime<Utc>,
    /// Left out while it still holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<DateTime<Utc>>,
    /// Which account made it so; told to the library itself only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
}

/// A competence to enter. Needs a concept or a phrase; a phrase alone is mapped where one concept is surely meant, and
/// else kept without a concept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCompetence {
    pub stance: Stance,
    pub concept_id: Option<ConceptId>,
    /// The library's own words, at most 300 characters; kept verbatim.
    pub source_phrase: Option<String>,
    /// The language of those words; required with them.
    pub language: Option<Lang>,
    /// 1 basic, 2 working, 3 strong, 4 leading.
    #[schema(minimum = 1, maximum = 4)]
    pub level: Option<i64>,
    /// Number of staff.
    #[schema(minimum = 0)]
    pub holders: Option<i64>,
    /// At most 2,000 characters.
    pub note: Option<String>,
    /// https links, at most ten.
    #[serde(default)]
    #[graphql(default)]
    pub evidence: Vec<String>,
    /// For a want only.
    #[schema(minimum = 1, maximum = 4)]
    pub target_level: Option<i64>,
    /// For a want only; EDTF.
    pub target_date: Option<String>,
    /// How what a few have learned comes to the whole organisation.
    pub spreading: Option<Spreading>,
    /// An occasion of a consortium that the library is in.
    pub occasion_id: Option<OccasionId>,
    /// A group that the library is in: it brings the competence into that.
    pub group_id: Option<GroupId>,
    /// Private when left out.
    pub visibility: Option<Visibility>,
}

/// What to change about an entry; what is left out stays. Its source phrase is never changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompetenceChange {
    pub stance: Option<Stance>,
    pub concept_id: Option<ConceptId>,
    #[schema(minimum = 1, maximum = 4)]
    pub level: Option<i64>,
    #[schema(minimum = 0)]
    pub holders: Option<i64>,
    pub note: Option<String>,
    pub evidence: Option<Vec<String>>,
    #[schema(minimum = 1, maximum = 4)]
    pub target_level: Option<i64>,
    pub target_date: Option<String>,
    pub spreading: Option<Spreading>,
    pub occasion_id: Option<OccasionId>,
    pub group_id: Option<GroupId>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of an entry that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableCompetenceField")]
#[schema(as = ClearableCompetenceField)]
pub enum Clearable {
    /// Of an entry with a phrase: it was read wrongly, and is unmapped again.
    Concept,
    Level,
    Holders,
    Note,
    TargetLevel,
    TargetDate,
    Spreading,
    Occasion,
    Group,
}

/// Which competences to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompetenceFilter {
    /// Of this library.
    pub tenant_id: Option<TenantId>,
    pub stance: Option<Stance>,
    pub concept_id: Option<ConceptId>,
    /// On a concept under this theme.
    pub theme_id: Option<ConceptId>,
    /// For this occasion.
    pub occasion_id: Option<OccasionId>,
    /// Brought into this group by its members: what they have in common there.
    pub group_id: Option<GroupId>,
    /// True: only those without a concept; false: only those with one.
    pub unmapped: Option<bool>,
}

/// What a library says of itself, and its competences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub tenant_id: TenantId,
    /// How things stand today: left out with `asOf`, for a statement keeps no history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<ProfileStatement>,
    /// Those with a concept first, by theme and concept; at most 500.
    pub entries: Vec<Competence>,
    /// How much of the staff has each competence, where the library tells how many have it and how many it is.
    pub coverage: Vec<ProfileCoverage>,
    /// False when there are more entries than these; `competences` lists them all.
    pub complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<DateTime<Utc>>,
}

impl Versioned for Profile {}

/// How much of a library's staff has a competence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ProfileCoverage {
    pub entry_id: EntryId,
    pub holders: i64,
    pub staff: i64,
    /// One decimal; at most 100.
    pub percent: f64,
    /// What the plan for spreading it aims at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_percent: Option<i64>,
}

/// What a library says of itself: what are we good at, and what do we want?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ProfileStatement {
    pub text: LocalText,
    /// How many work there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<i64>,
    pub visibility: Visibility,
    /// Send it back with the next change; the first statement is set from version 0.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for ProfileStatement {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A library's words about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewStatement {
    /// At most 2,000 characters in each language.
    pub text: Vec<Translation>,
    /// How many work there: what coverage is counted against. Left out, it stays as it was.
    #[schema(minimum = 1)]
    pub staff: Option<i64>,
    /// Private when left out.
    pub visibility: Option<Visibility>,
}

/// As of when to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// RFC 3339, for example 2026-01-31T12:00:00Z; left out, now.
    #[serde(default, deserialize_with = "moment")]
    pub as_of: Option<DateTime<Utc>>,
}

/// Says what was expected, where the clock's own words would not.
fn moment<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = String::deserialize(input)?;
    match DateTime::parse_from_rfc3339(&text) {
        Ok(time) => Ok(Some(time.to_utc())),
        Err(_) => Err(serde::de::Error::custom("expected RFC 3339, such as 2026-01-31T12:00:00Z")),
    }
}
