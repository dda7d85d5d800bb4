use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{id::TenantId, rest::Versioned};

/// All that a library owns on this node, as one document. Signed is `digest` with `tenantId` and `exportedAt`; the text
/// stays as it is, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Archive {
    /// `samvirke-archive/1`.
    pub format: String,
    /// The node that it comes from.
    pub node: String,
    pub tenant_id: TenantId,
    pub exported_at: DateTime<Utc>,
    /// Lines of the text.
    pub rows: i64,
    /// A line a row, each `{"table": …, "row": {…}}`; the columns are those of the field register, and what is empty is
    /// left out.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub digest: String,
    /// Which of the node's keys signed; the keys are at `/.well-known/jwks.json`.
    pub key_id: String,
    /// Ed25519, in base64url, over the lines `samvirke archive 1`, `node`, `tenantId`, `exportedAt` in seconds since 1970
    /// and `digest`.
    pub signature: String,
}

impl Versioned for Archive {
    const CACHE: &'static str = "no-store";
}
