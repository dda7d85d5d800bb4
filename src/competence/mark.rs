//! What stands for all entries of a library: another one after each change of them. The database sets it (`migration::marking`),
//! and nobody writes it here.

use sea_orm::{Condition, entity::prelude::*};

use super::entity;
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, TenantId},
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility, none},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "competence_mark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    pub mark: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Competence;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::TenantId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;
    const STAMPED: bool = false;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(entity::sharing(reach, Column::TenantId, None))
    }

    fn writable(_: &Reach) -> Condition {
        none()
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.tenant_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        entity::sharing(reach, Column::TenantId, Some(consortium))
    }
}
