use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Erasure, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ErasureId, PrincipalId, TenantId},
};

#[derive(Default)]
pub struct ErasureQuery;

#[Object]
impl ErasureQuery {
    /// What of the caller's library was asked to be removed for good, oldest first. For its admin; the operator sees
    /// the removal of whole libraries.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn erasures(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Erasure>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, page).await?, after))
    }

    /// One erasure. For the library's admin, and the operator where it is of the whole library.
    async fn erasure(&self, ctx: &Context<'_>, id: ErasureId) -> Result<Erasure> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct ErasureMutation;

#[Object]
impl ErasureMutation {
    /// Asks for a library to be removed with all that is its own; somebody else has to confirm it. For its own admin,
    /// and the operator.
    async fn request_erasure(&self, ctx: &Context<'_>, id: TenantId) -> Result<Erasure> {
        Ok(service::request(scope(ctx)?, id).await?)
    }

    /// Confirms the removal of a library, which is done a week later. Not for whoever asked for it; one of the two is
    /// the library's own admin.
    async fn confirm_erasure(
        &self,
        ctx: &Context<'_>,
        id: ErasureId,
        expected_version: i64,
    ) -> Result<Erasure> {
        Ok(service::confirm(scope(ctx)?, id, expected_version).await?)
    }

    /// Calls the removal of a library off, while it is not done. For its own admin, and the operator.
    async fn cancel_erasure(
        &self,
        ctx: &Context<'_>,
        id: ErasureId,
        expected_version: i64,
    ) -> Result<Erasure> {
        Ok(service::cancel(scope(ctx)?, id, expected_version).await?)
    }

    /// Forgets somebody who signed in through a provider, at once: what it did stays done, and nothing says that it was
    /// who did it. For the library's admin.
    async fn erase_principal(
        &self,
        ctx: &Context<'_>,
        id: PrincipalId,
        expected_version: i64,
    ) -> Result<Erasure> {
        Ok(service::principal(scope(ctx)?, id, expected_version).await?)
    }
}
