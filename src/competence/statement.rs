//! The short statement of a library about itself; one a library.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::entity;
use crate::{
    auth::policy::Resource,
    id::TenantId,
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(column_type = "JsonBinary")]
    pub statement: Text,
    /// How many work there.
    pub staff: Option<i64>,
    pub visibility: Visibility,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Profile;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::TenantId;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        entity::readable(reach, Column::TenantId, Column::Visibility)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.tenant_id.0, consortium: None, visibility: row.visibility, version: row.version }
    }
}
