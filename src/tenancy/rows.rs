//! Which rows a caller may see and touch: the vocabulary in which each noun's `entity.rs` says it.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Lasts;
use crate::{auth::policy::Resource, id::ConsortiumId};

/// Who sees a row that a tenant owns.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    sea_orm::EnumIter,
    sea_orm::DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Visibility {
    /// Its own tenant; for everybody else it does not exist, not even in a count.
    #[default]
    Private,
    /// Its own tenant; others only inside audited releases, never a row, never a live count.
    Sealed,
    /// Active members of the consortia that its tenant shares this kind with.
    Consortium,
    /// Everybody.
    Public,
}

/// A tenant's part in a consortium.
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
    sea_orm::EnumIter,
    sea_orm::DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "MembershipRole")]
#[schema(as = MembershipRole)]
pub enum SeatRole {
    /// Invites, and leads meetings and rounds.
    Coordinator,
    Member,
    /// Reads what is shared; neither votes nor writes.
    Observer,
}

/// How far the caller's arm reaches: what a row rule is asked with.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    pub me: Uuid,
    pub operator: bool,
    /// Counting the ballots of a closed round.
    pub tally: bool,
    /// False only in a test that takes this wall down.
    pub(super) rules: bool,
    /// A fault that a test has planted in one rule.
    #[cfg(debug_assertions)]
    pub(super) mutant: Option<&'static super::mutant::Mutant>,
}

/// Who may add a row.
#[derive(Clone, Copy, Debug)]
pub enum Admission {
    /// The owner column is stamped with the caller's tenant.
    Own,
    /// The owner column names a consortium in which the caller has a seat of one of these kinds.
    Seat(&'static [SeatRole]),
    /// A consortium's by who has a seat of one of these kinds there; whoever names none proposes to everybody.
    Proposed(&'static [SeatRole]),
    /// The node's operator, or a coordinator of the consortium that the owner column names.
    OperatorOrCoordinator,
    /// The node's operator, for any owner; others for their own tenant.
    OperatorOrOwn,
    /// The node's operator.
    Operator,
}

/// What the event and the audit say about a row.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub id: Uuid,
    pub consortium: Option<ConsortiumId>,
    pub visibility: Visibility,
    pub version: i64,
}

/// An entity behind the door.
pub trait TenantRows: EntityTrait {
    const RESOURCE: Resource;
    /// The column that names the owning tenant or consortium.
    const OWNER: Self::Column;
    /// The column that is the row's address.
    const ID: Self::Column;
    const ADMISSION: Admission;
    /// False for rows that only accompany another row, which tells of both.
    const TOLD: bool = true;
    /// False for rows whose version and times are not their own, such as the history of another row.
    const STAMPED: bool = true;

    /// Rows that the caller may see.
    fn readable(reach: &Reach) -> Condition;
    /// Rows that the caller may change or remove, among those that it may see.
    fn writable(reach: &Reach) -> Condition;
    fn subject(row: &Self::Model) -> Subject;

    /// Of rows with `stood`: how it stands, and stood.
    fn lasts(_row: &Self::Model) -> Option<Lasts<'_>> {
        None
    }
}

/// An entity whose rows a consortium counts: the rows that are shared *in* one consortium, the same for every
/// member who asks.
pub trait SharedRows: TenantRows {
    fn shared(consortium: ConsortiumId, reach: &Reach) -> Condition;

    /// The rows that everybody on the node may read, for figures of the whole node: the same whoever asks. Of what is a
    /// consortium's alone, none.
    fn open(_reach: &Reach) -> Condition {
        none()
    }
}

/// An entity that everybody who signed in may read whole: the directory, the registers, the concept scheme.
pub trait OpenRows: TenantRows {}

/// Every row.
pub fn all() -> Condition {
    Condition::all().add(Expr::val(1).eq(1))
}

/// No row.
pub fn none() -> Condition {
    Condition::all().add(Expr::val(1).eq(0))
}

/// Rows that everybody may read, whoever they are for.
pub fn public<C: ColumnTrait>(visibility: C) -> Condition {
    Condition::all().add(visibility.eq(Visibility::Public))
}

/// Where three columns stand in a row that names the consortium that it is for.
#[derive(Clone, Copy, Debug)]
pub struct Placed<C> {
    pub tenant: C,
    pub consortium: C,
    pub visibility: C,
}

impl Reach {
    /// Rows whose `owner` is the caller's tenant.
    pub fn own<C: ColumnTrait>(&self, owner: C) -> Condition {
        Condition::all().add(owner.eq(self.me))
    }

