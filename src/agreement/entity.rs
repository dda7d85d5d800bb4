use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    Condition, DeriveActiveEnum, EnumIter,
    entity::prelude::*,
    sea_query::{Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::seat;
use crate::{
    auth::policy::Resource,
    id::{AgreementId, ConsortiumId, TenantId},
    tenancy::{
        Admission, Lasts, Placed, Reach, SharedRows, Standing, Stood, Subject, TenantRows, Visibility, public,
    },
};

/// How far an agreement has come.
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
pub enum AgreementState {
    /// Being written; its writer alone sees it.
    Draft,
    /// To be signed by its parties, who see it.
    Proposed,
    /// A party said no; its writer may change it and propose it again.
    Declined,
    /// Every library that is a party has signed.
    InForce,
    /// Was in force, and its last day is over.
    Ended,
    /// Was in force, until a party said that it is no more.
    Terminated,
}

impl AgreementState {
    pub fn word(self) -> &'static str {
        match self {
            AgreementState::Draft => "draft",
            AgreementState::Proposed => "proposed",
            AgreementState::Declined => "declined",
            AgreementState::InForce => "in_force",
            AgreementState::Ended => "ended",
            AgreementState::Terminated => "terminated",
        }
    }

    /// As it is on a day: that the last one is over is nowhere kept.
    pub fn on(self, day: NaiveDate, last: Option<NaiveDate>) -> Self {
        match self {
            AgreementState::InForce if last.is_some_and(|last| last < day) => AgreementState::Ended,
            other => other,
        }
    }
}

/// Where an agreement stands. Its parties bring that about; what it says is in [`super::wording`], and its writer's alone.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    /// Who writes it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgreementId,
    /// Never [`AgreementState::Ended`].
    pub state: AgreementState,
    /// The party that declined or terminated it.
    pub decided_by: Option<TenantId>,
    pub decided_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub reason_lang: Option<String>,
    pub consortium_id: Option<ConsortiumId>,
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

/// The membership's column that bounds what projects a consortium gets, and what was agreed on for them.
const CAP: &str = "cap_projects";

const PLACED: Placed<Column> =
    Placed { tenant: Column::TenantId, consortium: Column::ConsortiumId, visibility: Column::Visibility };

/// What others than its parties may see: it came to something.
const TOLD: [AgreementState; 2] = [AgreementState::InForce, AgreementState::Terminated];

/// The agreements that the caller's library is a party of, and that are no drafts any more.
fn proposed_to(reach: &Reach) -> Condition {
    let seats = Query::select()
        .column((seat::Entity, seat::Column::AgreementId))
        .from(seat::Entity)
        .and_where(seat::Column::PartyId.eq(reach.me))
        .to_owned();
    Condition::all().add(Column::State.ne(AgreementState::Draft)).add(Column::Id.in_subquery(seats))
}

/// The ids of the agreements that somebody sees, for what is shown only with them.
pub(super) fn seen(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(<Entity as TenantRows>::readable(reach))
        .to_owned()
}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Agreement;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::Own;

    /// Own; a party's once it is proposed; and once it was in force public, or shared in the agreement's consortium by a library
    /// that shares projects there.
    fn readable(reach: &Reach) -> Condition {
        let shown = Condition::any().add(public(Column::Visibility)).add(reach.shared_at(PLACED, CAP));
        Condition::any()
            .add(reach.own(Column::TenantId))
            .add(proposed_to(reach))
            .add(Condition::all().add(Column::State.is_in(TOLD)).add(shown))
    }

    /// Its writer, and its parties, who sign, decline and terminate.
    fn writable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(proposed_to(reach))
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
        let told = TOLD.contains(&row.state);
        Some(Lasts {
            now: Standing::placed(row.state.to_value(), row.visibility, row.consortium_id).filter(|_| told),
            stood: row.stood.as_ref(),
            since: row.created_at,
        })
    }
}

impl SharedRows for Entity {
    /// What came to something and is shared in the consortium, by a library that shares its projects there: the consortium's own, and
    /// public ones of none.
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition {
        reach.let_in_at(PLACED, CAP, consortium).add(Column::State.is_in(TOLD))
    }

    fn open(_: &Reach) -> Condition {
        public(Column::Visibility).add(Column::State.is_in(TOLD))
    }
}
