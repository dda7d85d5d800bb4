use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    competence,
    id::{ConceptId, ContactId, ProjectId, TenantId},
    project,
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
    when,
};

/// Whether a contact is a function or a named person.
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
pub enum ContactKind {
    /// A team, a desk, a mailbox of a role.
    Function,
    /// Somebody who has agreed to be named.
    Person,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    pub kind: ContactKind,
    pub name: String,
    pub role: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub url: Option<String>,
    pub concept_id: Option<ConceptId>,
    pub project_id: Option<ProjectId>,
    pub consent_on: Option<String>,
    /// The first moment without it. None: nobody is named.
    pub consent_until: Option<DateTime<Utc>>,
    pub visibility: Visibility,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Contact;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        let agreed =
            Condition::any().add(Column::ConsentUntil.is_null()).add(Column::ConsentUntil.gt(when::now()));
        let shown = Condition::any()
            .add(Column::ProjectId.is_null())
            .add(Column::ProjectId.in_subquery(project::seen(reach)));
        let shared = Condition::all()
            .add(competence::readable(reach, Column::TenantId, Column::Visibility))
            .add(agreed)
            .add(shown);
        Condition::any().add(reach.own(Column::TenantId)).add(shared)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: row.visibility, version: row.version }
    }
}
