use async_graphql::{Enum, InputObject, SimpleObject};
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    id::TenantId,
    rest::Versioned,
    text::{LocalText, Translation},
};

/// What kind of library a tenant is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum TenantKind {
    /// Fylkesbibliotek, länsbibliotek, regionbibliotek, centralbibliotek.
    CountyLibrary,
    PublicLibrary,
    SchoolLibrary,
    /// Gymnasiebibliotek.
    UpperSecondaryLibrary,
    UniversityLibrary,
    HospitalLibrary,
    SpecialLibrary,
    Other,
}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum TenantStatus {
    Active,
    /// Keeps its rows and cannot sign in.
    Suspended,
    /// Has left the node; what others' rows name.
    Removed,
}

/// A library organisation on this node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    pub id: TenantId,
    /// Short name in addresses, unique on the node.
    pub slug: String,
    pub kind: TenantKind,
    pub name: LocalText,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 15511.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isil: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<TenantId>,
    /// Municipalities that it covers, where they are only counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality_count: Option<i64>,
    /// Regions that it serves.
    pub region_ids: Vec<String>,
    /// Municipalities that it covers, where they are listed.
    pub municipality_ids: Vec<String>,
    pub status: TenantStatus,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Tenant {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A tenant to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTenant {
    /// Lower-case letters, digits and hyphens, 2 to 63.
    pub slug: String,
    pub kind: TenantKind,
    pub name: Vec<Translation>,
    /// ISO 3166-1 alpha-2: NO, SE, DK, FI, …
    pub country: String,
    pub isil: Option<String>,
    pub parent_id: Option<TenantId>,
    pub municipality_count: Option<i64>,
    #[serde(default)]
    #[graphql(default)]
    pub region_ids: Vec<String>,
    #[serde(default)]
    #[graphql(default)]
    pub municipality_ids: Vec<String>,
}

/// What to change about a tenant; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantChange {
    pub name: Option<Vec<Translation>>,
    pub isil: Option<String>,
    pub municipality_count: Option<i64>,
    pub region_ids: Option<Vec<String>>,
    pub municipality_ids: Option<Vec<String>>,
}

/// Which tenants to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TenantFilter {
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub kind: Option<TenantKind>,
    /// Serves this region.
    pub region_id: Option<String>,
}
