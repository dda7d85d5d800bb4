use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    participant::{ParticipantRole, ParticipantStatus},
    state::ProjectState,
};
use crate::{
    id::{ConceptId, ConsortiumId, ParticipantId, ProjectId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::{LocalText, Translation},
};

/// A joint project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    pub id: ProjectId,
    pub lead_id: TenantId,
    pub lead_name: LocalText,
    /// None: of no consortium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    pub title: LocalText,
    /// Why do we do it?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<LocalText>,
    pub state: ProjectState,
    /// At most 50.
    pub concept_ids: Vec<ConceptId>,
    /// EDTF level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// EDTF level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    pub visibility: Visibility,
    /// The lead first; at most 100.
    pub participants: Vec<Participant>,
    /// Every step that it has taken, oldest first; at most one a state.
    pub transitions: Vec<Transition>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Project {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A library in a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    pub id: ParticipantId,
    pub project_id: ProjectId,
    pub tenant_id: TenantId,
    pub name: LocalText,
    pub role: ParticipantRole,
    pub status: ParticipantStatus,
    /// Rises with every change; send it back with the answer to the invitation.
    pub version: i64,
}

impl Versioned for Participant {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A step of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "ProjectTransition")]
#[schema(as = ProjectTransition)]
pub struct Transition {
    pub from: ProjectState,
    pub to: ProjectState,
    /// Why, in the lead's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}

/// A project to make. It begins as an idea, and the caller's library leads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProject {
    pub title: Vec<Translation>,
    /// Why do we do it?
    pub purpose: Option<Vec<Translation>>,
    /// A consortium that the caller's library is a member of.
    pub consortium_id: Option<ConsortiumId>,
    #[serde(default)]
    #[graphql(default)]
    pub concept_ids: Vec<ConceptId>,
    /// EDTF level 1.
    pub starts: Option<String>,
    /// EDTF level 1.
    pub ends: Option<String>,
    /// `consortium` needs a consortium.
    #[serde(default)]
    #[graphql(default_with = "Visibility::Private")]
    pub visibility: Visibility,
}

/// What to change about a project; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectChange {
    pub title: Option<Vec<Translation>>,
    pub purpose: Option<Vec<Translation>>,
    pub consortium_id: Option<ConsortiumId>,
    pub concept_ids: Option<Vec<ConceptId>>,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of a project that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableProjectField")]
#[schema(as = ClearableProjectField)]
pub enum Clearable {
    Purpose,
    /// It is of no consortium any more; `consortium` cannot be its visibility then.
    Consortium,
    Starts,
    Ends,
}

/// A step to take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectMove {
    pub to: ProjectState,
    /// Why.
    pub reason: Option<String>,
}

/// Whom to invite, as what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectInvitation {
    pub tenant_id: TenantId,
    /// partner or observer.
    pub role: ParticipantRole,
}

/// Which projects to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProjectFilter {
    /// Of this consortium.
    pub consortium_id: Option<ConsortiumId>,
    pub state: Option<ProjectState>,
    /// About this.
    pub concept_id: Option<ConceptId>,
    /// Led by this library: one's own for «mine».
    pub lead_id: Option<TenantId>,
    /// True: those that the caller's library leads, takes part in or is invited to.
    pub taking_part: Option<bool>,
}
