//! A library comes to another's activity, with so many people; one registration a library.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Cost, entity};
use crate::{
    auth::policy::Resource,
    id::{ActivityId, ConsortiumId, RowId, TenantId},
    rest::Versioned,
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility},
    text::LocalText,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_registration")]
pub struct Model {
    /// Who comes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub activity_id: ActivityId,
    /// Whose activity it is.
    pub owner_id: TenantId,
    pub places: i64,
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

    /// Whoever sees the activity.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::ActivityId.in_subquery(entity::seen(reach)))
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

impl SharedRows for Entity {
    /// Those of the activities that are shared there.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        Condition::all().add(Column::ActivityId.in_subquery(reach.let_in_ids::<entity::Entity>(consortium)))
    }

    fn open(reach: &Reach) -> Condition {
        Condition::all().add(Column::ActivityId.in_subquery(reach.open_ids::<entity::Entity>()))
    }
}

/// A library that comes to an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "ActivityRegistration")]
#[schema(as = ActivityRegistration)]
pub struct Registration {
    pub tenant_id: TenantId,
    pub name: LocalText,
    /// How many people come; never who.
    pub places: i64,
    /// What the library pays, by what is registered now. Of the last minor unit those who registered first pay one more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Cost>,
    pub at: DateTime<Utc>,
}

impl Versioned for Registration {}

/// How many come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "ActivityPlaces")]
#[schema(as = ActivityPlaces)]
pub struct Places {
    /// 1 to 1,000.
    pub places: i64,
}
