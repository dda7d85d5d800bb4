use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    id::{ConsortiumId, GroupId, TenantId},
    page::{Page, PageArgs},
    registry::{
        group::{Column, Entity, Group, GroupFilter, GroupMember, Model, member},
        membership::{self, MembershipStatus},
        tenant,
    },
    tenancy::{TenantScope, TenantTx, of},
    text::Text,
};

/// The groups of a consortium, oldest first.
pub async fn list(
    scope: &TenantScope,
    consortium: ConsortiumId,
    filter: GroupFilter,
    page: PageArgs,
) -> Result<Page<Group>> {
    let wish = scope.page(&page, format_args!("groups {consortium} {filter:?}"))?;
    let after =
        wish.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let tx = scope.read().await?;
    let mut condition = Condition::all()
        .add(Column::ConsortiumId.eq(consortium))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind)));
    if let Some(tenant) = filter.member_id {
        let its = tx.among::<member::Entity>(member::Column::GroupId, member::Column::TenantId.eq(tenant))?;
        condition = condition.add(Column::Id.in_subquery(its));
    }
    let found = ask(&tx, condition, after, u64::from(wish.first) + 1).await?;
    // A group is seen by nobody without a seat: only where there is none must be asked.
    if found.is_empty() {
        tx.seat(consortium).await?;
    }
    let page = Page::of(found, &wish, |found| found.group.id.to_string());
    Ok(page.map(|found| shape(scope, found)))
}

/// One group, with its members.
pub async fn view(scope: &TenantScope, id: GroupId) -> Result<Group> {
    let tx = scope.read().await?;
    load(scope, &tx, id).await
}

pub(super) async fn load(scope: &TenantScope, tx: &TenantTx, id: GroupId) -> Result<Group> {
    let found = ask(tx, Column::Id.eq(id).into_condition(), None, 1).await?.pop();
    found.map(|found| shape(scope, found)).ok_or_else(Error::not_found)
}

struct Found {
    group: Model,
    members: Vec<(TenantId, String, Text)>,
}

struct Row {
    group: Model,
    member: Option<(TenantId, String, Text)>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let id: Option<TenantId> = row.try_get("", "tenant_id")?;
        let member = match id {
            Some(id) => Some((id, row.try_get("", "slug")?, row.try_get("", "names")?)),
            None => None,
        };
        Ok(Self { group: Model::from_query_result(row, "g_")?, member })
    }
}

/// Groups with their members that are active in the consortium, in one question.
async fn ask(tx: &TenantTx, condition: Condition, after: Option<Uuid>, limit: u64) -> Result<Vec<Found>> {
    use member::Column as Part;
    use membership::Column as In;
    let of_group = Condition::all()
        .add(of("x", Part::GroupId).eq(of("g", Column::Id)))
        .add(of("x", Part::ConsortiumId).eq(of("g", Column::ConsortiumId)));
    let active = Condition::all()
        .add(of("m", In::ConsortiumId).eq(of("x", Part::ConsortiumId)))
        .add(of("m", In::TenantId).eq(of("x", Part::TenantId)))
        .add(of("m", In::Status).eq(MembershipStatus::Active.word()));
    let question = tx
        .question()
        .from_part::<Entity>("g", condition, Column::Id, after.map(Expr::val), limit)
        .left_join::<member::Entity>("x", of_group)
        .left_join::<membership::Entity>("m", active)
        .left_join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("m", In::TenantId)))
        .take_all::<Entity>("g", "g_")
        .take(of("t", tenant::Column::Id), "tenant_id")
        .take(of("t", tenant::Column::Slug), "slug")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("g", Column::Id), Order::Asc)
        .order_by(of("t", tenant::Column::Slug), Order::Asc);
    let mut out: Vec<Found> = Vec::new();
    for row in tx.answer::<Row>(question).await? {
        match out.last_mut().filter(|last| last.group.id == row.group.id) {
            Some(last) => last.members.extend(row.member),
            None => out.push(Found { group: row.group, members: row.member.into_iter().collect() }),
        }
    }
    Ok(out)
}

fn shape(scope: &TenantScope, found: Found) -> Group {
    let Found { group: row, members } = found;
    let member = |(tenant_id, slug, names): (TenantId, String, Text)| GroupMember {
        tenant_id,
        slug,
        name: scope.say(&names),
    };
    Group {
        id: row.id,
        consortium_id: row.consortium_id,
        name: scope.say(&row.names),
        kind: row.kind,
        mandate: row.mandate.as_ref().map(|text| scope.say(text)),
        matters: row.matters.0.iter().map(|text| scope.say(text)).collect(),
        starts: row.starts,
        ends: row.ends,
        members: members.into_iter().map(member).collect(),
        version: row.version,
    }
}
