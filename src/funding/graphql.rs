use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    FundingApplication, FundingApplicationChange, FundingApplicationFilter, FundingApplicationMove,
    NewFundingApplication, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::FundingApplicationId,
};

#[derive(Default)]
pub struct FundingQuery;

#[Object]
impl FundingQuery {
    /// Applications for money that the caller may see, its own and others', oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn funding_applications(
        &self,
        ctx: &Context<'_>,
        filter: Option<FundingApplicationFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, FundingApplication>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One application for money.
    async fn funding_application(
        &self,
        ctx: &Context<'_>,
        id: FundingApplicationId,
    ) -> Result<FundingApplication> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct FundingMutation;

#[Object]
impl FundingMutation {
    /// Tells of an application of the caller's library for money for a project. It begins as planned.
    async fn create_funding_application(
        &self,
        ctx: &Context<'_>,
        input: NewFundingApplication,
    ) -> Result<FundingApplication> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes what an application of the caller's library says, or who sees it.
    async fn change_funding_application(
        &self,
        ctx: &Context<'_>,
        id: FundingApplicationId,
        expected_version: i64,
        input: FundingApplicationChange,
    ) -> Result<FundingApplication> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Takes an application of the caller's library to its next state: sent, granted, rejected or withdrawn.
    async fn move_funding_application(
        &self,
        ctx: &Context<'_>,
        id: FundingApplicationId,
        expected_version: i64,
        input: FundingApplicationMove,
    ) -> Result<FundingApplication> {
        Ok(service::advance(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes an application of the caller's library. Gives the id back.
    async fn remove_funding_application(
        &self,
        ctx: &Context<'_>,
        id: FundingApplicationId,
        expected_version: i64,
    ) -> Result<FundingApplicationId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }
}
