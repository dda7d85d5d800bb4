//! What a library keeps outside the node: where its chain stood, signed by the node. Whatever is rewritten before that place
//! afterwards, or cut off, no longer fits it.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::{Keys, keys::Signed},
    error::Result,
    id::TenantId,
    rest::Versioned,
};

/// Where a library's audit stood at a time, signed by the node. Keep it somewhere else: `samvirke audit verify --checkpoint`
/// holds the chain against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditCheckpoint {
    /// Whose chain.
    pub tenant_id: TenantId,
    /// The last entry's place; 0 when there is none.
    pub sequence: i64,
    /// The last entry's hash: SHA-256, in hexadecimal digits.
    pub hash: String,
    pub at: DateTime<Utc>,
    /// The key that signed, as in the node's key set.
    pub key_id: String,
    /// Ed25519, in base64url, over the five lines `samvirke audit checkpoint 1`, tenantId, sequence, hash, and the time in
    /// microseconds since 1970.
    pub signature: String,
}

impl Versioned for AuditCheckpoint {
    const CACHE: &'static str = "no-store";
}

impl AuditCheckpoint {
    pub fn sign(
        keys: &Keys,
        tenant_id: TenantId,
        sequence: i64,
        hash: String,
        at: DateTime<Utc>,
    ) -> Result<Self> {
        let mut checkpoint =
            Self { tenant_id, sequence, hash, at, key_id: String::new(), signature: String::new() };
        (checkpoint.key_id, checkpoint.signature) = keys.sign(checkpoint.message().as_bytes())?;
        Ok(checkpoint)
    }

    /// Whether a key that the node has or had signed just this.
    pub fn signed(&self, keys: &Keys) -> Signed {
        keys.signed(&self.key_id, self.message().as_bytes(), &self.signature)
    }

    fn message(&self) -> String {
        let Self { tenant_id, sequence, hash, at, .. } = self;
        format!("samvirke audit checkpoint 1\n{tenant_id}\n{sequence}\n{hash}\n{}\n", at.timestamp_micros())
    }
}
