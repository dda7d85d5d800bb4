use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    aggregate::ConceptRef,
    id::{ClaimId, ConceptId, ConsortiumId, TenantId},
    rest::Versioned,
    text::Lang,
};

/// A strength that is claimed as common to several members of a consortium, without naming which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct StrengthClaim {
    pub id: ClaimId,
    pub consortium_id: ConsortiumId,
    /// Who put it there for them all.
    pub claimed_by_id: TenantId,
    pub text: String,
    /// The language that it is written in.
    pub language: Lang,
    /// What it is about; where that was merged into another, the other.
    pub concept: ConceptRef,
    /// How many members share it in the consortium as their own, now.
    pub confirmed_by: i64,
    /// Confirmed by at least two.
    pub common: bool,
    /// Send it back when taking the claim back.
    pub version: i64,
    pub claimed_at: DateTime<Utc>,
}

impl Versioned for StrengthClaim {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A strength to claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewStrengthClaim {
    /// One that everybody uses, or one of the consortium's own.
    pub concept_id: ConceptId,
    /// At most 1,000 characters.
    pub text: String,
    pub language: Lang,
}
