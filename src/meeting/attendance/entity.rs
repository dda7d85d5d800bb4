use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, MeetingId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attendance")]
pub struct Model {
    /// Who comes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub meeting_id: MeetingId,
    pub consortium_id: ConsortiumId,
    pub people: i64,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Attendance;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.seated(Column::ConsortiumId, &[]))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.meeting_id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: row.version,
        }
    }
}
