use async_graphql::{Context, Object, Result, connection::Connection};

use super::{ConceptDefinition, DefinitionChange, NewDefinition, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConceptId, DefinitionId},
};

#[derive(Default)]
pub struct DefinitionQuery;

#[Object]
impl DefinitionQuery {
    /// What is meant by a concept: its definitions that the caller may see, side by side, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn concept_definitions(
        &self,
        ctx: &Context<'_>,
        id: ConceptId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, ConceptDefinition>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, id, page).await?, after))
    }

    /// One definition.
    async fn concept_definition(&self, ctx: &Context<'_>, id: DefinitionId) -> Result<ConceptDefinition> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct DefinitionMutation;

#[Object]
impl DefinitionMutation {
    /// Gives a definition of a concept, by the caller's library.
    async fn define_concept(
        &self,
        ctx: &Context<'_>,
        id: ConceptId,
        input: NewDefinition,
    ) -> Result<ConceptDefinition> {
        Ok(service::create(scope(ctx)?, id, input).await?)
    }

    /// Changes a definition of the caller's library.
    async fn change_definition(
        &self,
        ctx: &Context<'_>,
        id: DefinitionId,
        expected_version: i64,
        input: DefinitionChange,
    ) -> Result<ConceptDefinition> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes a definition of the caller's library. Gives the id back.
    async fn remove_definition(
        &self,
        ctx: &Context<'_>,
        id: DefinitionId,
        expected_version: i64,
    ) -> Result<DefinitionId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }
}
