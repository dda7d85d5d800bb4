use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Role,
    id::{ServiceAccountId, TenantId},
    rest::Versioned,
};

/// How an integration signs in, and in which role it calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    pub id: ServiceAccountId,
    /// The library that it calls for.
    pub tenant_id: TenantId,
    /// What it signs in as, beside its secret or its key.
    pub client_id: String,
    /// What it is for.
    pub label: String,
    pub role: Role,
    /// What of its role its tokens carry at most, such as `project:read`; absent: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    pub created_at: DateTime<Utc>,
    /// From then on it cannot sign in.
    pub expires_at: DateTime<Utc>,
    /// Since then it cannot sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it last signed in, to the hour. Absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// The key that it signs in with, by its thumbprint (RFC 7638). Absent: it signs in with a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<String>,
    /// Until then the secret or the key before is good too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for ServiceAccount {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An account, with its new secret where it has one. No `Debug`: what cannot be printed is not logged.
#[derive(Clone, Serialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct IssuedServiceAccount {
    pub account: ServiceAccount,
    /// Shown this once, and kept nowhere. Absent where it signs in with a key; and where a request is repeated with its
    /// Idempotency-Key: what was not written down then is lost, and a rotation gives a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Of an account with the scope `calendar:read` and no other: its calendar's address for a calendar program. The secret stands in
    /// it, and so it is shown when the secret is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar_url: Option<String>,
}

impl Versioned for IssuedServiceAccount {
    const CACHE: &'static str = "no-store";

    fn version(&self) -> Option<i64> {
        Some(self.account.version)
    }
}

/// An account to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewServiceAccount {
    /// The library that it is for: the caller's own when left out. Only the operator names another; one that names
    /// none makes an operator.
    pub tenant_id: Option<TenantId>,
    /// viewer, contributor, editor or admin.
    pub role: Role,
    /// What it is for.
    pub label: String,
    /// Days until it expires: 1 to 730, 365 when left out.
    pub days: Option<i64>,
    /// What of its role its tokens carry at most: `competence:read`, `project:write` and so on; all of it when left out.
    pub scopes: Option<Vec<String>>,
    /// It signs in with this key instead of a secret (private_key_jwt): Ed25519, the public key as PEM or as the text of a JWK.
    pub public_key: Option<String>,
}

/// A new secret or key in the old one's place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretRotation {
    /// Days until the account expires, from now: 1 to 730. Left out: as it was.
    pub days: Option<i64>,
    /// Hours for which the old secret or key is good beside the new one: 0 to 168, 0 when left out.
    pub overlap_hours: Option<i64>,
    /// From now on it signs in with this key, as when an account is made. Left out: with a new secret.
    pub public_key: Option<String>,
}
