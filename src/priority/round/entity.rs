use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveEnum, Condition,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};

use super::phase::{Method, Phase, TieBreak};
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, RoundId},
    tenancy::{
        Admission, Lasts, Reach, SeatRole, SharedRows, Standing, Stood, Subject, TenantRows, Visibility,
    },
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "priority_round")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoundId,
    #[sea_orm(column_type = "JsonBinary")]
    pub question: Text,
    pub method: Method,
    /// How many come out on top.
    pub backbone: i64,
    pub points: Option<i64>,
    pub max_per_proposal: Option<i64>,
    /// How many areas were on the table.
    pub considered: Option<i64>,
    pub phase: Phase,
    pub follows: Option<RoundId>,
    pub held: Option<String>,
    pub tie_break: TieBreak,
    pub closed_at: Option<DateTime<Utc>>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The rounds in a phase, for the rules of what belongs to a round.
pub(in crate::priority) fn in_phase(phase: Phase) -> SelectStatement {
    Query::select().column(Column::Id).from(Entity).and_where(Column::Phase.eq(phase)).to_owned()
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Round;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(&[SeatRole::Coordinator]);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator])
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: row.version,
        }
    }

    fn lasts(row: &Model) -> Option<Lasts<'_>> {
        Some(Lasts {
            now: Standing::placed(row.phase.to_value(), Visibility::Consortium, Some(row.consortium_id)),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[]).add(Column::ConsortiumId.eq(consortium))
    }
}
