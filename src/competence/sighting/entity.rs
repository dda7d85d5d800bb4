use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, EntryId, SightingId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

/// What became of a sighting.
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
pub enum SightingStatus {
    Proposed,
    Accepted,
    Declined,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "competence_sighting")]
pub struct Model {
    /// Who saw it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SightingId,
    /// Of whom.
    pub subject_id: TenantId,
    pub concept_id: Option<ConceptId>,
    pub phrase: Option<String>,
    pub lang: Option<String>,
    pub note: Option<String>,
    pub status: SightingStatus,
    /// The entry that it became.
    pub entry_id: Option<EntryId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Sighting;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// The two that it is between.
    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::SubjectId))
    }

    /// Either answers for its part, see the service: one takes back, the other decides.
    fn writable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::SubjectId))
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.version }
    }
}
