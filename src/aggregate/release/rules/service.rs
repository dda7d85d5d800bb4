use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{Expr, ExprTrait, IntoCondition, SimpleExpr},
};

use super::{
    Column, Entity, ReleaseRules, ReleaseRulesProposal, Rules, RulesState,
    entity::{ActiveModel, Model, VOTERS},
    vote,
};
use crate::{
    aggregate::words,
    auth::policy::Resource,
    error::{Code, Error, Result},
    id::{ConsortiumId, ReleaseRulesId, RowId},
    page::{Page, PageArgs},
    registry::membership::{self, MembershipStatus},
    tenancy::{SeatRole, TenantScope, TenantTx, Turn, of},
    when,
};

/// What a member is told of what releases do not guard against.
const LIMITS: [&str; 5] =
    ["limit.coalition", "limit.elsewhere", "limit.operator", "limit.participation", "limit.consortium"];

/// The rules in force, and what they do not guard against. For those who have a seat.
pub async fn view(scope: &TenantScope, consortium: ConsortiumId) -> Result<ReleaseRules> {
    let tx = scope.read().await?;
    let rules = in_force(&tx, consortium).await?;
    tx.seat(consortium).await?;
    let limits = LIMITS.iter().map(|key| words::word(key, scope.languages())).collect();
    Ok(ReleaseRules { limits, ..rules })
}

/// The rules in force: the last that were adopted, or the safe ones.
pub async fn in_force(tx: &TenantTx, consortium: ConsortiumId) -> Result<ReleaseRules> {
    let find = tx
        .find::<Entity>()?
        .filter(Column::ConsortiumId.eq(consortium))
        .filter(Column::State.eq(RulesState::Adopted))
        .order_by(Column::DecidedAt, Order::Desc)
        .limit(1);
    let adopted = find.one().await?;
    let since = adopted.as_ref().and_then(|row| row.decided_at);
    let rules = adopted.map(|row| row.rules).unwrap_or_default();
    Ok(ReleaseRules { consortium_id: consortium, rules, since, limits: Vec::new() })
}

/// What has been proposed in a consortium, oldest first. For those who have a seat.
pub async fn list(
    scope: &TenantScope,
    consortium: ConsortiumId,
    page: PageArgs,
) -> Result<Page<ReleaseRulesProposal>> {
    let wish = scope.page(&page, format_args!("releaseRulesProposals {consortium}"))?;
    let tx = scope.read().await?;
    let after = match &wish.after {
        Some(after) => {
            Some(after.parse::<ReleaseRulesId>().map_err(|_| Error::new(Code::BadCursor))?.0.into())
        }
        None => None,
    };
    let own = Column::ConsortiumId.eq(consortium).into_condition();
    let rows = counted(&tx, own, after, u64::from(wish.first) + 1).await?;
    if rows.is_empty() {
        tx.seat(consortium).await?;
    }
    Ok(Page::of(rows, &wish, |counted| counted.row.id.to_string()).map(shape))
}

pub async fn proposal(scope: &TenantScope, id: ReleaseRulesId) -> Result<ReleaseRulesProposal> {
    load(&scope.read().await?, id).await
}

async fn load(tx: &TenantTx, id: ReleaseRulesId) -> Result<ReleaseRulesProposal> {
    let found = counted(tx, Column::Id.eq(id).into_condition(), None, 1).await?.into_iter().next();
    Ok(shape(found.ok_or_else(|| tx.absent(Resource::ReleaseRules, id.0))?))
}

/// Proposes rules, and says yes to them. For members.
pub async fn propose(
    scope: &TenantScope,
    consortium: ConsortiumId,
    input: Rules,
) -> Result<ReleaseRulesProposal> {
    input.check()?;
    scope
        .write("proposeReleaseRules", (consortium, input), |tx, (consortium, rules)| {
            Box::pin(async move {
                tx.seat_as(consortium, VOTERS).await?;
                turn(tx, consortium).await?;
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(ReleaseRulesId::new()),
                        rules: Set(rules),
                        state: Set(RulesState::Proposed),
                        proposed_by: Set(tx.me()),
                        decided_at: Set(None),
                        ..Default::default()
                    })
                    .await?;
                let id = row.id;
                say_yes(tx, row).await?;
                load(tx, id).await
            })
        })
        .await
}

