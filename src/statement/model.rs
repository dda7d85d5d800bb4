use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StatementKind;
use crate::{
    id::{ConceptId, StatementId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::Lang,
};

/// What a library says, in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    pub id: StatementId,
    pub tenant_id: TenantId,
    pub kind: StatementKind,
    pub text: String,
    /// The language that it is written in.
    pub language: Lang,
    pub concept_ids: Vec<ConceptId>,
    /// Of a means: the ambition that it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ambition_id: Option<StatementId>,
    /// How many libraries have endorsed it.
    pub endorsements: i64,
    /// Whether the caller's library is one of them.
    pub endorsed: bool,
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Statement {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A statement to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "NewLibraryStatement")]
#[schema(as = NewLibraryStatement)]
pub struct NewStatement {
    pub kind: StatementKind,
    /// At most 1,000 characters.
    pub text: String,
    pub language: Lang,
    /// At most 20, none of them a theme.
    #[serde(default)]
    #[graphql(default)]
    pub concept_ids: Vec<ConceptId>,
    /// Of a means, and of nothing else: one of the library's own ambitions.
    pub ambition_id: Option<StatementId>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// What to change about a statement; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatementChange {
    /// What was said may turn out to be something else: a threat an opportunity.
    pub kind: Option<StatementKind>,
    pub text: Option<String>,
    pub language: Option<Lang>,
    pub concept_ids: Option<Vec<ConceptId>>,
    pub ambition_id: Option<StatementId>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of a statement that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableStatementField")]
#[schema(as = ClearableStatementField)]
pub enum Clearable {
    Ambition,
}

/// Which statements to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementFilter {
    /// Of this library.
    pub tenant_id: Option<TenantId>,
    pub kind: Option<StatementKind>,
    /// Means that serve this ambition.
    pub ambition_id: Option<StatementId>,
    /// Endorsed by the caller's library.
    pub endorsed: Option<bool>,
}
