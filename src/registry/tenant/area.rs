//! Where a tenant works: the regions that it serves and the municipalities that it covers.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{RowId, TenantId},
    tenancy::{Admission, OpenRows, Reach, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_area")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    /// region or municipality.
    pub kind: String,
    pub region_id: Option<String>,
    pub municipality_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Area;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::OperatorOrOwn;
    const TOLD: bool = false;

    fn readable(_: &Reach) -> Condition {
        rows::all()
    }

    fn writable(reach: &Reach) -> Condition {
        if reach.operator { rows::all() } else { reach.own(Column::TenantId) }
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Public, version: 1 }
    }
}

impl OpenRows for Entity {}
