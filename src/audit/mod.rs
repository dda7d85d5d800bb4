//! Who did what: one record a write, in the write's own transaction. Rows are written by the verbs of
//! `tenancy` and by nobody else.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::id::{RowId, TenantId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_record")]
pub struct Model {
    /// Who acted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub principal: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    /// own, membership or operator.
    pub ground: String,
    pub request_id: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
