//! A library in a project: invited, then accepted or declined, and perhaps left.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::entity::{self, Seen};
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ParticipantId, ProjectId, TenantId},
    tenancy::{
        Admission, Lasts, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_participant")]
pub struct Model {
    /// The project's lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ParticipantId,
    pub project_id: ProjectId,
    pub participant_id: TenantId,
    pub role: ParticipantRole,
    pub status: ParticipantStatus,
    /// Copy of the project's.
    pub consortium_id: Option<ConsortiumId>,
    /// Copy of the project's.
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A library's part in a project.
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
pub enum ParticipantRole {
    Lead,
    Partner,
    Observer,
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
pub enum ParticipantStatus {
    /// Asked, and not answered; sees the project.
    Invited,
    Accepted,
    /// Said no; sees no more than anybody else.
    Declined,
    /// Took part; sees no more than anybody else.
    Left,
}

impl ParticipantStatus {
    pub fn word(self) -> &'static str {
        match self {
            ParticipantStatus::Invited => "invited",
            ParticipantStatus::Accepted => "accepted",
            ParticipantStatus::Declined => "declined",
            ParticipantStatus::Left => "left",
        }
    }
}

/// Where the four stand here.
const SEEN: Seen<Column> = Seen {
    lead: Column::TenantId,
    project: Column::ProjectId,
    consortium: Column::ConsortiumId,
    visibility: Column::Visibility,
};

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Participant;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        entity::readable(reach, SEEN)
    }

    /// The lead, and the library itself, which answers.
    fn writable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::ParticipantId))
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: row.consortium_id,
            visibility: row.visibility,
            version: row.version,
        }
    }

    fn lasts(row: &Model) -> Option<Lasts<'_>> {
        Some(Lasts {
            now: Some(Standing::beside(row.status.to_value())),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        entity::shared(consortium, reach, SEEN)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
