use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Concept, ConceptFilter, ConceptScheme, SuggestionWish, Suggestions, ThemeFilter, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConceptId, SchemeId},
    text::Lang,
};

#[derive(Default)]
pub struct ConceptQuery;

#[Object]
impl ConceptQuery {
    /// The vocabularies of the node.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn concept_schemes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, ConceptScheme>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::schemes(scope(ctx)?, page).await?, after))
    }

    /// One vocabulary.
    async fn concept_scheme(&self, ctx: &Context<'_>, id: SchemeId) -> Result<ConceptScheme> {
        Ok(service::scheme(scope(ctx)?, id).await?)
    }

    /// Concepts in the order of their notation; themes are left out.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn concepts(
        &self,
        ctx: &Context<'_>,
        filter: Option<ConceptFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Concept>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One concept or theme.
    async fn concept(&self, ctx: &Context<'_>, id: ConceptId) -> Result<Concept> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// The themes, in the order of their notation.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn themes(
        &self,
        ctx: &Context<'_>,
        filter: Option<ThemeFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Concept>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::themes(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// The concepts that a text in any of the languages may mean, best first.
    #[graphql(complexity = "list_cost(Some(limit.unwrap_or(10).min(20) as i32), child_complexity)")]
    async fn suggest_concepts(
        &self,
        ctx: &Context<'_>,
        text: String,
        language: Option<Lang>,
        limit: Option<u32>,
    ) -> Result<Suggestions> {
        Ok(service::suggest(scope(ctx)?, SuggestionWish { text, language, limit }).await?)
    }
}
