//! A concept's labels, preferred and alternative, one row each: what free text is met with.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, RowId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "concept_label")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub concept_id: ConceptId,
    pub lang: String,
    /// pref, alt or seed.
    pub kind: String,
    pub label: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Concept;
    const OWNER: Column = Column::ConceptId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Operator;
    const TOLD: bool = false;

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
