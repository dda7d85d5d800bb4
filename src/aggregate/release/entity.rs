use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*, sea_query::Query};

use super::{ReleaseAudience, rules::Rules, value::Measure};
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, ReleaseId},
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_release")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReleaseId,
    pub measure: Measure,
    pub number: i64,
    pub name: String,
    pub audience: ReleaseAudience,
    pub as_of: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub rules: Rules,
    pub cells: i64,
    pub digest: String,
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who makes releases, and withdraws them.
pub const KEEPERS: &[SeatRole] = &[SeatRole::Coordinator];

/// Of those who have a seat; one to the public of everybody.
pub fn readable<C: ColumnTrait>(reach: &Reach, consortium: C, audience: C) -> Condition {
    Condition::any().add(reach.seated(consortium, &[])).add(audience.eq(ReleaseAudience::Public))
}

/// As a release is read, until it is withdrawn: of what it says.
pub fn standing<C: ColumnTrait>(reach: &Reach, consortium: C, audience: C, release: C) -> Condition {
    let mut standing = Query::select();
    standing.column((Entity, Column::Id)).from(Entity).and_where(Column::WithdrawnAt.is_null());
    Condition::all().add(readable(reach, consortium, audience)).add(release.in_subquery(standing))
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Release;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Seat(KEEPERS);

    fn readable(reach: &Reach) -> Condition {
        readable(reach, Column::ConsortiumId, Column::Audience)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, KEEPERS)
    }

    fn subject(row: &Model) -> Subject {
        let visibility = match row.audience {
            ReleaseAudience::Consortium => Visibility::Consortium,
            ReleaseAudience::Public => Visibility::Public,
        };
        Subject { id: row.id.0, consortium: Some(row.consortium_id), visibility, version: row.version }
    }
}
