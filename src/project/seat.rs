//! That a library takes part in a project or is invited to: the short form of its participation, kept beside it so
//! that the database's rules can ask «which projects are mine?» without asking the participants, which ask the same.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ProjectId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_seat")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: ProjectId,
    /// The lead, which opened the project to it.
    pub owner_id: TenantId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Participant;
    const OWNER: Column = Column::OwnerId;
    const ID: Column = Column::ProjectId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::OwnerId))
    }

    fn writable(reach: &Reach) -> Condition {
        Self::readable(reach)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.project_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}
