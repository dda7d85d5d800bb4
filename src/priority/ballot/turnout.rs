//! That somebody has voted, and not who: one row for each library whose ballot is in the box, with an address that
//! tells neither the library nor the time.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, RoundId, RowId},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "turnout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub round_id: RoundId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    // Everybody who sees the round sees how many have voted.
    const RESOURCE: Resource = Resource::Round;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(&[SeatRole::Coordinator, SeatRole::Member]);
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(_: &Reach) -> Condition {
        rows::none()
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Private,
            version: 1,
        }
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[]).add(Column::ConsortiumId.eq(consortium))
    }
}
