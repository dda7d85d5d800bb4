use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Hit, HitKind, SearchWish, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::TenantId,
};

#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// What the caller may read that is called so: competences first, then statements, projects, activities, products and
    /// meetings. A competence is found under the labels of its concept in every language too.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "2 to 200 characters.")] text: String,
        #[graphql(desc = "One kind alone; every kind that the caller's token reaches when left out.")]
        kind: Option<HitKind>,
        #[graphql(desc = "What is this library's own; meetings are no library's.")] tenant_id: Option<
            TenantId,
        >,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Hit>> {
        let page = page_args(first, after.clone())?;
        let wish = SearchWish { text, kind, tenant_id };
        Ok(connection(service::search(scope(ctx)?, wish, page).await?, after))
    }
}
