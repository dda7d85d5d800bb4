//! Whom a library has seen signing in through a provider: a pseudonym, and no name. Its admin can block one.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::{Role, policy::Resource},
    id::{PrincipalId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "principal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PrincipalId,
    pub issuer: String,
    /// The role that it was given last.
    pub role: Role,
    /// What an invitation gave it for good.
    pub granted: Option<Role>,
    pub last_seen_at: DateTime<Utc>,
    pub blocked_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Principal;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    fn readable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.version }
    }
}

/// The same person at the same provider is the same principal of a library, and another one of another library: nobody can
/// tell from two libraries' audits that it is one person.
pub fn id(issuer: &str, subject: &str, tenant: TenantId) -> PrincipalId {
    const SPACE: Uuid = Uuid::from_u128(0x3f6c_2f1e_7f0b_5b4c_9a51_7d0e_6c2b_9d13);
    PrincipalId(Uuid::new_v5(&SPACE, format!("{tenant}\n{issuer}\n{subject}").as_bytes()))
}
