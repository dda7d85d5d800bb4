//! Who did what: one record a write, in the write's own transaction, each linked to the one before. Rows are written by
//! the verbs of `tenancy` and by nobody else.
//!
//! Rules: a tenant's chain has everything that was done for it, an operator's is the node's. A library's admin sees its own
//! chain, and what others did to rows of its own: who acted by its library, not by its account, and nothing of that library's
//! chain, for its length would tell how much is done there.
//!
//! Reads of a library's shared rows by others are counted beside the chain: see [`sight`].
//!
//! [`chain`] says how records are linked, [`verify`] what is looked for, [`checkpoint`] what is kept outside the node: who can
//! rewrite the whole database can rewrite a whole chain, and only something out of his reach tells.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

pub mod chain;
pub mod checkpoint;
pub mod graphql;
mod model;
pub mod purpose;
pub mod rest;
pub mod service;
pub mod sight;
pub mod verify;

pub use checkpoint::AuditCheckpoint;
pub use model::{AuditFilter, AuditRead, AuditReadFilter, AuditRecord};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_record")]
pub struct Model {
    /// Who acted, and whose chain it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    /// Its place in the chain, from 1 without a gap.
    pub seq: i64,
    /// The hash of the entry before.
    pub previous: String,
    pub hash: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    /// The tenant or consortium whose row it was.
    pub owner_id: Uuid,
    /// Of the subject, afterwards.
    pub version: i64,
    /// own, membership or operator; merge where a concept took the library's rows along.
    pub ground: String,
    pub at: DateTime<Utc>,
    /// Of what follows. It stays when what follows is erased, and the chain stays whole.
    pub payload_hash: String,
    /// Chance, so that nobody finds what was erased by trying: it goes with it.
    pub salt: Option<String>,
    pub principal: Option<String>,
    pub request_id: Option<String>,
    /// What the caller said that it was for.
    pub purpose: Option<String>,
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
        Condition::any().add(Column::TenantId.eq(reach.me)).add(Column::OwnerId.eq(reach.me))
    }

    fn writable(_: &Reach) -> Condition {
        crate::tenancy::rows::none()
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.seq }
    }
}

/// What a verb did, before it is linked.
#[derive(Clone, Debug)]
pub struct Deed {
    pub action: String,
    pub subject_kind: &'static str,
    pub subject_id: Uuid,
    pub version: i64,
    pub owner_id: Uuid,
    pub ground: &'static str,
}