    /// The consortia in which the caller has a seat of one of these kinds (all kinds when empty).
    pub fn seats(&self, roles: &[SeatRole]) -> SelectStatement {
        let seat = "seat";
        let mut query = Query::select();
        query
            .column((seat, "consortium_id"))
            .from(seat)
            .and_where(Expr::col((seat, "tenant_id")).eq(self.me));
        if !roles.is_empty() {
            query.and_where(Expr::col((seat, "role")).is_in(roles.iter().map(|r| r.word())));
        }
        query
    }

    /// Rows whose `consortium` is one of the caller's.
    pub fn seated<C: ColumnTrait>(&self, consortium: C, roles: &[SeatRole]) -> Condition {
        Condition::all().add(consortium.in_subquery(self.seats(roles)))
    }

    /// Pairs (consortium, tenant) of the members that share this kind of row fully: `cap` is the membership's column.
    pub fn sharers(&self, cap: &'static str) -> SelectStatement {
        let membership = "membership";
        let mut query = Query::select();
        query
            .column((membership, "consortium_id"))
            .column((membership, "tenant_id"))
            .from(membership)
            .and_where(Expr::col((membership, "status")).eq("active"))
            .and_where(Expr::col((membership, cap)).eq("full"))
            .and_where(Expr::col((membership, "consortium_id")).in_subquery(self.seats(&[])));
        query
    }

    /// Rows that are shared in the consortium that they are for, by a tenant that shares this kind of row there.
    pub fn shared_at<C: ColumnTrait>(&self, row: Placed<C>, cap: &'static str) -> Condition {
        let place = [row.consortium, row.tenant].map(|column| Expr::col(column.as_column_ref()));
        Condition::all()
            .add(row.visibility.eq(Visibility::Consortium))
            .add(Expr::tuple(place).in_subquery(self.sharers(cap)))
    }

    /// What members let into a consortium of rows that are for one: those that are for it, and public ones that are for none.
    pub fn let_in_at<C: ColumnTrait>(
        &self,
        row: Placed<C>,
        cap: &'static str,
        consortium: ConsortiumId,
    ) -> Condition {
        let open = public(row.visibility).add(row.consortium.is_null());
        let here = Condition::any().add(row.consortium.eq(consortium)).add(open);
        self.let_in(row.tenant, row.visibility, cap, consortium).add(here)
    }

    /// What members let into a consortium: the smaller of the row's visibility and the membership's cap.
    pub fn let_in<C: ColumnTrait>(
        &self,
        tenant: C,
        visibility: C,
        cap: &'static str,
        consortium: ConsortiumId,
    ) -> Condition {
        Condition::all()
            .add(visibility.is_in([Visibility::Consortium, Visibility::Public]))
            .add(tenant.in_subquery(self.sharing_tenants(cap, Some(consortium))))
    }

    /// The ids of rows that are shared in a consortium, for what is counted only with them.
    pub fn let_in_ids<E: SharedRows>(&self, consortium: ConsortiumId) -> SelectStatement {
        ids::<E>(E::shared(consortium, self))
    }

    /// The ids of rows that everybody may read, for what is counted only with them.
    pub fn open_ids<E: SharedRows>(&self) -> SelectStatement {
        ids::<E>(E::open(self))
    }

    /// Tenants that share this kind of row fully in any consortium of the caller's, or in one.
    pub fn sharing_tenants(&self, cap: &'static str, consortium: Option<ConsortiumId>) -> SelectStatement {
        let membership = "membership";
        let mut query = Query::select();
        query
            .column((membership, "tenant_id"))
            .from(membership)
            .and_where(Expr::col((membership, "status")).eq("active"))
            .and_where(Expr::col((membership, cap)).eq("full"))
            .and_where(Expr::col((membership, "consortium_id")).in_subquery(self.seats(&[])));
        if let Some(consortium) = consortium {
            query.and_where(Expr::col((membership, "consortium_id")).eq(consortium.0));
        }
        query
    }
}

fn ids<E: SharedRows>(rule: Condition) -> SelectStatement {
    let mut query = Query::select();
    query.column((E::default(), E::ID)).from(E::default().table_ref()).cond_where(rule);
    query
}

impl SeatRole {
    pub fn word(self) -> &'static str {
        match self {
            SeatRole::Coordinator => "coordinator",
            SeatRole::Member => "member",
            SeatRole::Observer => "observer",
        }
    }
}
