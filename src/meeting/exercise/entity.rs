use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ExerciseId, MeetingId},
    meeting::entity::KEEPERS,
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
    text::{Text, Texts},
};

/// How an exercise is done.
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
pub enum ExerciseKind {
    /// Kompetencespotting: others name the competences that they saw in use.
    CompetenceSpotting,
    /// Notes are put into themes.
    Categorise,
    /// The landscape is filled in.
    Landscape,
    Swot,
    Strengths,
    Challenges,
    Ambitions,
    ProjectPresentation,
    WalkAndTalk,
    /// Rounds of a fixed length.
    InterviewRound,
    Partnership,
    /// Videndelingsøvelse: what is learned is kept for those who were not there.
    KnowledgeSharing,
    /// What one thinks at the end.
    Exit,
    /// Done until the next time, and open until then.
    Homework,
    /// What others say to the published summary.
    Comments,
    Free,
}

/// How many answers a question has.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
pub enum AnswersPer {
    /// As many notes as are written.
    #[default]
    Note,
    /// One a library.
    Tenant,
    /// One a group.
    Group,
}

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
pub enum ExerciseState {
    Planned,
    /// Notes are taken in, until its time is over.
    Open,
    Closed,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "exercise")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExerciseId,
    pub meeting_id: MeetingId,
    pub kind: ExerciseKind,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Text,
    #[sea_orm(column_type = "JsonBinary")]
    pub prompts: Texts,
    /// Of each round.
    pub minutes: Option<i64>,
    pub rounds: Option<i64>,
    pub answers_per: AnswersPer,
    /// EDTF.
    pub due: Option<String>,
    /// The last day that `due` may mean.
    pub due_by: Option<String>,
    pub state: ExerciseState,
    pub opened_at: Option<DateTime<Utc>>,
    /// By its time limit.
    pub closes_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Exercise;
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
