//! A library's yes to proposed rules: known to all members, as who decided what should be.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ReleaseRulesId, RowId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_rules_vote")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    pub rules_id: ReleaseRulesId,
    pub consortium_id: ConsortiumId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::ReleaseRules;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.seated(Column::ConsortiumId, &[]))
    }

    fn writable(_: &Reach) -> Condition {
        rows::none()
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.rules_id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: 1,
        }
    }
}
