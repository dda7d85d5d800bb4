use async_graphql::{Context, Object, Result, connection::Connection};

use super::{IssuedServiceAccount, NewServiceAccount, SecretRotation, ServiceAccount, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::ServiceAccountId,
};

#[derive(Default)]
pub struct AccountQuery;

#[Object]
impl AccountQuery {
    /// The service accounts of the caller's library, oldest first. For its admin.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn service_accounts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, ServiceAccount>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, page).await?, after))
    }

    /// One service account. For its library's admin.
    async fn service_account(&self, ctx: &Context<'_>, id: ServiceAccountId) -> Result<ServiceAccount> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Makes a service account; its secret is shown this once, unless it signs in with a key. For the library's admin, and the operator.
    async fn create_service_account(
        &self,
        ctx: &Context<'_>,
        input: NewServiceAccount,
    ) -> Result<IssuedServiceAccount> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Ends a service account for good: it signs in no more, and its tokens are refused within ten seconds. For the
    /// library's admin.
    async fn revoke_service_account(
        &self,
        ctx: &Context<'_>,
        id: ServiceAccountId,
        expected_version: i64,
    ) -> Result<ServiceAccount> {
        Ok(service::revoke(scope(ctx)?, id, expected_version).await?)
    }

    /// Gives a service account a new secret, shown this once, or takes its new key; the old one is good for the overlap that
    /// is asked for. For the library's admin.
    async fn rotate_service_account_secret(
        &self,
        ctx: &Context<'_>,
        id: ServiceAccountId,
        expected_version: i64,
        input: Option<SecretRotation>,
    ) -> Result<IssuedServiceAccount> {
        Ok(service::rotate(scope(ctx)?, id, expected_version, input.unwrap_or_default()).await?)
    }
}
