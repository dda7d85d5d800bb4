use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Region, RegionFilter, service};
use crate::graphql::{connection, list_cost, page_args, scope};

#[derive(Default)]
pub struct RegionQuery;

#[Object]
impl RegionQuery {
    /// The register of regions, present and past, in the order of their ids.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn regions(
        &self,
        ctx: &Context<'_>,
        filter: Option<RegionFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Region>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One region, whether it stands or not.
    async fn region(&self, ctx: &Context<'_>, id: String) -> Result<Region> {
        Ok(service::view(scope(ctx)?, &id).await?)
    }
}
