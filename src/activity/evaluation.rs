//! What an activity was worth to a library that was there: for the host, and for the library itself.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::policy::Resource,
    id::{ActivityId, RowId, TenantId},
    rest::Versioned,
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
    text::{Lang, LocalText},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_evaluation")]
pub struct Model {
    /// Who was there.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub activity_id: ActivityId,
    /// Whose activity it was.
    pub owner_id: TenantId,
    pub score: i64,
    pub remark: Option<String>,
    pub lang: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Registration;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// One's own; and those on one's own activity.
    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::OwnerId))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.activity_id.0,
            consortium: None,
            visibility: Visibility::Private,
            version: row.version,
        }
    }
}

/// What an activity was worth to a library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "ActivityEvaluation")]
#[schema(as = ActivityEvaluation)]
pub struct Evaluation {
    pub tenant_id: TenantId,
    pub name: LocalText,
    /// 1 of no use, to 5 of great use.
    pub score: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The language of the remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    pub at: DateTime<Utc>,
}

impl Versioned for Evaluation {}

/// What it was worth; said again, the last word counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "ActivityWorth")]
#[schema(as = ActivityWorth)]
pub struct Worth {
    /// 1 of no use, to 5 of great use.
    pub score: i64,
    /// At most 2,000 characters; no names.
    pub remark: Option<String>,
    /// The language of the remark.
    pub language: Option<Lang>,
}
