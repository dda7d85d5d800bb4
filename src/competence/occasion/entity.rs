use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, OccasionId},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "occasion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OccasionId,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Text,
    pub url: Option<String>,
    /// EDTF.
    pub starts: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who may write.
const WRITERS: &[SeatRole] = &[SeatRole::Coordinator, SeatRole::Member];

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Occasion;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(WRITERS);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, WRITERS)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: row.version,
        }
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[]).add(Column::ConsortiumId.eq(consortium))
    }
}
