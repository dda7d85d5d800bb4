//! That a library is a party of another's agreement: kept beside it so that the database's rules can ask «which agreements are
//! proposed to me?» without asking the agreements.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{AgreementId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_seat")]
pub struct Model {
    /// Who writes the agreement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: AgreementId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: TenantId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Agreement;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::AgreementId;
    const ADMISSION: Admission = Admission::Own;
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::PartyId))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.agreement_id.0, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}
