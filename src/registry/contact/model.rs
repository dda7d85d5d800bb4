use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ContactKind;
use crate::{
    id::{ConceptId, ContactId, ProjectId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
};

/// Whom to turn to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    pub id: ContactId,
    pub tenant_id: TenantId,
    pub kind: ContactKind,
    /// Of the function, or of the person.
    pub name: String,
    /// What it does there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The competence that it is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept_id: Option<ConceptId>,
    /// The project that it is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// Of a person: when it agreed to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_given_on: Option<NaiveDate>,
    /// Of a person: the last day on which it is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_until: Option<NaiveDate>,
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Contact {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A contact to enter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewContact {
    pub kind: ContactKind,
    /// At most 120 characters.
    pub name: String,
    /// At most 120 characters.
    pub role: Option<String>,
    /// One of email, phone and url at the least.
    pub email: Option<String>,
    pub phone: Option<String>,
    /// https.
    pub url: Option<String>,
    pub concept_id: Option<ConceptId>,
    /// One of the library's own.
    pub project_id: Option<ProjectId>,
    /// Of a person, and of nobody else: when it agreed, today at the latest.
    pub consent_given_on: Option<NaiveDate>,
    /// Of a person, and of nobody else: the last day on which it is named, two years ahead at the most.
    pub consent_until: Option<NaiveDate>,
    /// private when left out; a contact is never sealed.
    pub visibility: Option<Visibility>,
}

/// What to change about a contact; what is left out stays. Function stays function, and person person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactChange {
    pub name: Option<String>,
    pub role: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub url: Option<String>,
    pub concept_id: Option<ConceptId>,
    pub project_id: Option<ProjectId>,
    /// With `consentUntil`: the person agreed anew.
    pub consent_given_on: Option<NaiveDate>,
    pub consent_until: Option<NaiveDate>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of a contact that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableContactField")]
#[schema(as = ClearableContactField)]
pub enum Clearable {
    Role,
    Email,
    Phone,
    Url,
    Concept,
    Project,
}

/// Which contacts to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContactFilter {
    /// Of this library.
    pub tenant_id: Option<TenantId>,
    pub concept_id: Option<ConceptId>,
    pub project_id: Option<ProjectId>,
    /// Persons whose consent ends on this day or earlier: whom to ask anew.
    pub consent_until: Option<NaiveDate>,
}
