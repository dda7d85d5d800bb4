use sea_orm::{Condition, entity::prelude::*};

use super::Outcome;
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, RoundId},
    priority::round::{self, Phase},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "priority_result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub round_id: RoundId,
    #[sea_orm(column_type = "JsonBinary")]
    pub outcome: Outcome,
    pub digest: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Round;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::RoundId;
    const ADMISSION: Admission = Admission::Seat(&[SeatRole::Coordinator]);
    // The round tells that it was closed or published.
    const TOLD: bool = false;

    /// Of a published round; the coordinator's own writing before.
    fn readable(reach: &Reach) -> Condition {
        let published = Column::RoundId.in_subquery(round::in_phase(Phase::Published));
        Condition::any()
            .add(reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator]))
            .add(reach.seated(Column::ConsortiumId, &[]).add(published))
    }

    fn writable(reach: &Reach) -> Condition {
        reach
            .seated(Column::ConsortiumId, &[SeatRole::Coordinator])
            .add(Column::RoundId.in_subquery(round::in_phase(Phase::Closed)))
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.round_id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: 1,
        }
    }
}

impl SharedRows for Entity {
    /// Of published rounds: before that nothing is told to anybody.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach
            .seated(Column::ConsortiumId, &[])
            .add(Column::ConsortiumId.eq(consortium))
            .add(Column::RoundId.in_subquery(round::in_phase(Phase::Published)))
    }
}
