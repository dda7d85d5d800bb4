use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    Concept, ConceptChange, ConceptFilter, ConceptMerge, ConceptRejection, ConceptScheme, NewConcept,
    SuggestionWish, Suggestions, ThemeFilter, merge, proposal, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConceptId, ConsortiumId, SchemeId},
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

#[derive(Default)]
pub struct ConceptMutation;

#[Object]
impl ConceptMutation {
    /// Proposes a concept or theme to everybody. Until the operator has decided, it is the caller's library's own.
    async fn propose_concept(&self, ctx: &Context<'_>, input: NewConcept) -> Result<Concept> {
        Ok(proposal::propose(scope(ctx)?, None, input).await?)
    }

    /// Proposes a concept or theme to a consortium. Its members see and use it at once; its coordinator decides.
    async fn propose_local_concept(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        input: NewConcept,
    ) -> Result<Concept> {
        Ok(proposal::propose(scope(ctx)?, Some(id), input).await?)
    }

    /// Changes a concept or theme of a consortium's own. Its coordinator's.
    async fn change_concept(
        &self,
        ctx: &Context<'_>,
        id: ConceptId,
        expected_version: i64,
        input: ConceptChange,
    ) -> Result<Concept> {
        Ok(proposal::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Takes a proposed concept in. The coordinator's of the consortium that it was proposed to, or the operator's.
    async fn accept_concept(
        &self,
        ctx: &Context<'_>,
        id: ConceptId,
        expected_version: i64,
    ) -> Result<Concept> {
        Ok(proposal::accept(scope(ctx)?, id, expected_version).await?)
    }

    /// Does not take a proposed concept in, and says why. What was entered on it stays there.
    async fn reject_concept(
        &self,
        ctx: &Context<'_>,
        id: ConceptId,
        expected_version: i64,
        input: ConceptRejection,
    ) -> Result<Concept> {
        Ok(proposal::reject(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Merges a concept into another: whatever names it follows at once, whoever's it is. Where a library has entries of
    /// one stance on both, they become one: the highest level, the most holders, all words, and the narrower visibility.
    async fn merge_concept(
        &self,
        ctx: &Context<'_>,
        id: ConceptId,
        expected_version: i64,
        input: ConceptMerge,
    ) -> Result<Concept> {
        Ok(merge::merge(scope(ctx)?, id, expected_version, input).await?)
    }
}
