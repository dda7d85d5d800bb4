//! What came of a commitment, step by step: its first state, and every follow-up with what was said of it.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::entity::{self, CommitmentStatus};
use crate::{
    auth::policy::Resource,
    id::{CommitmentId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commitment_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub commitment_id: CommitmentId,
    pub status: CommitmentStatus,
    pub note: Option<String>,
    pub lang: Option<String>,
    /// Of a commitment that is put off: to when.
    pub due: Option<String>,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Commitment;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    /// Whoever sees the commitment.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::CommitmentId.in_subquery(entity::seen(reach)))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}
