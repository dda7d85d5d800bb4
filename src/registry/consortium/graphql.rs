use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Consortium, ConsortiumChange, NewConsortium, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::ConsortiumId,
};

#[derive(Default)]
pub struct ConsortiumQuery;

#[Object]
impl ConsortiumQuery {
    /// The caller's consortia and those that have invited it, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn consortia(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Consortium>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, page).await?, after))
    }

    /// One consortium.
    async fn consortium(&self, ctx: &Context<'_>, id: ConsortiumId) -> Result<Consortium> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct ConsortiumMutation;

#[Object]
impl ConsortiumMutation {
    /// Makes a consortium and invites its coordinator. For the node's operator.
    async fn create_consortium(&self, ctx: &Context<'_>, input: NewConsortium) -> Result<Consortium> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a consortium. For its coordinator's admin, and the operator.
    async fn change_consortium(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        expected_version: i64,
        input: ConsortiumChange,
    ) -> Result<Consortium> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }
}
