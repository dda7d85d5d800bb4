use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::GroupKind;
use crate::{
    id::{ConsortiumId, GroupId, TenantId},
    rest::Versioned,
    text::{LocalText, Translation},
};

/// Some of a consortium's libraries, with something of their own to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    pub id: GroupId,
    pub consortium_id: ConsortiumId,
    pub name: LocalText,
    pub kind: GroupKind,
    /// What it is asked to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<LocalText>,
    /// The matters that are its own, and no others; at most 50.
    pub matters: Vec<LocalText>,
    /// EDTF level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// EDTF level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// By short name; at most 100.
    pub members: Vec<GroupMember>,
    /// Rises with every change, also of its members; send it back with the next one.
    pub version: i64,
}

impl Versioned for Group {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A library in a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    pub tenant_id: TenantId,
    pub slug: String,
    pub name: LocalText,
}

/// A group to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewGroup {
    pub name: Vec<Translation>,
    pub kind: GroupKind,
    /// What it is asked to do.
    pub mandate: Option<Vec<Translation>>,
    /// The matters that are its own, each in one or more languages.
    #[serde(default)]
    #[graphql(default)]
    pub matters: Vec<Vec<Translation>>,
    /// EDTF level 1.
    pub starts: Option<String>,
    /// EDTF level 1.
    pub ends: Option<String>,
    /// Members of the consortium, of any region.
    #[serde(default)]
    #[graphql(default)]
    pub member_ids: Vec<TenantId>,
}

/// What to change about a group; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupChange {
    pub name: Option<Vec<Translation>>,
    pub kind: Option<GroupKind>,
    pub mandate: Option<Vec<Translation>>,
    pub matters: Option<Vec<Vec<Translation>>>,
    pub starts: Option<String>,
    pub ends: Option<String>,
}

/// Whom to add to a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewGroupMember {
    /// A member of the consortium.
    pub tenant_id: TenantId,
}

/// Which groups to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupFilter {
    pub kind: Option<GroupKind>,
    /// With this library among its members.
    pub member_id: Option<TenantId>,
}
