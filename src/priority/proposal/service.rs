use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    ActiveModel, Column, Entity, MAX_PROPOSALS, Model, NewPriorityProposal, PriorityProposal,
    PriorityProposalChange, PriorityProposalFilter,
};
use crate::{
    concept::{
        known,
        seen::{Seen, seen},
    },
    error::{Code, Error, Result, Violations},
    id::{ConceptId, ConsortiumId, ProposalId, RoundId},
    page::{Page, PageArgs},
    priority::{
        hold, only_in,
        result::PriorityResult,
        round::{self, Phase},
    },
    registry::tenant,
    tenancy::{SeatRole, TenantScope, TenantTx, Turn, of},
    text::{self, Text},
};

/// The proposals of a round, oldest first.
pub async fn list(
    scope: &TenantScope,
    round: RoundId,
    filter: PriorityProposalFilter,
    page: PageArgs,
) -> Result<Page<PriorityProposal>> {
    let wish = scope.page(&page, format_args!("priorityProposals {round} {filter:?}"))?;
    let after =
        wish.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| Error::new(Code::BadCursor))?;
    let tx = scope.read().await?;
    let result = round::service::load(scope, &tx, round).await?.result;
    let mut condition = Condition::all()
        .add(Column::RoundId.eq(round))
        .add_option(filter.withdrawn.map(|withdrawn| Column::Withdrawn.eq(withdrawn)))
        .add_option(filter.proposer_id.map(|id| Column::ProposerId.eq(id)));
    if let Some(chosen) = filter.chosen {
        let standings = result.iter().flat_map(|result| &result.standings);
        let these: Vec<_> = standings.filter(|s| s.chosen == chosen).map(|s| s.proposal_id).collect();
        condition = condition.add(Column::Id.is_in(these));
    }
    let rows = ask(&tx, condition, after, u64::from(wish.first) + 1).await?;
    let page = Page::of(rows, &wish, |row| row.proposal.id.to_string());
    let seen = seen(&tx, page.items.iter().filter_map(|row| row.proposal.concept_id)).await?;
    Ok(page.map(|row| shape(scope, row, result.as_ref(), &seen)))
}

/// Proposes an area, in the name of the caller's library.
pub async fn create(
    scope: &TenantScope,
    round: RoundId,
    input: NewPriorityProposal,
) -> Result<PriorityProposal> {
    let title = text::given("title", &input.title, 300)?;
    let reason = input.reason.as_deref().map(|text| text::given("reason", text, 4_000)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("createPriorityProposal", (round, input), move |tx, (round, input)| {
            Box::pin(async move {
                let consortium = tx.get::<round::Entity>(round.0).await?.consortium_id;
                let seat = part(tx, consortium).await?;
                proposing(tx, round, seat).await?;
                let before = tx.find::<Entity>()?.filter(Column::RoundId.eq(round)).all().await?;
                if before.len() >= MAX_PROPOSALS {
                    let max = MAX_PROPOSALS.to_string();
                    return Err(Error::new(Code::Conflict).field_with("", "too_many", &[("max", &max)]));
                }
                let mut violations = Violations::default();
                concept(tx, input.concept_id, &mut violations).await?;
                let earlier = earlier(tx, consortium, round, input.carried_from_id, &mut violations).await?;
                violations.done()?;
                let id = ProposalId::new();
                tx.insert(ActiveModel {
                    consortium_id: Set(consortium),
                    id: Set(id),
                    round_id: Set(round),
                    proposer_id: Set(tx.me()),
                    title: Set(title),
                    reason: Set(reason),
                    concept_id: Set(input.concept_id),
                    carried_from: Set(input.carried_from_id),
                    lineage: Set(earlier.map_or(id, |earlier| earlier.lineage)),
                    tentative: Set(input.tentative),
                    withdrawn: Set(false),
                    ..Default::default()
                })
                .await?;
                shown(&scope_in, tx, id).await
            })
        })
        .await
}

/// Changes a proposal, or withdraws it. By who proposed it, or a coordinator.
pub async fn change(
    scope: &TenantScope,
    id: ProposalId,
    expected: i64,
    input: PriorityProposalChange,
) -> Result<PriorityProposal> {
    let title = input.title.as_deref().map(|text| text::given("title", text, 300)).transpose()?;
    let reason = input.reason.as_deref().map(|text| text::given("reason", text, 4_000)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changePriorityProposal", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let seat = part(tx, row.consortium_id).await?;
                if seat != SeatRole::Coordinator && row.proposer_id != tx.me() {
                    return Err(Error::new(Code::Forbidden));
                }
                proposing(tx, row.round_id, seat).await?;
                let row = tx.get::<Entity>(id.0).await?;
                let mut violations = Violations::default();
                let new_concept = input.concept_id.filter(|concept| Some(*concept) != row.concept_id);
                concept(tx, new_concept, &mut violations).await?;
                violations.done()?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    if let Some(title) = title {
                        row.title = Set(title);
                    }
                    if let Some(reason) = reason {
                        row.reason = Set(Some(reason));
                    }
                    if let Some(concept) = input.concept_id {
                        row.concept_id = Set(Some(concept));
                    }
                    if let Some(tentative) = input.tentative {
                        row.tentative = Set(tentative);
                    }
                    if let Some(withdrawn) = input.withdrawn {
                        row.withdrawn = Set(withdrawn);
                    }
                })
                .await?;
                shown(&scope_in, tx, id).await
            })
        })
        .await
}

