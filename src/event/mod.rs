//! What happened: every change writes one event in its own transaction (an outbox). Rows are written by the verbs of
//! `tenancy` and by nobody else.
//!
//! Rules: a library's admin, or an integration with `event:read`, is shown the events of what the library itself did, in the
//! order in which they became true. Each has its place in that order, which is the place of its record in the library's audit
//! chain: given out in turn and without a gap, so that a reader who has all up to one place misses nothing before it, however
//! many write at once. An event tells that something changed, not what it says now: whoever may see that asks for it.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

pub mod graphql;
pub mod idempotency;
mod model;
pub mod rest;
pub mod service;

pub use model::Event;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Who made it happen.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    /// Its place among the tenant's events.
    pub seq: i64,
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

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Event;
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
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.seq }
    }
}
