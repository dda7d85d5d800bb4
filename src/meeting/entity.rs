use chrono::{DateTime, Utc};
use sea_orm::{Condition, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, GroupId, MeetingId, SeriesId},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility},
    text::Text,
};

/// What a part of a programme is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, async_graphql::Enum,
)]
#[serde(rename_all = "snake_case")]
pub enum AgendaKind {
    Talk,
    Exercise,
    Break,
    Other,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "meeting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MeetingId,
    pub group_id: Option<GroupId>,
    pub series_id: Option<SeriesId>,
    /// Its number in the series.
    pub number: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Text,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    /// IANA.
    pub time_zone: Option<String>,
    /// EDTF, where the time is not known.
    pub held: Option<String>,
    /// The days that it is on, or that `held` may mean, to look for by day.
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    pub place: Option<String>,
    pub link: Option<String>,
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary")]
    pub documents: Documents,
    #[sea_orm(column_type = "JsonBinary")]
    pub agenda: Agenda,
    #[sea_orm(column_type = "JsonBinary")]
    pub goals: Goals,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub summary: Option<Text>,
    pub summary_published_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A link to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub title: String,
    pub url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Documents(pub Vec<Document>);

/// A part of the programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub kind: AgendaKind,
    pub title: Text,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub speaker: Option<String>,
    pub slides: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Agenda(pub Vec<Part>);

/// What the day is for, and whether it was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    pub text: Text,
    pub reached: Option<bool>,
    pub remark: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Goals(pub Vec<Goal>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who keeps meetings and what belongs to them.
pub(in crate::meeting) const KEEPERS: &[SeatRole] = &[SeatRole::Coordinator];

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Meeting;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(KEEPERS);

    /// The consortium's, and open events.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.seated(Column::ConsortiumId, &[]))
            .add(Column::Visibility.eq(Visibility::Public))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, KEEPERS)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: row.visibility,
            version: row.version,
        }
    }
}
