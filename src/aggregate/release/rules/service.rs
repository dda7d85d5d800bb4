use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, Order};

use super::{
    Column, Entity, ReleaseRules, ReleaseRulesProposal, Rules, RulesState,
    entity::{ActiveModel, Model, VOTERS},
    vote,
};
use crate::{
    aggregate::words,
    error::{Code, Error, Result},
    id::{ConsortiumId, ReleaseRulesId, RowId, TenantId},
    page::{Page, PageArgs},
    registry::membership::{self, MembershipStatus},
    tenancy::{SeatRole, TenantScope, TenantTx, Turn},
    when,
};

/// What a member is told of what releases do not guard against.
const LIMITS: [&str; 5] =
    ["limit.coalition", "limit.elsewhere", "limit.operator", "limit.participation", "limit.consortium"];

/// The rules in force, and what they do not guard against. For those who have a seat.
pub async fn view(scope: &TenantScope, consortium: ConsortiumId) -> Result<ReleaseRules> {
    let tx = scope.read().await?;
    tx.seat(consortium).await?;
    let rules = in_force(&tx, consortium).await?;
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
    let rows = tx.find::<Entity>()?.filter(Column::ConsortiumId.eq(consortium)).page(&wish).await?;
    if rows.is_empty() {
        tx.seat(consortium).await?;
    }
    let count = Count::of(&tx, consortium, rows.iter().map(|row| row.id).collect()).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| count.shape(tx.me(), row)))
}

pub async fn proposal(scope: &TenantScope, id: ReleaseRulesId) -> Result<ReleaseRulesProposal> {
    load(&scope.read().await?, id).await
}

async fn load(tx: &TenantTx, id: ReleaseRulesId) -> Result<ReleaseRulesProposal> {
    let row = tx.get::<Entity>(id.0).await?;
    let count = Count::of(tx, row.consortium_id, vec![id]).await?;
    Ok(count.shape(tx.me(), row))
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
    let count = Count::of(tx, row.consortium_id, vec![row.id]).await?;
    if 2 * count.yes(row.id).len() <= count.members.len() {
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

/// Who may say yes today, and who has.
struct Count {
    members: BTreeSet<TenantId>,
    said: BTreeMap<ReleaseRulesId, BTreeSet<TenantId>>,
}

impl Count {
    async fn of(tx: &TenantTx, consortium: ConsortiumId, ids: Vec<ReleaseRulesId>) -> Result<Self> {
        let active = tx
            .find::<membership::Entity>()?
            .filter(membership::Column::ConsortiumId.eq(consortium))
            .filter(membership::Column::Status.eq(MembershipStatus::Active))
            .filter(membership::Column::Role.ne(SeatRole::Observer));
        let members: BTreeSet<TenantId> = active.all().await?.into_iter().map(|row| row.tenant_id).collect();
        let mut said: BTreeMap<ReleaseRulesId, BTreeSet<TenantId>> = BTreeMap::new();
        for row in tx.find::<vote::Entity>()?.filter(vote::Column::RulesId.is_in(ids)).all().await? {
            said.entry(row.rules_id).or_default().insert(row.tenant_id);
        }
        Ok(Self { members, said })
    }

    /// The yes of those who are members still.
    fn yes(&self, id: ReleaseRulesId) -> BTreeSet<TenantId> {
        self.said.get(&id).into_iter().flatten().filter(|tenant| self.members.contains(tenant)).copied().collect()
    }

    fn shape(&self, me: TenantId, row: Model) -> ReleaseRulesProposal {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        ReleaseRulesProposal {
            id: row.id,
            consortium_id: row.consortium_id,
            yes: count(self.yes(row.id).len()),
            members: count(self.members.len()),
            approved: self.said.get(&row.id).is_some_and(|said| said.contains(&me)),
            rules: row.rules,
            state: row.state,
            proposed_by_id: row.proposed_by,
            decided_at: row.decided_at,
            version: row.version,
        }
    }
}
