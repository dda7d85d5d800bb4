//! What the releases of one measure of one concept gave away so far. It is kept where sealed values are kept: nobody but the
//! door to them reads it.

use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ReleaseAudience, entity, value::Measure};
use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, RowId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_past")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub measure: Measure,
    pub concept_id: ConceptId,
    #[sea_orm(column_type = "JsonBinary")]
    pub told: Told,
}

/// In the order in which it became known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
pub struct Told {
    pub rows: Vec<Row>,
    pub former: Vec<Former>,
}

/// What became known of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub audience: ReleaseAudience,
    pub region: Option<String>,
    pub kind: Option<String>,
    pub as_of: String,
    /// Whose values: the library, and the place of the value among its own.
    pub of: Vec<(Uuid, u32)>,
    /// The sum that was published.
    pub sum: Option<u64>,
    /// Later releases may show it still.
    pub stands: bool,
    /// It was not published, and is this at most.
    pub at_most: Option<u64>,
}

/// A library that contributed and is a member no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    pub tenant: Uuid,
    pub before: usize,
    pub saw: Vec<(Uuid, u32)>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Release;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(entity::KEEPERS);
    const TOLD: bool = false;

    fn readable(_: &Reach) -> Condition {
        rows::none()
    }

    fn writable(_: &Reach) -> Condition {
        rows::none()
    }

    fn subject(row: &Model) -> Subject {
        let (id, consortium) = (row.id.0, Some(row.consortium_id));
        Subject { id, consortium, visibility: Visibility::Private, version: 1 }
    }
}
