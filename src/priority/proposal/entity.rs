use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, ProposalId, RoundId, TenantId},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility},
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProposalId,
    pub round_id: RoundId,
    pub proposer_id: TenantId,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Text,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub reason: Option<Text>,
    pub concept_id: Option<ConceptId>,
    pub carried_from: Option<ProposalId>,
    /// The first proposal of the line: the same for all that were carried from it, at whatever remove.
    pub lineage: ProposalId,
    pub tentative: bool,
    pub withdrawn: bool,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Proposal;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(&[SeatRole::Coordinator, SeatRole::Member]);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    /// The coordinator, and who proposed it, as long as it takes part.
    fn writable(reach: &Reach) -> Condition {
        let own =
            reach.seated(Column::ConsortiumId, &[SeatRole::Member]).add(Column::ProposerId.eq(reach.me));
        Condition::any().add(reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator])).add(own)
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
