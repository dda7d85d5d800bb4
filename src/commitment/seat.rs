//! A library that another's commitment is made with: it sees the commitment for that. A table of its own, because the
//! database's rule of a commitment asks it, and it asks nothing else.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{CommitmentId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commitment_seat")]
pub struct Model {
    /// Whose commitment it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub commitment_id: CommitmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: TenantId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Commitment;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::CommitmentId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::PartnerId))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.commitment_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}
