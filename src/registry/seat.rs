//! A tenant's seat in a consortium: the short form of an active membership, kept beside it so that the
//! database's rules can ask «which consortia are mine?» without asking the memberships, which ask the same.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, TenantId},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seat")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    pub role: SeatRole,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Seat;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::ConsortiumId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.consortium_id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Private,
            version: 1,
        }
    }
}
