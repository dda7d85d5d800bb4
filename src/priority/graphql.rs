use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    ballot::{self, Ballot, NewBallot},
    compare::{self, PriorityComparison},
    proposal::{self, NewPriorityProposal, PriorityProposal, PriorityProposalChange, PriorityProposalFilter},
    round::{
        self, NewPriorityRound, PriorityMove, PriorityRound, PriorityRoundChange, PriorityRoundFilter,
        RecordedResult,
    },
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, ProposalId, RoundId},
};

#[derive(Default)]
pub struct PriorityQuery;

#[Object]
impl PriorityQuery {
    /// Priority rounds of the caller's consortia, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn priority_rounds(
        &self,
        ctx: &Context<'_>,
        filter: Option<PriorityRoundFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, PriorityRound>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(round::service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One round. Before it is published it tells of the vote how many have voted, and nothing else.
    async fn priority_round(&self, ctx: &Context<'_>, id: RoundId) -> Result<PriorityRound> {
        Ok(round::service::view(scope(ctx)?, id).await?)
    }

    /// The proposals of a round, oldest first; how each came out, when the round is published.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn priority_proposals(
        &self,
        ctx: &Context<'_>,
        round_id: RoundId,
        filter: Option<PriorityProposalFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, PriorityProposal>> {
        let (page, filter) = (page_args(first, after.clone())?, filter.unwrap_or_default());
        Ok(connection(proposal::service::list(scope(ctx)?, round_id, filter, page).await?, after))
    }

    /// The ballot of the caller's library. There is no way to another's.
    async fn my_ballot(&self, ctx: &Context<'_>, round_id: RoundId) -> Result<Ballot> {
        Ok(ballot::service::view(scope(ctx)?, round_id).await?)
    }

    /// A round beside an earlier one (the one that it follows when `earlierId` is left out): what was carried over,
    /// what was dropped, what is new.
    // Whole and bounded, as the figures are: it weighs as much as a page of twenty.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn compare_priority_rounds(
        &self,
        ctx: &Context<'_>,
        id: RoundId,
        earlier_id: Option<RoundId>,
    ) -> Result<PriorityComparison> {
        Ok(compare::compare(scope(ctx)?, id, earlier_id).await?)
    }
}

#[derive(Default)]
pub struct PriorityMutation;

#[Object]
impl PriorityMutation {
    /// Makes a round of a consortium, as a draft. For its coordinator.
    async fn create_priority_round(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: NewPriorityRound,
    ) -> Result<PriorityRound> {
        Ok(round::service::create(scope(ctx)?, consortium_id, input).await?)
    }

    /// Changes what a round asks and goes by, in its phases draft and proposing. For the coordinator.
    async fn change_priority_round(
        &self,
        ctx: &Context<'_>,
        id: RoundId,
        expected_version: i64,
        input: PriorityRoundChange,
    ) -> Result<PriorityRound> {
        Ok(round::service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Moves a round to its next phase: draft, proposing, voting, closed, published. Publishing a vote counts it. A
    /// recorded round has no vote, and is closed by `recordPriorityResult`. For the coordinator.
    async fn move_priority_round(
        &self,
        ctx: &Context<'_>,
        id: RoundId,
        expected_version: i64,
        input: PriorityMove,
    ) -> Result<PriorityRound> {
        Ok(round::service::advance(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Writes down what a recorded round came to, and closes it; may be put right until it is published. For the
    /// coordinator.
    async fn record_priority_result(
        &self,
        ctx: &Context<'_>,
        id: RoundId,
        expected_version: i64,
        input: RecordedResult,
    ) -> Result<PriorityRound> {
        Ok(round::service::record(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Proposes an area while the round is in its phase proposing; the coordinator may in the draft too.
    async fn create_priority_proposal(
        &self,
        ctx: &Context<'_>,
        round_id: RoundId,
        input: NewPriorityProposal,
    ) -> Result<PriorityProposal> {
        Ok(proposal::service::create(scope(ctx)?, round_id, input).await?)
    }

    /// Changes a proposal, withdraws it or brings it back, before the vote. For who made it, and the coordinator.
    async fn change_priority_proposal(
        &self,
        ctx: &Context<'_>,
        id: ProposalId,
        expected_version: i64,
        input: PriorityProposalChange,
    ) -> Result<PriorityProposal> {
        Ok(proposal::service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Casts the ballot of the caller's library, in the place of the one before: the last one counts. For members and
    /// coordinators, while the round is in its phase voting. Keep the answer: its receipt shows later that it was
    /// counted.
    async fn cast_ballot(&self, ctx: &Context<'_>, round_id: RoundId, input: NewBallot) -> Result<Ballot> {
        Ok(ballot::service::cast(scope(ctx)?, round_id, input).await?)
    }
}
