use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Municipality, MunicipalityFilter, service};
use crate::graphql::{connection, list_cost, page_args, scope};

#[derive(Default)]
pub struct MunicipalityQuery;

#[Object]
impl MunicipalityQuery {
    /// The register of municipalities, present and past, in the order of their ids.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn municipalities(
        &self,
        ctx: &Context<'_>,
        filter: Option<MunicipalityFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Municipality>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One municipality, whether it stands or not.
    async fn municipality(&self, ctx: &Context<'_>, id: String) -> Result<Municipality> {
        Ok(service::view(scope(ctx)?, &id).await?)
    }
}
