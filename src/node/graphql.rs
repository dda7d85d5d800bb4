use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use super::Node;
use crate::{
    error::{Error, Result as Outcome},
    graphql::scope,
};

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever has this id, of the kinds that have an address of their own.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Option<Result<Node>> {
        // The other way round an error would take everything else that was asked for with it.
        Some(find(ctx, &id).await.map_err(Into::into))
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Outcome<Node> {
    let scope = scope(ctx)?;
    // What is no id names nothing.
    super::view(scope, Uuid::parse_str(id).map_err(|_| Error::not_found())?).await
}
