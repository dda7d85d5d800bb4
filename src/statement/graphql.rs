use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    NewStatement, Statement, StatementChange, StatementFilter, StatementKind,
    endorsement::Endorsement,
    overview::{self, OverviewArgs, StatementOverview},
    service,
};
use crate::{
    error::Error,
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, StatementId},
};

#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// Statements that the caller may see, its own and others', oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn statements(
        &self,
        ctx: &Context<'_>,
        filter: Option<StatementFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Statement>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One statement.
    async fn statement(&self, ctx: &Context<'_>, id: StatementId) -> Result<Statement> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// Who endorses a statement, first one first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn endorsements(
        &self,
        ctx: &Context<'_>,
        id: StatementId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Endorsement>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::endorsements(scope(ctx)?, id, page).await?, after))
    }

    /// What the members of a consortium share: strengths, weaknesses, opportunities and threats beside one another, or
    /// one kind such as the challenges, those first that most have endorsed. `top` of each kind, 1 to 25.
    #[graphql(complexity = "list_cost(Some(top.unwrap_or(10).clamp(1, 25) * 4), child_complexity)")]
    async fn statement_overview(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        kind: Option<StatementKind>,
        top: Option<i32>,
    ) -> Result<StatementOverview> {
        let between = || {
            Error::new(crate::error::Code::InvalidInput).field_with(
                "top",
                "between",
                &[("min", "1"), ("max", "25")],
            )
        };
        let top = top.map(|n| u32::try_from(n).map_err(|_| between())).transpose()?;
        Ok(overview::view(scope(ctx)?, id, OverviewArgs { kind, top }).await?)
    }
}

#[derive(Default)]
pub struct StatementMutation;

#[Object]
impl StatementMutation {
    /// Makes a statement of the caller's library.
    async fn create_statement(&self, ctx: &Context<'_>, input: NewStatement) -> Result<Statement> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a statement of the caller's library.
    async fn change_statement(
        &self,
        ctx: &Context<'_>,
        id: StatementId,
        expected_version: i64,
        input: StatementChange,
    ) -> Result<Statement> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes a statement of the caller's library, with the names beside it. An ambition that means serve stays. Gives
    /// the id back.
    async fn remove_statement(
        &self,
        ctx: &Context<'_>,
        id: StatementId,
        expected_version: i64,
    ) -> Result<StatementId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }

    /// Puts the caller's library's name beside another's statement, for all who see it. Again changes nothing.
    async fn endorse_statement(&self, ctx: &Context<'_>, id: StatementId) -> Result<Statement> {
        Ok(service::endorse(scope(ctx)?, id).await?)
    }

    /// Takes the caller's library's name away from a statement; null when it is not shown that any more.
    async fn withdraw_endorsement(&self, ctx: &Context<'_>, id: StatementId) -> Result<Option<Statement>> {
        Ok(service::withdraw(scope(ctx)?, id).await?)
    }
}
