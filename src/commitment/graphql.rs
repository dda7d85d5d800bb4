use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    Commitment, CommitmentChange, CommitmentFilter, CommitmentStep, FollowUp, NewCommitment, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::CommitmentId,
};

#[derive(Default)]
pub struct CommitmentQuery;

#[Object]
impl CommitmentQuery {
    /// Commitments that the caller may see, its own and others', oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn commitments(
        &self,
        ctx: &Context<'_>,
        filter: Option<CommitmentFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Commitment>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One commitment.
    async fn commitment(&self, ctx: &Context<'_>, id: CommitmentId) -> Result<Commitment> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// What came of a commitment, first step first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn commitment_steps(
        &self,
        ctx: &Context<'_>,
        id: CommitmentId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, CommitmentStep>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::steps(scope(ctx)?, id, page).await?, after))
    }
}

#[derive(Default)]
pub struct CommitmentMutation;

#[Object]
impl CommitmentMutation {
    /// Makes a commitment of the caller's library. The libraries that it is made with see it from then on.
    async fn create_commitment(&self, ctx: &Context<'_>, input: NewCommitment) -> Result<Commitment> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a commitment of the caller's library.
    async fn change_commitment(
        &self,
        ctx: &Context<'_>,
        id: CommitmentId,
        expected_version: i64,
        input: CommitmentChange,
    ) -> Result<Commitment> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Says what came of a commitment of the caller's library: done, dropped, moved to another day, or open still.
    async fn follow_up_commitment(
        &self,
        ctx: &Context<'_>,
        id: CommitmentId,
        expected_version: i64,
        input: FollowUp,
    ) -> Result<Commitment> {
        Ok(service::follow_up(scope(ctx)?, id, expected_version, input).await?)
    }
}
