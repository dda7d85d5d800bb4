//! A concept scheme: a vocabulary with a name and an edition. The schemes of today belong to the node.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::SchemeId,
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "concept_scheme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SchemeId,
    pub notation: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Text,
    /// The edition, as its makers number it.
    pub version: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Concept;
    const OWNER: Column = Column::Id;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Operator;
    const TOLD: bool = false;
    // The version is the edition, no count of changes.
    const STAMPED: bool = false;

    fn readable(_: &Reach) -> Condition {
        rows::all()
    }

    fn writable(reach: &Reach) -> Condition {
        if reach.operator { rows::all() } else { rows::none() }
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Public, version: 1 }
    }
}
