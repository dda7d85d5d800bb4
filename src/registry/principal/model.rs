use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{auth::Role, id::PrincipalId, rest::Versioned};

/// Somebody who signs in for the library through a provider. No name: the provider knows who it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// As the audit names it.
    pub id: PrincipalId,
    /// The provider.
    pub issuer: String,
    /// The role that it was given last.
    pub role: Role,
    pub first_seen_at: DateTime<Utc>,
    /// To the hour.
    pub last_seen_at: DateTime<Utc>,
    /// Since then it is not let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<DateTime<Utc>>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Principal {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}
