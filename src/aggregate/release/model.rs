use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{cell::Status, rules::Rules, value::Measure};
use crate::{
    aggregate::{ConceptRef, Label},
    id::{ConceptId, ConsortiumId, ReleaseId, RowId},
    registry::tenant::TenantKind,
    rest::Versioned,
};

/// Who gets a release.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ReleaseAudience {
    /// Who has a seat in the consortium.
    Consortium,
    /// Everybody.
    Public,
}

/// Figures that a consortium has released: the same for everybody in their audience, and what is out stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    pub id: ReleaseId,
    pub consortium_id: ConsortiumId,
    /// `consortium/measure/number`.
    pub name: String,
    pub measure: Measure,
    pub number: i64,
    pub audience: ReleaseAudience,
    /// The period, `2026-Q4` or `2026-11`.
    pub as_of: String,
    /// The rules that it was made by.
    pub rules: Rules,
    /// How many figures it has.
    pub cells: i64,
    /// SHA-256 of its document, in hexadecimal digits; the next release names it.
    pub digest: String,
    pub made_at: DateTime<Utc>,
    /// When it was withdrawn: its figures are served no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Rises when it is withdrawn.
    pub version: i64,
}

impl Versioned for Release {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Which figures to release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRelease {
    pub measure: Measure,
}

/// What was released at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MadeReleases {
    /// To the consortium, and then to the public where the consortium has decided so.
    pub releases: Vec<Release>,
}

impl Versioned for MadeReleases {}

/// Why a release is withdrawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseWithdrawal {
    /// Told to everybody in its audience; at most 1,000 characters.
    pub reason: String,
}

/// Which releases to list, among those that the caller may read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReleaseFilter {
    pub consortium_id: Option<ConsortiumId>,
    pub audience: Option<ReleaseAudience>,
}

/// How figures are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseGrouping {
    All,
    Region,
    /// By the kind of library.
    Kind,
    RegionKind,
}

/// Which figures of a release to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReleaseCellFilter {
    pub concept_id: Option<ConceptId>,
    pub grouping: Option<ReleaseGrouping>,
    /// Of this region.
    pub region_id: Option<String>,
    /// Of this kind of libraries.
    pub kind: Option<TenantKind>,
}

/// Whom a figure is of: all members where both are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseGroup {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The kind of library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// How many libraries a figure is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseContributors {
    pub open: i64,
    /// With what they keep sealed, withheld or not; of a figure that is withheld left out for the public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<i64>,
}

/// One figure: exact, or not there. What is left out is not 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseCell {
    pub concept_id: ConceptId,
    /// Left out where the caller does not see it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ConceptRef>,
    pub group: ReleaseGroup,
    /// The sum of what is open to the audience; left out when nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<i64>,
    /// The sum of what is sealed; left out when it is withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<i64>,
    /// The sum of what is shown: «at least» unless `complete`; left out when nothing is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    pub status: Status,
    /// The one word for every reason why a sum is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<Label>,
    pub contributors: ReleaseContributors,
    /// The period that the sealed part is of: an earlier one when it did not change, or could not be renewed.
    pub as_of: String,
    /// The release that it stands in.
    pub release: String,
    pub complete: bool,
}

/// A release as one signed document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseDocument {
    pub release_id: ReleaseId,
    /// JWS in compact form (RFC 7515), EdDSA by a key of the node's at `/.well-known/jwks.json`. Its payload has every figure
    /// of the release, the rules that it was made by, and the digest of the one before (`prev`).
    pub jws: String,
    /// SHA-256 of `jws`, in hexadecimal digits.
    pub digest: String,
}

impl Versioned for ReleaseDocument {}

/// A value of the caller's library that went into releases. Nobody else is shown it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseContribution {
    pub id: RowId,
    /// Whose releases. What went into one consortium's goes into no other's.
    pub consortium_id: ConsortiumId,
    pub measure: Measure,
    pub concept_id: ConceptId,
    /// The value, as it was then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// It is in a sum that was published; otherwise that was withheld.
    pub counted: bool,
    /// It follows from what was published together with what others opened since. No later release can help that.
    pub exposed: bool,
    /// Since when.
    pub at: DateTime<Utc>,
}
