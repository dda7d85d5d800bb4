use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::sight::{Ground, Outcome};
use crate::id::{ConsortiumId, RowId, TenantId};

/// One thing that was done. What stands in another library's chain tells neither its place there nor the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    pub id: RowId,
    /// The library that acted; the node's operator is all zeros.
    pub tenant_id: TenantId,
    /// Its account that acted. Absent where it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// What was done to what, such as competenceEntry.changed.
    pub action: String,
    /// The kind of thing that it was done to.
    pub subject_kind: String,
    pub subject_id: RowId,
    /// The library or consortium whose it was.
    pub owner_id: RowId,
    /// The thing's version afterwards.
    pub version: i64,
    /// On what ground: own, membership or operator; merge where a concept was merged, and took the row along;
    /// reminder where nothing was done and the library was told of a day.
    pub ground: String,
    /// What the caller said that it was for, in the header Samvirke-Purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The request's own id, as its answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    pub at: DateTime<Utc>,
    /// Its place in the library's chain, from 1 without a gap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// Its hash, which covers the hash of the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_hash: Option<String>,
}

/// How often, on one day, one library was shown rows of the caller's library, or was not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct AuditRead {
    pub id: RowId,
    /// The day in UTC.
    pub day: String,
    /// The library that asked; the node's operator is all zeros.
    pub reader_id: TenantId,
    pub outcome: Outcome,
    /// The kind of thing, such as competenceEntry.
    pub subject_kind: String,
    pub ground: Ground,
    /// The consortium in which it is shared, where the thing itself names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// What the caller said that it was for, in the header Samvirke-Purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Answers, whether they showed one row or many.
    pub times: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// Which reads to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditReadFilter {
    /// By this library.
    pub reader_id: Option<TenantId>,
    pub outcome: Option<Outcome>,
}

/// Which records to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// What was done to this one.
    pub subject_id: Option<RowId>,
}
