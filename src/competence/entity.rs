use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, EntryId, GroupId, OccasionId, TenantId},
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility, public},
    text::Lang,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "competence_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntryId,
    /// None while unmapped.
    pub concept_id: Option<ConceptId>,
    pub stance: Stance,
    /// 1 basic, 2 working, 3 strong, 4 leading.
    pub level: Option<i64>,
    /// Number of staff; never who.
    pub holders: Option<i64>,
    pub note: Option<String>,
    /// The library's own words, verbatim.
    pub source_phrase: Option<String>,
    pub source_lang: Option<String>,
    /// Words of entries that became one with this.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub phrases: Option<Phrases>,
    /// Place in the list that it came from; no ranking.
    pub position: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: Json,
    pub target_level: Option<i64>,
    pub target_date: Option<String>,
    /// How what a few can comes to all.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub spreading: Option<Spreading>,
    /// What it is wanted or shown for.
    pub occasion_id: Option<OccasionId>,
    /// Through which group the library brings it in.
    pub group_id: Option<GroupId>,
    /// Which library saw it first.
    pub spotted_by: Option<TenantId>,
    pub visibility: Visibility,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// How what a few have learned comes to the whole organisation.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::SimpleObject,
    async_graphql::InputObject,
    sea_orm::FromJsonQueryResult,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "Spreading", input_name = "SpreadingInput")]
pub struct Spreading {
    /// How many have learned it first; never who.
    #[schema(minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_holders: Option<i64>,
    /// How much of the staff is to have it in the end, in percent.
    #[schema(minimum = 1, maximum = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_percent: Option<i64>,
    /// At most 20, in their order.
    #[serde(default)]
    #[graphql(default)]
    pub steps: Vec<SpreadingStep>,
}

/// One step on the way.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::SimpleObject,
    async_graphql::InputObject,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "SpreadingStep", input_name = "SpreadingStepInput")]
pub struct SpreadingStep {
    /// At most 300 characters; names of persons do not belong here.
    pub text: String,
    /// The language that it is written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    /// By when: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(default)]
    #[graphql(default)]
    pub done: bool,
}

/// Further words of a library for one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Phrases(pub Vec<Phrase>);

/// A library's own words, verbatim.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, async_graphql::SimpleObject,
)]
#[schema(as = SourcePhrase)]
#[graphql(name = "SourcePhrase")]
pub struct Phrase {
    pub text: String,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a library has a competence or wants it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Stance {
    Have,
    Want,
}

/// The membership's column that bounds what competence rows a consortium gets.
const CAP: &str = "cap_competences";

/// Own, public, or shared by a member of the caller's consortia. Entries, their history and the profile's statement
/// all go by it.
pub fn readable<C: ColumnTrait>(reach: &Reach, tenant: C, visibility: C) -> Condition {
    Condition::any()
        .add(reach.own(tenant))
        .add(visibility.eq(Visibility::Public))
        .add(Condition::all().add(visibility.eq(Visibility::Consortium)).add(sharing(reach, tenant, None)))
}

/// Members that share their competences in any consortium of the caller's, or in one.
pub fn sharing<C: ColumnTrait>(reach: &Reach, tenant: C, consortium: Option<ConsortiumId>) -> Condition {
    Condition::all().add(tenant.in_subquery(reach.sharing_tenants(CAP, consortium)))
}

/// What members let into a consortium, of entries and of their history.
pub fn shared<C: ColumnTrait>(
    consortium: ConsortiumId,
    reach: &Reach,
    tenant: C,
    visibility: C,
) -> Condition {
    reach.let_in(tenant, visibility, CAP, consortium)
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Competence;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        readable(reach, Column::TenantId, Column::Visibility)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: row.visibility, version: row.version }
    }
}

impl SharedRows for Entity {
    /// What members let into this consortium: the smaller of the row's visibility and the membership's cap.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        shared(consortium, reach, Column::TenantId, Column::Visibility)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
