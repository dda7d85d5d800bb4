use chrono::{DateTime, Utc};
use sea_orm::{
    Condition, DeriveActiveEnum, EnumIter,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::{ProductLink, ProductMarketing, seat};
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ProductId, ProjectId, TenantId},
    tenancy::{Admission, Placed, Reach, Subject, TenantRows, Visibility},
};

/// What a product is.
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
pub enum ProductKind {
    Guide,
    Toolbox,
    Website,
    Film,
    Template,
    /// What is lent to one another, such as an exhibition or a kit.
    Exhibition,
    Report,
    Other,
}

/// What is found at a link of a product.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, async_graphql::Enum,
)]
#[serde(rename_all = "snake_case")]
pub enum ProductLinkKind {
    /// The thing itself.
    Product,
    /// What it can be made anew from.
    Source,
    Documentation,
    Marketing,
    Other,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub kind: ProductKind,
    pub title: String,
    pub lang: String,
    pub summary: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub links: Links,
    #[sea_orm(column_type = "JsonBinary")]
    pub marketing: Marketing,
    pub project_id: Option<ProjectId>,
    pub consortium_id: Option<ConsortiumId>,
    pub visibility: Visibility,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Where a product is found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Links(pub Vec<ProductLink>);

/// How a product is made known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, sea_orm::FromJsonQueryResult)]
#[serde(transparent)]
pub struct Marketing(pub Vec<ProductMarketing>);

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what projects a consortium gets, and what came of them.
const CAP: &str = "cap_projects";

/// The ids of the products that the caller's library had a part in.
fn named(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((seat::Entity, seat::Column::ProductId))
        .from(seat::Entity)
        .and_where(seat::Column::ContributorId.eq(reach.me))
        .to_owned()
}

/// The ids of the products that somebody sees, for what is shown only with them.
pub(super) fn seen(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(<Entity as TenantRows>::readable(reach))
        .to_owned()
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Product;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Own, public, named in, or shared in the product's consortium by a library that shares projects there.
    fn readable(reach: &Reach) -> Condition {
        let placed = Placed {
            tenant: Column::TenantId,
            consortium: Column::ConsortiumId,
            visibility: Column::Visibility,
        };
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::Visibility.eq(Visibility::Public))
            .add(Column::Id.in_subquery(named(reach)))
            .add(reach.shared_at(placed, CAP))
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
}
