//! One figure of a release: a sum is told or it is not there.

use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::{ReleaseAudience, entity};
use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, ReleaseId, RowId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
};

/// How much of a figure is shown.
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
#[graphql(name = "ReleaseStatus")]
#[schema(as = ReleaseStatus)]
pub enum Status {
    /// All of it.
    Full,
    /// The open part; the sealed one is withheld.
    OpenOnly,
    /// There is no open part, and the sealed one is withheld.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub release_id: ReleaseId,
    pub audience: ReleaseAudience,
    pub place: i64,
    pub concept_id: ConceptId,
    /// None where it is of all regions.
    pub region: Option<String>,
    /// None where it is of all kinds of libraries.
    pub kind: Option<String>,
    pub open: i64,
    pub sealed: Option<i64>,
    pub value: Option<i64>,
    pub status: Status,
    pub open_contributors: i64,
    pub sealed_contributors: Option<i64>,
    pub as_of: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Release;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(entity::KEEPERS);
    // The release tells of itself.
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        entity::standing(reach, Column::ConsortiumId, Column::Audience, Column::ReleaseId)
    }

    fn writable(_: &Reach) -> Condition {
        rows::none()
    }

    fn subject(row: &Model) -> Subject {
        let (id, consortium) = (row.release_id.0, Some(row.consortium_id));
        Subject { id, consortium, visibility: Visibility::Consortium, version: 1 }
    }
}
