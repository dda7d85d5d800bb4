//! A value that went into a release. Its library sees that it did.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ReleaseAudience;
use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
};

/// What is added up.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "ReleaseMeasure")]
#[schema(as = ReleaseMeasure)]
pub enum Measure {
    /// The staff who have a competence: `holders` of entries «have».
    Headcount,
}

impl Measure {
    pub fn word(self) -> &'static str {
        match self {
            Measure::Headcount => "headcount",
        }
    }
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_value")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub consortium_id: ConsortiumId,
    pub measure: Measure,
    pub concept_id: ConceptId,
    /// The library's first value of this is 1; one that differs has the next.
    pub place: i64,
    /// None when its library has left the node.
    pub amount: Option<i64>,
    /// The widest audience that ever saw it as a fact.
    pub opened: Option<ReleaseAudience>,
    /// Other libraries that ever saw it as a fact.
    #[sea_orm(column_type = "JsonBinary")]
    pub named: Named,
    /// It is in a sum that was published.
    pub counted: bool,
    /// It follows from what was published and from what others opened since.
    pub exposed: bool,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Named(pub Vec<Uuid>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Release;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;
    const STAMPED: bool = false;

    fn readable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn writable(_: &Reach) -> Condition {
        rows::none()
    }

    fn subject(row: &Model) -> Subject {
        let (id, consortium) = (row.id.0, Some(row.consortium_id));
        Subject { id, consortium, visibility: Visibility::Private, version: 1 }
    }
}
