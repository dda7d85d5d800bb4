use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveEnum, Condition,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::{seat, state::ProjectState};
use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, ProjectId, TenantId},
    tenancy::{
        Admission, Lasts, Placed, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
    text::Text,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: ProjectId,
    pub consortium_id: Option<ConsortiumId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub title: Text,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub purpose: Option<Text>,
    pub state: ProjectState,
    #[sea_orm(column_type = "JsonBinary")]
    pub concepts: Concepts,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a project is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Concepts(pub Vec<ConceptId>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what projects a consortium gets.
const CAP: &str = "cap_projects";

/// What decides who sees a project; the rows under it carry the same four.
pub(super) struct Seen<C> {
    pub lead: C,
    pub project: C,
    pub consortium: C,
    pub visibility: C,
}

impl<C: Copy> Seen<C> {
    fn placed(&self) -> Placed<C> {
        Placed { tenant: self.lead, consortium: self.consortium, visibility: self.visibility }
    }
}

/// Own, public, taking part (or invited to), or shared in the project's consortium by a lead that shares projects there.
pub(super) fn readable<C: ColumnTrait>(reach: &Reach, row: Seen<C>) -> Condition {
    let taking_part = Query::select()
        .column((seat::Entity, seat::Column::ProjectId))
        .from(seat::Entity)
        .and_where(seat::Column::TenantId.eq(reach.me))
        .to_owned();
    Condition::any()
        .add(reach.own(row.lead))
        .add(row.visibility.eq(Visibility::Public))
        .add(row.project.in_subquery(taking_part))
        .add(reach.shared_at(row.placed(), CAP))
}

/// Shared in a consortium, by a lead that shares its projects there: the consortium's own projects, and public ones of none.
pub(super) fn shared<C: ColumnTrait>(consortium: ConsortiumId, reach: &Reach, row: Seen<C>) -> Condition {
    reach.let_in_at(row.placed(), CAP, consortium)
}

/// The ids of the projects that somebody sees, for what is shown only with them.
pub fn seen(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((Entity, Column::ProjectId))
        .from(Entity)
        .cond_where(<Entity as TenantRows>::readable(reach))
        .to_owned()
}

/// Where the four stand here.
const SEEN: Seen<Column> = Seen {
    lead: Column::TenantId,
    project: Column::ProjectId,
    consortium: Column::ConsortiumId,
    visibility: Column::Visibility,
};

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Project;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::ProjectId;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        readable(reach, SEEN)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.project_id.0,
            consortium: row.consortium_id,
            visibility: row.visibility,
            version: row.version,
        }
    }

    fn lasts(row: &Model) -> Option<Lasts<'_>> {
        Some(Lasts {
            now: Standing::placed(row.state.to_value(), row.visibility, row.consortium_id),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        shared(consortium, reach, SEEN)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
