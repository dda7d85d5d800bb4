use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, SeriesId},
    meeting::entity::KEEPERS,
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
    text::{Text, Texts},
};

/// What kind of series it is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "MeetingSeriesKind")]
#[schema(as = MeetingSeriesKind)]
pub enum SeriesKind {
    /// Kurs: ordered steps, some of them between its days.
    Course,
    /// Innsats, program: other series run under it.
    Programme,
    /// Samlinger, träffar.
    Gatherings,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "meeting_series")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SeriesId,
    pub kind: SeriesKind,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Text,
    #[sea_orm(column_type = "JsonBinary")]
    pub steps: Texts,
    pub parent_id: Option<SeriesId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Series;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(KEEPERS);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, KEEPERS)
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
