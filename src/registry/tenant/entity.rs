use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::model::{TenantKind, TenantStatus};
use crate::{
    auth::policy::Resource,
    id::TenantId,
    tenancy::{Admission, OpenRows, Reach, Subject, TenantRows, Visibility, rows},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenantId,
    pub slug: String,
    pub kind: TenantKind,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Text,
    pub country: String,
    pub isil: Option<String>,
    pub parent_id: Option<TenantId>,
    pub municipality_count: Option<i64>,
    pub status: TenantStatus,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Tenant;
    const OWNER: Column = Column::Id;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Operator;

    fn readable(_: &Reach) -> Condition {
        rows::all()
    }

    fn writable(reach: &Reach) -> Condition {
        if reach.operator { rows::all() } else { reach.own(Column::Id) }
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Public, version: row.version }
    }
}

impl OpenRows for Entity {}
