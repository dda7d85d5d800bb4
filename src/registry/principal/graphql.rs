use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Principal, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::PrincipalId,
};

#[derive(Default)]
pub struct PrincipalQuery;

#[Object]
impl PrincipalQuery {
    /// Those who have signed in for the caller's library through a provider. For its admin.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn principals(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Principal>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, page).await?, after))
    }

    /// One who has signed in. For the library's admin.
    async fn principal(&self, ctx: &Context<'_>, id: PrincipalId) -> Result<Principal> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct PrincipalMutation;

#[Object]
impl PrincipalMutation {
    /// Lets somebody in no more; its tokens are refused within ten seconds. For the library's admin.
    async fn block_principal(
        &self,
        ctx: &Context<'_>,
        id: PrincipalId,
        expected_version: i64,
    ) -> Result<Principal> {
        Ok(service::block(scope(ctx)?, id, expected_version).await?)
    }

    /// Lets somebody in again. For the library's admin.
    async fn unblock_principal(
        &self,
        ctx: &Context<'_>,
        id: PrincipalId,
        expected_version: i64,
    ) -> Result<Principal> {
        Ok(service::unblock(scope(ctx)?, id, expected_version).await?)
    }
}
