use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::CommitmentStatus;
use crate::{
    id::{CommitmentId, ConsortiumId, GroupId, ProjectId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::Lang,
};

/// What a library has said that it will do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Commitment {
    pub id: CommitmentId,
    pub tenant_id: TenantId,
    /// «In the near future we will …»
    pub text: String,
    /// The language that it is written in.
    pub language: Lang,
    /// Libraries of this node that it is made with.
    pub partner_ids: Vec<TenantId>,
    /// Others that it is made with.
    pub others: Vec<String>,
    /// By when, as imprecise as it was said: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// How many days before that the libraries that it is made by and with get the event `commitment.due`.
    pub remind_days: i64,
    pub status: CommitmentStatus,
    /// Whether its last day is over, and it is open still.
    pub overdue: bool,
    /// The consortium in which it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// The group of the consortium that it is made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// The library's project that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Commitment {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// What came of a commitment at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CommitmentStep {
    pub status: CommitmentStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The language of the note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    /// By when it was due from then on: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    pub at: DateTime<Utc>,
}

impl Versioned for CommitmentStep {}

/// A commitment to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCommitment {
    /// At most 1,000 characters; names of persons do not belong here.
    pub text: String,
    pub language: Lang,
    /// Libraries of this node, at most 20, which see it from then on.
    #[serde(default)]
    #[graphql(default)]
    pub partner_ids: Vec<TenantId>,
    /// Others by name, at most 20 of 120 characters.
    #[serde(default)]
    #[graphql(default)]
    pub others: Vec<String>,
    /// By when, as imprecise as it was said: EDTF level 1, not an interval with an open end.
    pub due: Option<String>,
    /// How many days before it is due the libraries that it is made by and with are told, by an event: 0 to 365; 7 when left
    /// out. Of an imprecise day, before the first that it may mean.
    pub remind_days: Option<i64>,
    /// One that the library has a seat in.
    pub consortium_id: Option<ConsortiumId>,
    /// One of the consortium's that the library is in.
    pub group_id: Option<GroupId>,
    /// One of the library's own.
    pub project_id: Option<ProjectId>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// What to change about a commitment; what is left out stays. What came of it is said by a follow-up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitmentChange {
    pub text: Option<String>,
    pub language: Option<Lang>,
    pub partner_ids: Option<Vec<TenantId>>,
    pub others: Option<Vec<String>>,
    /// 0 to 365.
    pub remind_days: Option<i64>,
    pub project_id: Option<ProjectId>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of a commitment that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableCommitmentField")]
#[schema(as = ClearableCommitmentField)]
pub enum Clearable {
    Project,
}

/// What came of a commitment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FollowUp {
    /// moved: to `due`. open: it goes on, or was taken up again.
    pub status: CommitmentStatus,
    /// At most 2,000 characters.
    pub note: Option<String>,
    /// The language of the note.
    pub language: Option<Lang>,
    /// Of one that is moved, and of no other: EDTF.
    pub due: Option<String>,
}

/// Which commitments to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommitmentFilter {
    /// Of this library.
    pub tenant_id: Option<TenantId>,
    /// True: made with the caller's library.
    pub with_us: Option<bool>,
    pub status: Option<CommitmentStatus>,
    pub consortium_id: Option<ConsortiumId>,
    pub group_id: Option<GroupId>,
    pub project_id: Option<ProjectId>,
    /// Open or moved, and due on this day or earlier.
    pub due_by: Option<NaiveDate>,
}
