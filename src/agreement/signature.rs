//! A library has signed a text: its own row, which nobody else can write and which nobody takes back. It names the text by its
//! digest, so that a text that was changed since is not signed by it.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::entity;
use crate::{
    auth::policy::Resource,
    id::{AgreementId, ConsortiumId, RowId, TenantId},
    tenancy::{Admission, Reach, SharedRows, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_signature")]
pub struct Model {
    /// Who signed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub agreement_id: AgreementId,
    /// Who wrote the agreement.
    pub owner_id: TenantId,
    pub text_version: i64,
    pub digest: String,
    /// The account that signed for the library, for that alone to know.
    pub principal: String,
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Signature;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Whoever sees the agreement.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::AgreementId.in_subquery(entity::seen(reach)))
    }

    /// Nobody: what is signed is signed.
    fn writable(_: &Reach) -> Condition {
        crate::tenancy::rows::none()
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.agreement_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}

impl SharedRows for Entity {
    /// Of the agreements that are shared there.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        Condition::all().add(Column::AgreementId.in_subquery(reach.let_in_ids::<entity::Entity>(consortium)))
    }

    fn open(reach: &Reach) -> Condition {
        Condition::all().add(Column::AgreementId.in_subquery(reach.open_ids::<entity::Entity>()))
    }
}
