use async_graphql::{Context, Object, Result, connection::Connection};

use super::{NewTenant, Tenant, TenantChange, TenantFilter, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::TenantId,
};

#[derive(Default)]
pub struct TenantQuery;

#[Object]
impl TenantQuery {
    /// The directory of tenants, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn tenants(
        &self,
        ctx: &Context<'_>,
        filter: Option<TenantFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Tenant>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One tenant.
    async fn tenant(&self, ctx: &Context<'_>, id: TenantId) -> Result<Tenant> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Makes a tenant. For the node's operator.
    async fn create_tenant(&self, ctx: &Context<'_>, input: NewTenant) -> Result<Tenant> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a tenant's names or areas. For its own admin, and the operator.
    async fn change_tenant(
        &self,
        ctx: &Context<'_>,
        id: TenantId,
        expected_version: i64,
        input: TenantChange,
    ) -> Result<Tenant> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Shuts a tenant out: nobody signs in for it, and its tokens are refused within ten seconds. For the node's operator.
    async fn suspend_tenant(&self, ctx: &Context<'_>, id: TenantId, expected_version: i64) -> Result<Tenant> {
        Ok(service::suspend(scope(ctx)?, id, expected_version).await?)
    }

    /// Lets a suspended tenant in again. For the node's operator.
    async fn resume_tenant(&self, ctx: &Context<'_>, id: TenantId, expected_version: i64) -> Result<Tenant> {
        Ok(service::resume(scope(ctx)?, id, expected_version).await?)
    }
}
