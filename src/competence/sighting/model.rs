use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::SightingStatus;
use crate::{
    concept::ConceptLink,
    id::{ConceptId, EntryId, SightingId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::Lang,
};

/// Something that one library saw another be good at. The two alone see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CompetenceSighting {
    pub id: SightingId,
    /// Which library saw it.
    pub spotter_id: TenantId,
    /// Of which library.
    pub tenant_id: TenantId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ConceptLink>,
    /// The spotter's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phrase: Option<String>,
    /// The language of those words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    /// Where and how it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub status: SightingStatus,
    /// The entry that it became; told to its library alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<EntryId>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for CompetenceSighting {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// What was seen. Needs a concept or a phrase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSighting {
    pub concept_id: Option<ConceptId>,
    /// At most 300 characters.
    pub phrase: Option<String>,
    /// The language of those words; required with them.
    pub language: Option<Lang>,
    /// Where and how it was seen, at most 1,000 characters; names of persons do not belong here.
    pub note: Option<String>,
}

/// How a sighting is taken into the library's own list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "SightingAcceptance")]
#[schema(as = SightingAcceptance)]
pub struct Acceptance {
    /// 1 basic, 2 working, 3 strong, 4 leading.
    #[schema(minimum = 1, maximum = 4)]
    pub level: Option<i64>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// Which sightings to list, among the caller's library's own and those of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SightingFilter {
    pub status: Option<SightingStatus>,
    /// True: of the caller's library; false: by it.
    pub of_us: Option<bool>,
}
