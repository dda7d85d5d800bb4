use chrono::{DateTime, Utc};
use sea_orm::{Condition, DeriveActiveEnum, EnumIter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::state::FundingState;
use crate::{
    auth::policy::Resource,
    id::{ConsortiumId, FundingApplicationId, OrganisationId, ProjectId, TenantId},
    tenancy::{
        Admission, Lasts, Placed, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
};

/// What kind of body gives the money.
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
pub enum FunderKind {
    /// Of the state, such as a directorate or a council for culture.
    NationalAgency,
    Eu,
    Foundation,
    Municipality,
    /// A county or a region.
    County,
    Company,
    /// What the library itself, or whoever keeps it, puts in.
    OwnMeans,
    Other,
}

/// A currency, by ISO 4217. All of these have minor units of a hundredth but ISK, which has none: there the unit is a króna.
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
#[serde(rename_all = "UPPERCASE")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")]
pub enum Currency {
    Nok,
    Sek,
    Dkk,
    Eur,
    Isk,
    Gbp,
    Usd,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_application")]
pub struct Model {
    /// Who applies.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FundingApplicationId,
    /// Another library's, where that leads it: it may be gone one day, and this stands on.
    pub project_id: ProjectId,
    /// The project's, as it was when it was last said who sees this.
    pub consortium_id: Option<ConsortiumId>,
    /// Of that consortium.
    pub organisation_id: Option<OrganisationId>,
    pub funder: String,
    pub funder_kind: FunderKind,
    pub programme: Option<String>,
    pub link: Option<String>,
    pub currency: Currency,
    pub applied_minor: i64,
    pub granted_minor: Option<i64>,
    pub state: FundingState,
    /// A day, as are the three after it.
    pub applied_on: Option<String>,
    pub decided_on: Option<String>,
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    pub visibility: Visibility,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub stood: Option<Stood>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The membership's column that bounds what projects a consortium gets, and what belongs to them.
const CAP: &str = "cap_projects";

const PLACED: Placed<Column> =
    Placed { tenant: Column::TenantId, consortium: Column::ConsortiumId, visibility: Column::Visibility };

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Funding;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Own, public, or shared in its consortium by a library that shares projects there.
    fn readable(reach: &Reach) -> Condition {
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(Column::Visibility.eq(Visibility::Public))
            .add(reach.shared_at(PLACED, CAP))
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.id.0,
            consortium: row.consortium_id,
            visibility: row.visibility,
            version: row.version,
        }
    }

    fn lasts(row: &Model) -> Option<Lasts<'_>> {
        Some(Lasts {
            now: Standing::placed(row.state.to_value(), row.visibility, row.consortium_id),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    /// Those of the consortium, and public ones of none, as projects are.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach.let_in_at(PLACED, CAP, consortium)
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility)
    }
}
