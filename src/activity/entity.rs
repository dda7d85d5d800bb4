use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, DeriveActiveEnum, EnumIter,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    error::{Code, Error, Result},
    id::{ActivityId, ConceptId, ConsortiumId, TenantId},
    tenancy::{
        Admission, Lasts, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
};

/// What an activity is.
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
pub enum ActivityKind {
    Course,
    Conference,
    StudyVisit,
    /// Somebody works at another library for a while.
    Placement,
    Campaign,
    Event,
    Other,
}

/// Whether the host has it to give or is looking for it.
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
pub enum ActivitySide {
    #[default]
    Offered,
    Sought,
}

/// How far an activity has come.
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
pub enum ActivityState {
    Planned,
    /// Others register.
    Open,
    /// Nobody registers any more.
    Closed,
    Held,
    Cancelled,
}

impl ActivityState {
    /// What it may become.
    pub const fn next(self) -> &'static [Self] {
        use ActivityState::*;
        match self {
            Planned => &[Open, Cancelled],
            Open => &[Closed, Held, Cancelled],
            Closed => &[Open, Held, Cancelled],
            Held | Cancelled => &[],
        }
    }

    /// Refuses a step that is not a legal one.
    pub fn step(self, to: Self) -> Result<()> {
        if self.next().contains(&to) {
            return Ok(());
        }
        let allowed: Vec<_> = self.next().iter().map(ActiveEnum::to_value).collect();
        Err(Error::new(Code::IllegalTransition)
            .with("from", self.to_value())
            .with("to", to.to_value())
            .with("allowed", if allowed.is_empty() { "–".into() } else { allowed.join(", ") }))
    }
}

/// How the cost is shared.
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
pub enum CostSharing {
    /// The host pays.
    Host,
    /// Each registered library the same.
    Equal,
    /// By the places that each has registered.
    ByPlaces,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    /// The host.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActivityId,
    pub kind: ActivityKind,
    pub side: ActivitySide,
    pub title: String,
    pub lang: String,
    pub description: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub concepts: Concepts,
    /// EDTF.
    pub held: Option<String>,
    /// The days that `held` may mean, to look for by day.
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    pub place: Option<String>,
    pub link: Option<String>,
    pub seats: Option<i64>,
    /// Of one library.
    pub most_places: Option<i64>,
    /// In minor units.
    pub cost_amount: Option<i64>,
    pub cost_currency: Option<String>,
    pub cost_sharing: Option<CostSharing>,
    pub state: ActivityState,
    pub consortium_id: Option<ConsortiumId>,
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What an activity teaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Concepts(pub Vec<ConceptId>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what commitments and activities a consortium gets.
const CAP: &str = "cap_activities";

/// The ids of the activities that somebody sees, for what is shown only with them.
pub(super) fn seen(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(<Entity as TenantRows>::readable(reach))
        .to_owned()
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Activity;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        let shared = Condition::all()
            .add(Column::Visibility.eq(Visibility::Consortium))
            .add(Column::TenantId.in_subquery(reach.sharing_tenants(CAP, None)));
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::Visibility.eq(Visibility::Public))
            .add(shared)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
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
            now: Standing::anywhere(row.state.to_value(), row.visibility, row.consortium_id),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    /// What members let into this consortium: the smaller of the row's visibility and the membership's cap. What is for another one
    /// is counted there.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        let here =
            Condition::any().add(Column::ConsortiumId.is_null()).add(Column::ConsortiumId.eq(consortium));
        reach.let_in(Column::TenantId, Column::Visibility, CAP, consortium).add(here)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
