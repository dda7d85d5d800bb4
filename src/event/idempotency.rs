//! The record behind Idempotency-Key: written in the transaction of the effect, so that both are there or
//! neither. Answers are kept 24 hours at least.

use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};

use crate::{auth::Caller, id::TenantId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal: String,
    /// The operation's public name: one key may serve two operations.
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_hash: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub response: Option<Json>,
    /// What the policy was asked for it: whoever repeats the request is asked the same.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub asked: Option<Json>,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The one record of a caller's key.
pub fn of(caller: &Caller, operation: &str, key: &str) -> Condition {
    Condition::all()
        .add(Column::TenantId.eq(caller.tenant()))
        .add(Column::Principal.eq(caller.principal()))
        .add(Column::Operation.eq(operation))
        .add(Column::Key.eq(key))
}

/// At most `limit` records of a tenant from before `time`, oldest first. Those that another write is removing are
/// passed over: nobody waits for a broom.
pub fn older(tenant: TenantId, time: DateTime<Utc>, limit: u64) -> Condition {
    let key = [Column::TenantId, Column::Principal, Column::Operation, Column::Key];
    let mut old = Entity::find()
        .select_only()
        .columns(key)
        .filter(Column::TenantId.eq(tenant))
        .filter(Column::CreatedAt.lt(time))
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .into_query();
    old.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let key = Expr::tuple(key.map(|column| Expr::col(column.as_column_ref())));
    // Of the tenant, once more: a delete is never wider than its owner.
    Condition::all().add(Column::TenantId.eq(tenant)).add(key.in_subquery(old))
}
