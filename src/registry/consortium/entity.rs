use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*, sea_query::Query};
use serde::{Deserialize, Serialize};

use super::model::Mandate;
use crate::{
    auth::policy::Resource,
    id::ConsortiumId,
    registry::membership,
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility, rows},
    text::{Text, Texts},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consortium")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsortiumId,
    pub slug: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Text,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub mandate: Option<Mandate>,
    #[sea_orm(column_type = "JsonBinary")]
    pub reasons: Texts,
    #[sea_orm(column_type = "JsonBinary")]
    pub open_questions: Texts,
    /// Disclosure threshold.
    pub k: i64,
    pub status: ConsortiumStatus,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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
pub enum ConsortiumStatus {
    Active,
    Closed,
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Consortium;
    const OWNER: Column = Column::Id;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Operator;

    /// Those that the caller belongs to, and those that have invited it.
    fn readable(reach: &Reach) -> Condition {
        if reach.operator {
            return rows::all();
        }
        let invited = Query::select()
            .column(membership::Column::ConsortiumId)
            .from(membership::Entity)
            .and_where(membership::Column::TenantId.eq(reach.me))
            .and_where(membership::Column::Status.eq(membership::MembershipStatus::Invited))
            .to_owned();
        Condition::any().add(reach.seated(Column::Id, &[])).add(Column::Id.in_subquery(invited))
    }

    fn writable(reach: &Reach) -> Condition {
        if reach.operator { rows::all() } else { reach.seated(Column::Id, &[SeatRole::Coordinator]) }
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.id),
            visibility: Visibility::Consortium,
            version: row.version,
        }
    }
}
