use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, MembershipId, TenantId},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub tenant_id: TenantId,
    pub role: SeatRole,
    pub status: MembershipStatus,
    pub cap_competences: SharingCap,
    pub cap_statements: SharingCap,
    pub cap_projects: SharingCap,
    pub cap_priorities: SharingCap,
    pub cap_activities: SharingCap,
    pub invited_by: TenantId,
    pub joined_at: Option<DateTime<Utc>>,
    pub left_at: Option<DateTime<Utc>>,
    /// Till when its competences stood open here; none while they do, and where they never did.
    pub competences_open_until: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a tenant stands with a consortium.
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
pub enum MembershipStatus {
    /// Asked, and not answered.
    Invited,
    Active,
    /// Said no.
    Declined,
    /// Was a member; shares nothing any more.
    Left,
}

impl MembershipStatus {
    pub fn word(self) -> &'static str {
        match self {
            MembershipStatus::Invited => "invited",
            MembershipStatus::Active => "active",
            MembershipStatus::Declined => "declined",
            MembershipStatus::Left => "left",
        }
    }
}

/// How much of one kind of rows a member lets into a consortium, at most.
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
pub enum SharingCap {
    /// Nothing.
    None,
    /// Only inside audited releases.
    Sealed,
    /// Rows, as far as each row's own visibility lets them.
    Full,
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Membership;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::OperatorOrCoordinator;

    /// Own memberships and invitations, those of the caller's consortia; the operator sees who belongs where.
    fn readable(reach: &Reach) -> Condition {
        if reach.operator {
            return rows::all();
        }
        Condition::any().add(reach.own(Column::TenantId)).add(reach.seated(Column::ConsortiumId, &[]))
    }

    /// The tenant itself; a coordinator (or the operator) only what binds nobody: invitations and ended memberships.
    fn writable(reach: &Reach) -> Condition {
        let inviting = if reach.operator {
            rows::all()
        } else {
            reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator])
        };
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Condition::all().add(Column::Status.ne(MembershipStatus::Active)).add(inviting))
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
