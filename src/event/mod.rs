//! What happened: every change writes one event in its own transaction (an outbox). From it come the change
//! feed, live updates and webhooks. Rows are written by the verbs of `tenancy` and by nobody else.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::{
    id::{ConsortiumId, RowId, TenantId},
    tenancy::Visibility,
};

pub mod idempotency;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Who made it happen.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Ordered by time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    /// `competenceEntry.created`, …
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub consortium_id: Option<ConsortiumId>,
    /// Of the subject, when it happened.
    pub visibility: Visibility,
    pub version: i64,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
