use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::Rules;
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ReleaseRulesId, TenantId},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility},
};

/// What became of a proposal.
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
#[graphql(name = "ReleaseRulesState")]
#[schema(as = ReleaseRulesState)]
pub enum RulesState {
    Proposed,
    /// In force, until others are.
    Adopted,
    /// Others were adopted first.
    Superseded,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReleaseRulesId,
    #[sea_orm(column_type = "JsonBinary")]
    pub rules: Rules,
    pub state: RulesState,
    pub proposed_by: TenantId,
    pub decided_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who decides on rules.
pub const VOTERS: &[SeatRole] = &[SeatRole::Coordinator, SeatRole::Member];

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::ReleaseRules;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(VOTERS);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, VOTERS)
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
