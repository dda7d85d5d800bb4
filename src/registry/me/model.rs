use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Role,
    id::{ConsortiumId, TenantId},
    rest::Versioned,
    tenancy::SeatRole,
    text::{Lang, LocalText},
};

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The library that the caller speaks for; absent for the node's operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<MyTenant>,
    pub role: Role,
    /// The account that signed in, as the audit names it.
    pub principal: String,
    /// The order in which languages are served: first those asked for, then those that are understood.
    pub languages: Vec<Lang>,
    /// Consortia that the library takes part in, by short name.
    pub seats: Vec<MySeat>,
}

impl Versioned for Me {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MyTenant {
    pub id: TenantId,
    pub slug: String,
    pub name: LocalText,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MySeat {
    pub consortium_id: ConsortiumId,
    pub name: LocalText,
    pub role: SeatRole,
}
