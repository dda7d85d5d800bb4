use async_graphql::{Context, Object, Result};

use super::{Me, service};
use crate::graphql::scope;

#[derive(Default)]
pub struct MeQuery;

#[Object]
impl MeQuery {
    /// Who is calling: for which library, in which role, with a seat in which consortia.
    async fn me(&self, ctx: &Context<'_>) -> Result<Me> {
        Ok(service::me(scope(ctx)?).await?)
    }
}
