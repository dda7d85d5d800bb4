use async_graphql::{Context, Object, Result};

use super::{Archive, service};
use crate::graphql::scope;

#[derive(Default)]
pub struct ExportQuery;

#[Object]
impl ExportQuery {
    /// All that the caller's library owns on this node, as one signed archive that another node takes in; at most 200,000
    /// rows (the node's operator exports larger ones). For its admin.
    #[graphql(complexity = "1000 + child_complexity")]
    async fn export(&self, ctx: &Context<'_>) -> Result<Archive> {
        Ok(service::export(scope(ctx)?, service::MOST).await?)
    }
}
