use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{ConceptId, DefinitionId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::Lang,
};

/// What somebody means by a concept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ConceptDefinition {
    pub id: DefinitionId,
    /// The library that entered it.
    pub tenant_id: TenantId,
    /// Left out where the concept is one that the caller does not see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept_id: Option<ConceptId>,
    pub text: String,
    /// The language that it is written in.
    pub language: Lang,
    /// Where it comes from: a book, a plan, a meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whose view it is: the library's, a partner's, a user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perspective: Option<String>,
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for ConceptDefinition {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A definition to give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDefinition {
    /// At most 2,000 characters.
    pub text: String,
    pub language: Lang,
    /// At most 300 characters.
    pub source: Option<String>,
    /// At most 120 characters.
    pub perspective: Option<String>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// What to change about a definition; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DefinitionChange {
    pub text: Option<String>,
    pub language: Option<Lang>,
    pub source: Option<String>,
    pub perspective: Option<String>,
    pub visibility: Option<Visibility>,
}
