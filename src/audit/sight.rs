//! Who read a library's shared rows, and who was refused: counted, a row for each reader, kind, ground, purpose and day.
//!
//! Rules: seen by the library whose rows they were and by nobody else. It is not part of the chain: counts grow, links do not.
//! What a node had counted and not yet written when it was killed is lost; a read is answered whether it was counted or not.

use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, InsertMany,
    entity::prelude::*,
    sea_query::{ExprTrait, OnConflict},
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

/// What came of it.
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
    sea_orm::EnumIter,
    sea_orm::DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "AuditOutcome")]
#[schema(as = AuditOutcome)]
pub enum Outcome {
    /// It was shown.
    Read,
    /// It may be seen, and what was asked of it is not allowed: the caller was told so.
    Refused,
    /// It may not be seen: the caller was told that there is no such thing.
    Hidden,
}

/// On what ground it was shown.
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
    sea_orm::EnumIter,
    sea_orm::DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "AuditGround")]
#[schema(as = AuditGround)]
pub enum Ground {
    /// By an account of the library itself.
    Own,
    /// It is open to everybody.
    Public,
    /// It is shared in a consortium of both.
    Consortium,
    /// The reader takes part in it.
    Participant,
    /// By the node's operator.
    Operator,
    /// On none.
    None,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_sight")]
pub struct Model {
    /// Whose rows they were.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    /// The day in UTC, `2026-11-26`.
    pub day: String,
    pub reader_id: TenantId,
    pub outcome: Outcome,
    pub subject_kind: String,
    pub ground: Ground,
    /// The consortium that the row itself names; all zeros where it names none.
    pub consortium_id: Uuid,
    /// Empty where none was stated.
    pub purpose: String,
    pub times: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Audit;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;
    const STAMPED: bool = false;

    fn readable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn writable(_: &Reach) -> Condition {
        crate::tenancy::rows::none()
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.times }
    }
}

/// Adds to what was counted before.
pub(crate) fn add(rows: Vec<Model>) -> InsertMany<ActiveModel> {
    let excluded = |column: Column| Expr::col(("excluded", column));
    let same = OnConflict::columns([
        Column::TenantId,
        Column::Day,
        Column::ReaderId,
        Column::Outcome,
        Column::SubjectKind,
        Column::Ground,
        Column::ConsortiumId,
        Column::Purpose,
    ])
    .value(Column::Times, Expr::col((Entity, Column::Times)).add(excluded(Column::Times)))
    .value(Column::LastAt, excluded(Column::LastAt))
    .to_owned();
    let rows = rows.into_iter().map(|row| ActiveModelTrait::reset_all(row.into()));
    Entity::insert_many::<ActiveModel, _>(rows).on_conflict(same)
}
