use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Role,
    id::{InvitationId, TenantId},
    rest::Versioned,
};

/// A way into a library that is good once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "AccessInvitation")]
#[schema(as = AccessInvitation)]
pub struct Invitation {
    pub id: InvitationId,
    /// The library that it leads into.
    pub tenant_id: TenantId,
    /// What it signs in as, beside its secret.
    pub client_id: String,
    pub role: Role,
    /// True when the node's operator made it, and not the library itself.
    pub by_operator: bool,
    pub created_at: DateTime<Utc>,
    /// From then on it is no good.
    pub expires_at: DateTime<Utc>,
    /// When it was used. Absent: not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_at: Option<DateTime<Utc>>,
    /// Since then it is no good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Invitation {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An invitation with its secret. No `Debug`: what cannot be printed is not logged.
#[derive(Clone, Serialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "IssuedAccessInvitation")]
#[schema(as = IssuedAccessInvitation)]
pub struct IssuedInvitation {
    pub invitation: Invitation,
    /// Shown this once, and kept nowhere. Absent where a request is repeated with its Idempotency-Key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

impl Versioned for IssuedInvitation {
    const CACHE: &'static str = "no-store";

    fn version(&self) -> Option<i64> {
        Some(self.invitation.version)
    }
}

/// An invitation to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "NewAccessInvitation")]
#[schema(as = NewAccessInvitation)]
pub struct NewInvitation {
    /// The library that it leads into: the caller's own when left out. The operator names one.
    pub tenant_id: Option<TenantId>,
    /// viewer, contributor, editor or admin. The operator invites an admin.
    pub role: Role,
    /// Days for which it is good: 1 to 31, 7 when left out.
    pub days: Option<i64>,
}
