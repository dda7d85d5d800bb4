use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, DeriveActiveEnum, EnumIter,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, ConsortiumId, StatementId, TenantId},
    tenancy::{
        Admission, Lasts, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
};

/// What a statement is.
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
pub enum StatementKind {
    Strength,
    Weakness,
    Opportunity,
    Threat,
    Challenge,
    /// What the library wants to bring about.
    Ambition,
    /// By what it means to.
    Means,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StatementId,
    pub kind: StatementKind,
    pub text: String,
    pub lang: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub concepts: Concepts,
    /// Of a means: the ambition that it serves.
    pub ambition_id: Option<StatementId>,
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a statement is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Concepts(pub Vec<ConceptId>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what statements a consortium gets.
const CAP: &str = "cap_statements";

/// The ids of the statements that somebody sees, for what is shown only with them.
pub(super) fn seen(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(<Entity as TenantRows>::readable(reach))
        .to_owned()
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Statement;
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
        Subject { id: row.id.0, consortium: None, visibility: row.visibility, version: row.version }
    }

    fn lasts(row: &Model) -> Option<Lasts<'_>> {
        Some(Lasts {
            now: Standing::anywhere("", row.visibility, None),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    /// What members let into this consortium: the smaller of the row's visibility and the membership's cap.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach.let_in(Column::TenantId, Column::Visibility, CAP, consortium)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
