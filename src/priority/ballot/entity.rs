use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::Choice;
use crate::{
    auth::policy::Resource,
    id::{BallotId, ConsortiumId, RoundId, TenantId},
    priority::round::{self, Phase},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BallotId,
    pub round_id: RoundId,
    pub consortium_id: ConsortiumId,
    #[sea_orm(column_type = "JsonBinary")]
    pub choices: Choices,
    pub nonce: String,
    pub receipt: String,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// In the order of their proposals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Choices(pub Vec<Choice>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Ballot;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// One's own; and the count of a closed round, while a coordinator publishes it.
    fn readable(reach: &Reach) -> Condition {
        let own = reach.own(Column::TenantId);
        if !reach.tally {
            return own;
        }
        let closed = Column::RoundId.in_subquery(round::in_phase(Phase::Closed));
        let counted = reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator]).add(closed);
        Condition::any().add(own).add(counted)
    }

    fn writable(reach: &Reach) -> Condition {
        reach
            .own(Column::TenantId)
            .add(Column::RoundId.in_subquery(round::in_phase(Phase::Voting)))
            .add(reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator, SeatRole::Member]))
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Private,
            version: row.version,
        }
    }
}
