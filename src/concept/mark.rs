//! What stands for all concepts that everybody reads: another one after each change of them. The database sets it
//! (`migration::marking`), and nobody writes it here.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    tenancy::{Admission, OpenRows, Reach, Subject, TenantRows, Visibility, none, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "concept_mark")]
pub struct Model {
    /// Nothing but zeroes: there is one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub mark: Uuid,
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
    const STAMPED: bool = false;

    fn readable(_: &Reach) -> Condition {
        rows::all()
    }

    fn writable(_: &Reach) -> Condition {
        none()
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id, consortium: None, visibility: Visibility::Public, version: 1 }
    }
}

impl OpenRows for Entity {}