/// Says yes to proposed rules. With more than half of the members they are in force. For members; to say it twice is to say
/// it once.
pub async fn approve(scope: &TenantScope, id: ReleaseRulesId) -> Result<ReleaseRulesProposal> {
    scope
        .write("approveReleaseRules", id, |tx, id| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.seat_as(row.consortium_id, VOTERS).await?;
                turn(tx, row.consortium_id).await?;
                let row = tx.get::<Entity>(id.0).await?;
                if row.state != RulesState::Proposed {
                    return Err(Error::new(Code::Conflict));
                }
                say_yes(tx, row).await?;
                load(tx, id).await
            })
        })
        .await
}

/// One after the other: of two that come at once the second finds what the first has done.
async fn turn(tx: &TenantTx, consortium: ConsortiumId) -> Result<()> {
    tx.lock(&format!("release rules {consortium}"), Turn::Alone).await
}

async fn say_yes(tx: &TenantTx, row: Model) -> Result<()> {
    let said = tx
        .find::<vote::Entity>()?
        .filter(vote::Column::RulesId.eq(row.id))
        .filter(vote::Column::TenantId.eq(tx.me()));
    if said.one().await?.is_none() {
        tx.insert(vote::ActiveModel {
            tenant_id: Set(tx.me()),
            id: Set(RowId::new()),
            rules_id: Set(row.id),
            consortium_id: Set(row.consortium_id),
        })
        .await?;
    }
    let now = load(tx, row.id).await?;
    if 2 * now.yes <= now.members {
        return Ok(());
    }
    let (id, consortium, now) = (row.id, row.consortium_id, when::now());
    tx.change::<Entity>(row, None, |row| {
        row.state = Set(RulesState::Adopted);
        row.decided_at = Set(Some(now));
    })
    .await?;
    let others = Condition::all()
        .add(Column::ConsortiumId.eq(consortium))
        .add(Column::State.eq(RulesState::Proposed))
        .add(Column::Id.ne(id));
    let fallen = vec![(Column::State, "superseded".into()), (Column::DecidedAt, now.into())];
    tx.align::<Entity>(others, fallen).await
}

/// A proposal with how many may say yes today, and how many of those have.
struct Counted {
    row: Model,
    yes: i64,
    members: i64,
    mine: i64,
}

impl FromQueryResult for Counted {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "e_")?,
            yes: row.try_get("", "yes")?,
            members: row.try_get("", "members")?,
            mine: row.try_get("", "mine")?,
        })
    }
}

/// Proposals that meet a condition, in their order.
async fn counted(
    tx: &TenantTx,
    condition: Condition,
    after: Option<SimpleExpr>,
    limit: u64,
) -> Result<Vec<Counted>> {
    use membership::Column as M;
    let active = || {
        Condition::all()
            .add(Expr::col((membership::Entity, M::ConsortiumId)).eq(of("e", Column::ConsortiumId)))
            .add(M::Status.eq(MembershipStatus::Active))
            .add(M::Role.ne(SeatRole::Observer))
    };
    let said = Expr::col((vote::Entity, vote::Column::RulesId)).eq(of("e", Column::Id));
    let by_members = Condition::all()
        .add(said.clone())
        .add(vote::Column::TenantId.in_subquery(tx.among::<membership::Entity>(M::TenantId, active())?));
    let mine = Condition::all().add(said).add(vote::Column::TenantId.eq(tx.me()));
    let question = tx
        .question()
        .from_part::<Entity>("e", condition, Column::Id, after, limit)
        .take_all::<Entity>("e", "e_")
        .take(tx.count_of::<vote::Entity>(by_members)?, "yes")
        .take(tx.count_of::<membership::Entity>(active())?, "members")
        .take(tx.count_of::<vote::Entity>(mine)?, "mine")
        .order_by(of("e", Column::Id), Order::Asc);
    tx.answer(question).await
}

fn shape(counted: Counted) -> ReleaseRulesProposal {
    let Counted { row, yes, members, mine } = counted;
    ReleaseRulesProposal {
        id: row.id,
        consortium_id: row.consortium_id,
        yes,
        members,
        approved: mine > 0,
        rules: row.rules,
        state: row.state,
        proposed_by_id: row.proposed_by,
        decided_at: row.decided_at,
        version: row.version,
    }
}
