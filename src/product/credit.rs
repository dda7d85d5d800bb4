//! A library's name with a product that it had a part in: honour and fame are shared by saying whose they are.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::entity;
use crate::{
    auth::policy::Resource,
    id::{ProductId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

/// As what a library had a part in a product.
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
#[graphql(name = "ProductCreditRole")]
#[schema(as = ProductCreditRole)]
pub enum CreditRole {
    /// Whose idea it was.
    Idea,
    Author,
    Contributor,
    Translator,
    /// Tried it out.
    Tester,
    /// Paid for it.
    Funder,
    /// Makes it known, or hands it out.
    Publisher,
    Other,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product_credit")]
pub struct Model {
    /// Whose product it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub product_id: ProductId,
    pub contributor_id: TenantId,
    pub role: CreditRole,
    /// When the library took its name away. The row stays, so that the name is not put back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Credit;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Whoever sees the product; what is withdrawn, the two alone.
    fn readable(reach: &Reach) -> Condition {
        let shown = Condition::all()
            .add(Column::WithdrawnAt.is_null())
            .add(Column::ProductId.in_subquery(entity::seen(reach)));
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::ContributorId)).add(shown)
    }

    /// The library itself withdraws it; whose product it is removes it.
    fn writable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::ContributorId))
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.product_id.0,
            consortium: None,
            visibility: Visibility::Private,
            version: row.version,
        }
    }
}
