use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Acceptance, CompetenceSighting, NewSighting, SightingFilter, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{SightingId, TenantId},
};

#[derive(Default)]
pub struct SightingQuery;

#[Object]
impl SightingQuery {
    /// What other libraries saw the caller's library be good at, and it them, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn competence_sightings(
        &self,
        ctx: &Context<'_>,
        filter: Option<SightingFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, CompetenceSighting>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One sighting, for the two libraries that it is between.
    async fn competence_sighting(&self, ctx: &Context<'_>, id: SightingId) -> Result<CompetenceSighting> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct SightingMutation;

#[Object]
impl SightingMutation {
    /// Says what the caller's library has seen another be good at. The two must be in a consortium together.
    async fn spot_competence(
        &self,
        ctx: &Context<'_>,
        id: TenantId,
        input: NewSighting,
    ) -> Result<CompetenceSighting> {
        Ok(service::create(scope(ctx)?, id, input).await?)
    }

    /// Takes a sighting of the caller's library into its own list. Where it has the competence already, that stays as it
    /// is.
    async fn accept_sighting(
        &self,
        ctx: &Context<'_>,
        id: SightingId,
        expected_version: i64,
        input: Acceptance,
    ) -> Result<CompetenceSighting> {
        Ok(service::accept(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Does not take a sighting of the caller's library in.
    async fn decline_sighting(
        &self,
        ctx: &Context<'_>,
        id: SightingId,
        expected_version: i64,
    ) -> Result<CompetenceSighting> {
        Ok(service::decline(scope(ctx)?, id, expected_version).await?)
    }

    /// Takes back what the caller's library has said it saw. What became of it stays. Gives the id back.
    async fn withdraw_sighting(
        &self,
        ctx: &Context<'_>,
        id: SightingId,
        expected_version: i64,
    ) -> Result<SightingId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }
}
