use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    MadeReleases, NewRelease, Release, ReleaseCell, ReleaseCellFilter, ReleaseContribution, ReleaseDocument,
    ReleaseFilter, ReleaseWithdrawal,
    rules::{self, ReleaseRules, ReleaseRulesProposal, Rules},
    service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, ReleaseId, ReleaseRulesId},
};

#[derive(Default)]
pub struct ReleaseQuery;

#[Object]
impl ReleaseQuery {
    /// The rules that a consortium's figures are released by, and what releases do not guard against. For those who have a
    /// seat.
    async fn release_rules(&self, ctx: &Context<'_>, consortium_id: ConsortiumId) -> Result<ReleaseRules> {
        Ok(rules::service::view(scope(ctx)?, consortium_id).await?)
    }

    /// The rules that were proposed in a consortium, oldest first. For those who have a seat.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn release_rules_proposals(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, ReleaseRulesProposal>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(rules::service::list(scope(ctx)?, consortium_id, page).await?, after))
    }

    /// One proposal.
    async fn release_rules_proposal(
        &self,
        ctx: &Context<'_>,
        id: ReleaseRulesId,
    ) -> Result<ReleaseRulesProposal> {
        Ok(rules::service::proposal(scope(ctx)?, id).await?)
    }

    /// Releases to the caller's consortia and to the public, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn releases(
        &self,
        ctx: &Context<'_>,
        filter: Option<ReleaseFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Release>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One release; its figures are in `releaseCells`.
    async fn release(&self, ctx: &Context<'_>, id: ReleaseId) -> Result<Release> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// The figures of a release, by concept and then as its rules divide them. Exact or not there: what is left out is not 0.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn release_cells(
        &self,
        ctx: &Context<'_>,
        id: ReleaseId,
        filter: Option<ReleaseCellFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, ReleaseCell>> {
        let page = page_args(first, after.clone())?;
        let filter = filter.unwrap_or_default();
        Ok(connection(service::cells(scope(ctx)?, id, filter, page).await?, after))
    }

    /// A release as one document, signed by the node.
    async fn release_document(&self, ctx: &Context<'_>, id: ReleaseId) -> Result<ReleaseDocument> {
        Ok(service::document(scope(ctx)?, id).await?)
    }

    /// The values of the caller's library that went into releases, oldest first. Nobody else is shown them.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn release_contributions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, ReleaseContribution>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::contributions(scope(ctx)?, page).await?, after))
    }
}

#[derive(Default)]
pub struct ReleaseMutation;

#[Object]
impl ReleaseMutation {
    /// Proposes rules, and says yes to them. For members' editors.
    async fn propose_release_rules(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: Rules,
    ) -> Result<ReleaseRulesProposal> {
        Ok(rules::service::propose(scope(ctx)?, consortium_id, input).await?)
    }

    /// Says yes to proposed rules, once a library. With more than half of the members they are in force. For members' editors.
    async fn approve_release_rules(
        &self,
        ctx: &Context<'_>,
        id: ReleaseRulesId,
    ) -> Result<ReleaseRulesProposal> {
        Ok(rules::service::approve(scope(ctx)?, id).await?)
    }

    /// Makes the release of a period: to the members of the consortium, and then to the public where they have decided so. One
    /// a period. For the coordinator's editors.
    async fn make_release(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: NewRelease,
    ) -> Result<MadeReleases> {
        Ok(service::make(scope(ctx)?, consortium_id, input).await?)
    }

    /// Withdraws a release: its figures are served no more, and everybody who could read them is told why. For the
    /// coordinator's editors.
    async fn withdraw_release(
        &self,
        ctx: &Context<'_>,
        id: ReleaseId,
        expected_version: i64,
        input: ReleaseWithdrawal,
    ) -> Result<Release> {
        Ok(service::withdraw(scope(ctx)?, id, expected_version, input).await?)
    }
}
