use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    tenancy::{Admission, OpenRows, Reach, Subject, TenantRows, Visibility, rows},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "municipality")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub country: String,
    pub code: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Text,
    pub region_id: String,
    /// ISO 8601; none where the beginning is not known.
    pub valid_from: Option<String>,
    /// None while it stands.
    pub valid_to: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub predecessors: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub successors: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Register;
    const OWNER: Column = Column::Id;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Operator;

    fn readable(_: &Reach) -> Condition {
        rows::all()
    }

    fn writable(reach: &Reach) -> Condition {
        if reach.operator { rows::all() } else { rows::none() }
    }

    fn subject(_: &Model) -> Subject {
        // A municipality is addressed by its code, which is no UUID.
        Subject { id: uuid::Uuid::nil(), consortium: None, visibility: Visibility::Public, version: 1 }
    }
}

impl OpenRows for Entity {}
