use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, DeriveActiveEnum, EnumIter,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::seat;
use crate::{
    auth::policy::Resource,
    id::{CommitmentId, ConsortiumId, GroupId, ProjectId, TenantId},
    tenancy::{
        Admission, Lasts, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
};

/// How far a commitment has come.
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
pub enum CommitmentStatus {
    Open,
    Done,
    Dropped,
    /// Put off to another day; open still.
    Moved,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commitment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommitmentId,
    pub text: String,
    pub lang: String,
    /// The libraries of this node that it is made with.
    #[sea_orm(column_type = "JsonBinary")]
    pub partners: Partners,
    /// Others, by name.
    #[sea_orm(column_type = "JsonBinary")]
    pub others: Others,
    /// EDTF.
    pub due: Option<String>,
    /// The last day that `due` may mean.
    pub due_by: Option<String>,
    /// How many days before the first that `due` may mean it is told of.
    pub remind_days: i64,
    pub status: CommitmentStatus,
    pub consortium_id: Option<ConsortiumId>,
    pub group_id: Option<GroupId>,
    pub project_id: Option<ProjectId>,
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The libraries of this node that a commitment is made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Partners(pub Vec<TenantId>);

/// Names of those who are no libraries of this node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Others(pub Vec<String>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what commitments and activities a consortium gets.
const CAP: &str = "cap_activities";

/// The ids of the commitments that are made with the caller's library.
fn made_with(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((seat::Entity, seat::Column::CommitmentId))
        .from(seat::Entity)
        .and_where(seat::Column::PartnerId.eq(reach.me))
        .to_owned()
}

/// The ids of the commitments that somebody sees, for what is shown only with them.
pub(super) fn seen(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(<Entity as TenantRows>::readable(reach))
        .to_owned()
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Commitment;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Own, public, shared in a consortium, or made with the caller's library.
    fn readable(reach: &Reach) -> Condition {
        let shared = Condition::all()
            .add(Column::Visibility.eq(Visibility::Consortium))
            .add(Column::TenantId.in_subquery(reach.sharing_tenants(CAP, None)));
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::Visibility.eq(Visibility::Public))
            .add(Column::Id.in_subquery(made_with(reach)))
            .add(shared)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: row.consortium_id,
            visibility: row.visibility,
            version: row.version,
        }
    }

    fn lasts(row: &Model) -> Option<Lasts<'_>> {
        Some(Lasts {
            now: Standing::anywhere(row.status.to_value(), row.visibility, row.consortium_id),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    /// What members let into this consortium: the smaller of the row's visibility and the membership's cap. What is for another one
    /// is counted there.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        let here =
            Condition::any().add(Column::ConsortiumId.is_null()).add(Column::ConsortiumId.eq(consortium));
        reach.let_in(Column::TenantId, Column::Visibility, CAP, consortium).add(here)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
