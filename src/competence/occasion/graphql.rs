use async_graphql::{Context, Object, Result, connection::Connection};

use super::{NewOccasion, Occasion, OccasionChange, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, OccasionId},
};

#[derive(Default)]
pub struct OccasionQuery;

#[Object]
impl OccasionQuery {
    /// What competences are wanted or shown for in a consortium, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn occasions(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Occasion>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, id, page).await?, after))
    }

    /// One occasion.
    async fn occasion(&self, ctx: &Context<'_>, id: OccasionId) -> Result<Occasion> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct OccasionMutation;

#[Object]
impl OccasionMutation {
    /// Names an occasion in a consortium.
    async fn create_occasion(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        input: NewOccasion,
    ) -> Result<Occasion> {
        Ok(service::create(scope(ctx)?, id, input).await?)
    }

    /// Changes an occasion.
    async fn change_occasion(
        &self,
        ctx: &Context<'_>,
        id: OccasionId,
        expected_version: i64,
        input: OccasionChange,
    ) -> Result<Occasion> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }
}
