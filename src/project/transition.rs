//! A step of a project from one state to the next, with when and why. The lead takes it; which account did is in
//! the audit.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::{
    entity::{self, Seen},
    state::ProjectState,
};
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ProjectId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_transition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub project_id: ProjectId,
    pub from_state: ProjectState,
    pub to_state: ProjectState,
    pub reason: Option<String>,
    /// Copy of the project's.
    pub consortium_id: Option<ConsortiumId>,
    /// Copy of the project's.
    pub visibility: Visibility,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Project;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        let row = Seen {
            lead: Column::TenantId,
            project: Column::ProjectId,
            consortium: Column::ConsortiumId,
            visibility: Column::Visibility,
        };
        entity::readable(reach, row)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.project_id.0,
            consortium: row.consortium_id,
            visibility: row.visibility,
            version: 1,
        }
    }
}
