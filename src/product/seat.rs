//! That a library is named with a product: the short form of its credit, kept beside it so that the database's rules can ask
//! «which products are opened to me?» without asking the credits, which ask for the products.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ProductId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product_seat")]
pub struct Model {
    /// Whose product it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: ProductId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub contributor_id: TenantId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Credit;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::ProductId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::ContributorId))
    }

    fn writable(reach: &Reach) -> Condition {
        Self::readable(reach)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.product_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}
