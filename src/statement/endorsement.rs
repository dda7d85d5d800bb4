//! A library puts its name beside another's statement; one a library.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity;
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, RowId, StatementId, TenantId},
    rest::Versioned,
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility},
    text::LocalText,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "endorsement")]
pub struct Model {
    /// Who endorses.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub statement_id: StatementId,
    /// Whose statement it is.
    pub owner_id: TenantId,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Endorsement;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Whoever sees the statement.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::StatementId.in_subquery(entity::seen(reach)))
    }

    /// One's own; and those on one's own statement, which go with it.
    fn writable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::OwnerId))
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.statement_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}

impl SharedRows for Entity {
    /// Those of the statements that are shared there.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        Condition::all().add(Column::StatementId.in_subquery(reach.let_in_ids::<entity::Entity>(consortium)))
    }

    fn open(reach: &Reach) -> Condition {
        Condition::all().add(Column::StatementId.in_subquery(reach.open_ids::<entity::Entity>()))
    }
}

/// A library's name beside a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Endorsement {
    pub tenant_id: TenantId,
    pub name: LocalText,
    pub at: DateTime<Utc>,
}

impl Versioned for Endorsement {}
