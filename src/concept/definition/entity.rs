use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    id::{ConceptId, DefinitionId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "concept_definition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DefinitionId,
    pub concept_id: ConceptId,
    pub text: String,
    pub lang: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// Whose view it is.
    pub perspective: Option<String>,
    pub visibility: Visibility,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what a library's words a consortium gets.
const CAP: &str = "cap_statements";

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Definition;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        let shared = Condition::all()
            .add(Column::Visibility.eq(Visibility::Consortium))
            .add(Column::TenantId.in_subquery(reach.sharing_tenants(CAP, None)));
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::Visibility.eq(Visibility::Public))
            .add(shared)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: row.visibility, version: row.version }
    }
}