/// The caller's seat, of those that take part.
async fn part(tx: &TenantTx, consortium: ConsortiumId) -> Result<SeatRole> {
    match tx.seat(consortium).await? {
        seat @ (SeatRole::Coordinator | SeatRole::Member) => Ok(seat),
        SeatRole::Observer => Err(Error::new(Code::Forbidden)),
    }
}

/// Holds the round, in a phase in which this seat proposes.
async fn proposing(tx: &TenantTx, round: RoundId, seat: SeatRole) -> Result<()> {
    let round = hold(tx, round, Turn::Alone).await?;
    let phases: &[Phase] = match seat {
        SeatRole::Coordinator => &[Phase::Draft, Phase::Proposing],
        SeatRole::Member | SeatRole::Observer => &[Phase::Proposing],
    };
    only_in(round.phase, phases)
}

async fn concept(tx: &TenantTx, id: Option<ConceptId>, violations: &mut Violations) -> Result<()> {
    let named: Vec<_> = id.map(|id| ("conceptId".to_owned(), id)).into_iter().collect();
    known::check(tx, &named, violations).await
}

/// A proposal of an earlier round of the same consortium. It was there before: lines have a beginning and no circle.
async fn earlier(
    tx: &TenantTx,
    consortium: ConsortiumId,
    round: RoundId,
    id: Option<ProposalId>,
    violations: &mut Violations,
) -> Result<Option<Model>> {
    let Some(id) = id else { return Ok(None) };
    let found = tx.find::<Entity>()?.filter(Column::Id.eq(id)).filter(Column::ConsortiumId.eq(consortium));
    // Ids are in the order of time.
    let found = found.filter(Column::RoundId.lt(round)).one().await?;
    if found.is_none() {
        violations.add("carriedFromId", "unknown_earlier_proposal");
    }
    Ok(found)
}

#[derive(Clone)]
pub(in crate::priority) struct Row {
    pub proposal: Model,
    name: Text,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { proposal: Model::from_query_result(row, "p_")?, name: row.try_get("", "name")? })
    }
}

/// Proposals with the names of those who made them.
pub(in crate::priority) async fn ask(
    tx: &TenantTx,
    condition: Condition,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Row>> {
    let named = of("t", tenant::Column::Id).eq(of("p", Column::ProposerId));
    let question = tx
        .question()
        .from_part::<Entity>("p", condition, Column::Id, after.map(Expr::val), limit)
        .join::<tenant::Entity>("t", named)
        .take_all::<Entity>("p", "p_")
        .take(of("t", tenant::Column::Names), "name")
        .order_by(of("p", Column::Id), Order::Asc);
    tx.answer(question).await
}

/// One as it was just written: in a phase in which there is no result.
async fn shown(scope: &TenantScope, tx: &TenantTx, id: ProposalId) -> Result<PriorityProposal> {
    let row = ask(tx, Condition::all().add(Column::Id.eq(id)), None, 1).await?.pop();
    let row = row.ok_or_else(Error::not_found)?;
    let seen = seen(tx, row.proposal.concept_id).await?;
    Ok(shape(scope, row, None, &seen))
}

pub(in crate::priority) fn shape(
    scope: &TenantScope,
    row: Row,
    result: Option<&PriorityResult>,
    seen: &Seen,
) -> PriorityProposal {
    let Row { proposal, name } = row;
    let mut standings = result.into_iter().flat_map(|result| &result.standings);
    PriorityProposal {
        id: proposal.id,
        round_id: proposal.round_id,
        proposer_id: proposal.proposer_id,
        proposer_name: scope.say(&name),
        title: scope.say(&proposal.title),
        reason: proposal.reason.as_ref().map(|text| scope.say(text)),
        concept_id: seen.one(proposal.concept_id),
        carried_from_id: proposal.carried_from,
        tentative: proposal.tentative,
        withdrawn: proposal.withdrawn,
        standing: standings.find(|s| s.proposal_id == proposal.id).cloned(),
        version: proposal.version,
    }
}
