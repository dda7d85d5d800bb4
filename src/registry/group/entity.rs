use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, GroupId},
    tenancy::{Admission, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility},
    text::{Text, Texts},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "work_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GroupId,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Text,
    pub kind: GroupKind,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub mandate: Option<Text>,
    #[sea_orm(column_type = "JsonBinary")]
    pub matters: Texts,
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of group it is.
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
pub enum GroupKind {
    /// Styringsgruppe, styrgrupp.
    Steering,
    /// Arbeidsgruppe, arbetsgrupp.
    Working,
    /// Nettverk, netværksgruppe.
    Network,
    /// Team across borders, gränsöverskridande team.
    Team,
}

/// Who may make groups, and keep them.
pub(super) const KEEPERS: &[SeatRole] = &[SeatRole::Coordinator];

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Group;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(KEEPERS);

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, KEEPERS)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Consortium,
            version: row.version,
        }
    }
}

impl SharedRows for Entity {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        Condition::all().add(Column::ConsortiumId.eq(consortium)).add(Self::readable(reach))
    }
}
