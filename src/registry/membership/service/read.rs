use sea_orm::{ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult, sea_query::ExprTrait};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    id::{ConsortiumId, MembershipId, TenantId},
    page::{Page, PageArgs, Wish},
    registry::{
        consortium,
        membership::{Membership, MembershipFilter, MembershipStatus, Sharing, entity},
        tenant,
    },
    tenancy::{TenantScope, TenantTx, of},
    text::Text,
};
use entity::{Column, Entity, Model};

/// A membership with the names of both sides.
struct Row {
    membership: Model,
    tenant: Text,
    /// None where the consortium is not (or no longer) the caller's to see.
    consortium: Option<Text>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> std::result::Result<Self, DbErr> {
        Ok(Self {
            membership: Model::from_query_result(row, "m_")?,
            tenant: row.try_get("", "tenant_names")?,
            consortium: row.try_get("", "consortium_names")?,
        })
    }
}

/// Members of a consortium and those that it has invited, in the order of invitation.
pub async fn list(
    scope: &TenantScope,
    id: ConsortiumId,
    filter: MembershipFilter,
    page: PageArgs,
) -> Result<Page<Membership>> {
    let wish = scope.page(&page, format_args!("memberships {id} {filter:?}"))?;
    let tx = scope.read().await?;
    let rows = ask(&tx, narrowed(filter).add(Column::ConsortiumId.eq(id)), &wish).await?;
    // A row comes with its consortium, or is the caller's own of a consortium that it no longer sees.
    if rows.first().is_none_or(|row| row.consortium.is_none()) {
        tx.get::<consortium::Entity>(id.0).await?;
    }
    Ok(paged(scope, rows, &wish))
}

/// The caller's own memberships and invitations, in every consortium.
pub async fn mine(scope: &TenantScope, filter: MembershipFilter, page: PageArgs) -> Result<Page<Membership>> {
    let wish = scope.page(&page, format_args!("myMemberships {filter:?}"))?;
    let tx = scope.read().await?;
    let rows = ask(&tx, narrowed(filter).add(Column::TenantId.eq(tx.me())), &wish).await?;
    Ok(paged(scope, rows, &wish))
}

pub async fn view(scope: &TenantScope, id: MembershipId) -> Result<Membership> {
    let tx = scope.read().await?;
    shown(scope, &tx, id).await
}

/// The membership as it is served.
pub(super) async fn shown(scope: &TenantScope, tx: &TenantTx, id: MembershipId) -> Result<Membership> {
    let rows = question(tx, Condition::all().add(Column::Id.eq(id)), None, 1).await?;
    rows.into_iter().next().map(|row| shape(scope, row)).ok_or_else(Error::not_found)
}

/// The tenants among these that are active members: for what a caller names in an input.
pub async fn active(
    tx: &TenantTx,
    id: ConsortiumId,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<Vec<TenantId>> {
    let rows = tx
        .find::<Entity>()?
        .filter(Column::ConsortiumId.eq(id))
        .filter(Column::Status.eq(MembershipStatus::Active))
        .filter(Column::TenantId.is_in(tenants))
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| row.tenant_id).collect())
}

fn narrowed(filter: MembershipFilter) -> Condition {
    Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.role.map(|role| Column::Role.eq(role)))
}

async fn ask(tx: &TenantTx, condition: Condition, wish: &Wish) -> Result<Vec<Row>> {
    let after = wish
        .after
        .as_deref()
        .map(|after| Uuid::parse_str(after).map_err(|_| Error::new(Code::BadCursor)))
        .transpose()?;
    question(tx, condition, after, u64::from(wish.first) + 1).await
}

async fn question(tx: &TenantTx, condition: Condition, after: Option<Uuid>, limit: u64) -> Result<Vec<Row>> {
    let question = tx
        .question()
        .from_part::<Entity>("m", condition, Column::Id, after.map(Into::into), limit)
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("m", Column::TenantId)))
        .left_join::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("m", Column::ConsortiumId)),
        )
        .take_all::<Entity>("m", "m_")
        .take(of("t", tenant::Column::Names), "tenant_names")
        .take(of("c", consortium::Column::Names), "consortium_names")
        .order_by(of("m", Column::Id), Order::Asc);
    tx.answer(question).await
}

fn paged(scope: &TenantScope, rows: Vec<Row>, wish: &Wish) -> Page<Membership> {
    Page::of(rows, wish, |row| row.membership.id.to_string()).map(|row| shape(scope, row))
}

fn shape(scope: &TenantScope, row: Row) -> Membership {
    let Row { membership, tenant, consortium } = row;
    Membership {
        id: membership.id,
        consortium_id: membership.consortium_id,
        consortium_name: consortium.map(|names| scope.say(&names)),
        tenant_id: membership.tenant_id,
        tenant_name: scope.say(&tenant),
        role: membership.role,
        status: membership.status,
        sharing: Sharing {
            competences: membership.cap_competences,
            statements: membership.cap_statements,
            projects: membership.cap_projects,
            priorities: membership.cap_priorities,
            activities: membership.cap_activities,
        },
        joined_at: membership.joined_at,
        left_at: membership.left_at,
        version: membership.version,
    }
}
