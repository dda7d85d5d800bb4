use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, SchemeId},
    tenancy::{Admission, OpenRows, Reach, Subject, TenantRows, Visibility, rows},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "concept")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConceptId,
    pub scheme_id: SchemeId,
    /// The scheme's own name for it: `c:events`.
    pub notation: String,
    /// A theme: a top concept of the scheme.
    pub top: bool,
    pub theme_id: Option<ConceptId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub broader: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub related: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub kinds: Json,
    /// The preferred label in each language.
    #[sea_orm(column_type = "JsonBinary")]
    pub labels: Text,
    #[sea_orm(column_type = "JsonBinary")]
    pub exact_match: Json,
    pub status: ConceptStatus,
    pub replaced_by: Option<ConceptId>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ConceptStatus {
    Proposed,
    Accepted,
    /// No longer used; see what replaced it.
    Deprecated,
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Concept;
    const OWNER: Column = Column::SchemeId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Operator;

    fn readable(_: &Reach) -> Condition {
        rows::all()
    }

    fn writable(reach: &Reach) -> Condition {
        if reach.operator { rows::all() } else { rows::none() }
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Public, version: row.version }
    }
}

impl OpenRows for Entity {}
