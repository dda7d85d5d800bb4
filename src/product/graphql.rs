use async_graphql::{Context, Object, Result, connection::Connection};

use super::{NewCredit, NewProduct, Product, ProductChange, ProductFilter, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ProductId, TenantId},
};

#[derive(Default)]
pub struct ProductQuery;

#[Object]
impl ProductQuery {
    /// Products that the caller may see, its own and others', oldest first, each with the libraries that had a part in it.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        filter: Option<ProductFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Product>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One product, with the libraries that had a part in it.
    async fn product(&self, ctx: &Context<'_>, id: ProductId) -> Result<Product> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Tells of a product of the caller's library.
    async fn create_product(&self, ctx: &Context<'_>, input: NewProduct) -> Result<Product> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a product of the caller's library.
    async fn change_product(
        &self,
        ctx: &Context<'_>,
        id: ProductId,
        expected_version: i64,
        input: ProductChange,
    ) -> Result<Product> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes a product of the caller's library, with the names beside it. Gives the id back.
    async fn remove_product(
        &self,
        ctx: &Context<'_>,
        id: ProductId,
        expected_version: i64,
    ) -> Result<ProductId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }

    /// Says that another library had a part in a product of the caller's, and as what. It sees the product from then on.
    async fn credit_tenant(&self, ctx: &Context<'_>, id: ProductId, input: NewCredit) -> Result<Product> {
        Ok(service::credit(scope(ctx)?, id, input).await?)
    }

    /// Takes a name away that the caller's library has put beside its product. One that is not there changes nothing.
    async fn remove_credit(&self, ctx: &Context<'_>, id: ProductId, tenant_id: TenantId) -> Result<Product> {
        Ok(service::uncredit(scope(ctx)?, id, tenant_id).await?)
    }

    /// Takes the caller's library's own name away from another's product, for good; null when it is not shown that any more.
    async fn withdraw_credit(&self, ctx: &Context<'_>, id: ProductId) -> Result<Option<Product>> {
        Ok(service::withdraw(scope(ctx)?, id).await?)
    }
}
