use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ErasureKind;
use crate::{
    id::{ErasureId, TenantId},
    rest::Versioned,
};

/// How far an erasure has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// One has asked for it.
    Requested,
    /// A second one has: it will be done when it is due.
    Confirmed,
    Cancelled,
    Done,
}

/// Something that is asked to be removed for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    pub id: ErasureId,
    /// The library that it is of, or that is removed itself.
    pub tenant_id: TenantId,
    pub kind: ErasureKind,
    pub state: ErasureState,
    /// True when the node's operator asked for it first.
    pub by_operator: bool,
    pub requested_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// It is done after this, within a day. Until then a library can take out what is its own, and call it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Erasure {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}
