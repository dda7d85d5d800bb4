//! Every state that an entry has had, with the time in which it held.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::{Phrases, Spreading, Stance, entity};
use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, EntryId, GroupId, OccasionId, RowId, TenantId},
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility, public},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "competence_history")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub entry_id: EntryId,
    pub concept_id: Option<ConceptId>,
    pub stance: Stance,
    pub level: Option<i64>,
    pub holders: Option<i64>,
    pub note: Option<String>,
    pub source_phrase: Option<String>,
    pub source_lang: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub phrases: Option<Phrases>,
    pub position: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: Json,
    pub target_level: Option<i64>,
    pub target_date: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub spreading: Option<Spreading>,
    pub occasion_id: Option<OccasionId>,
    pub group_id: Option<GroupId>,
    pub visibility: Visibility,
    pub version: i64,
    pub valid_from: DateTime<Utc>,
    /// None while it holds.
    pub valid_to: Option<DateTime<Utc>>,
    /// Which account made it so.
    pub principal: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Competence;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;
    const STAMPED: bool = false;

    fn readable(reach: &Reach) -> Condition {
        entity::readable(reach, Column::TenantId, Column::Visibility)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.entry_id.0, consortium: None, visibility: row.visibility, version: row.version }
    }
}

impl SharedRows for Entity {
    /// As the entries themselves, by what each state was; whether its entry is shared still is asked beside it.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        entity::shared(consortium, reach, Column::TenantId, Column::Visibility)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
