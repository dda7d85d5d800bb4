use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{MembershipStatus, SharingCap};
use crate::{
    id::{ConsortiumId, MembershipId, TenantId},
    rest::Versioned,
    tenancy::SeatRole,
    text::LocalText,
};

/// A library in a consortium, or invited to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    pub id: MembershipId,
    pub consortium_id: ConsortiumId,
    /// Absent when the consortium may not be seen any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_name: Option<LocalText>,
    pub tenant_id: TenantId,
    pub tenant_name: LocalText,
    pub role: SeatRole,
    pub status: MembershipStatus,
    pub sharing: Sharing,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<DateTime<Utc>>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Membership {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// How much of each kind of row the member lets into the consortium, at most. A row's own visibility may let less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Sharing {
    pub competences: SharingCap,
    pub statements: SharingCap,
    pub projects: SharingCap,
    pub priorities: SharingCap,
    pub activities: SharingCap,
}

/// How much to let in. Left out: on acceptance `full`, on a change what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharingInput {
    pub competences: Option<SharingCap>,
    pub statements: Option<SharingCap>,
    pub projects: Option<SharingCap>,
    pub priorities: Option<SharingCap>,
    pub activities: Option<SharingCap>,
}

/// Whom to invite, as what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invitation {
    pub tenant_id: TenantId,
    pub role: SeatRole,
}

/// Which memberships to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembershipFilter {
    pub status: Option<MembershipStatus>,
    pub role: Option<SeatRole>,
}
