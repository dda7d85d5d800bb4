use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, OrganisationId},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    pub name: String,
    /// The name without its spelling habits, to be found by.
    pub folded: String,
    pub sector: OrganisationSector,
    pub sector_word: Option<String>,
    pub country: Option<String>,
    pub url: Option<String>,
    /// What it was merged into, as was decided then.
    pub merged_into: Option<OrganisationId>,
    /// What stands for it today: the end of the chain.
    pub current_id: Option<OrganisationId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of body it is, in the closed set that is exchanged.
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
pub enum OrganisationSector {
    School,
    University,
    Association,
    Company,
    Municipality,
    /// Of the state or a region.
    Agency,
    Supplier,
    Funder,
    Other,
}

/// Who may write.
pub(super) const WRITERS: &[SeatRole] = &[SeatRole::Coordinator, SeatRole::Member];

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Organisation;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(WRITERS);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, WRITERS)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: row.version,
        }
    }
}
