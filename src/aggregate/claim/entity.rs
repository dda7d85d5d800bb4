use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ClaimId, ConceptId, ConsortiumId, TenantId},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "strength_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClaimId,
    pub concept_id: ConceptId,
    pub text: String,
    pub lang: String,
    /// Who put it there, and may take it back.
    pub claimed_by: TenantId,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who may claim.
const WRITERS: &[SeatRole] = &[SeatRole::Coordinator, SeatRole::Member];

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Claim;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(WRITERS);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    /// One's own, while one takes part; and all of a consortium that one coordinates.
    fn writable(reach: &Reach) -> Condition {
        let own = reach.own(Column::ClaimedBy).add(reach.seated(Column::ConsortiumId, WRITERS));
        Condition::any().add(own).add(reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator]))
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
