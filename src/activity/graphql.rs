use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    Activity, ActivityChange, ActivityFilter, ActivityMove, NewActivity,
    evaluation::{Evaluation, Worth},
    registration::{Places, Registration},
    service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::ActivityId,
};

#[derive(Default)]
pub struct ActivityQuery;

#[Object]
impl ActivityQuery {
    /// Activities that the caller may see, its own and others', oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn activities(
        &self,
        ctx: &Context<'_>,
        filter: Option<ActivityFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Activity>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One activity.
    async fn activity(&self, ctx: &Context<'_>, id: ActivityId) -> Result<Activity> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// Who comes to an activity, first one first, each with its share of the cost.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn activity_registrations(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Registration>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::registrations(scope(ctx)?, id, page).await?, after))
    }

    /// What an activity was worth: to its host all that was said, to another what its own library said.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn activity_evaluations(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Evaluation>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::evaluations(scope(ctx)?, id, page).await?, after))
    }
}

#[derive(Default)]
pub struct ActivityMutation;

#[Object]
impl ActivityMutation {
    /// Plans an activity of the caller's library, which offers it or looks for it.
    async fn create_activity(&self, ctx: &Context<'_>, input: NewActivity) -> Result<Activity> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes an activity of the caller's library. Who has registered keeps its seat and its price.
    async fn change_activity(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        expected_version: i64,
        input: ActivityChange,
    ) -> Result<Activity> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Brings an activity of the caller's library on: planned, open, closed, held, or cancelled.
    async fn move_activity(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        expected_version: i64,
        input: ActivityMove,
    ) -> Result<Activity> {
        Ok(service::advance(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Registers so many people of the caller's library for another's activity that is open. All who see the activity see that.
    async fn register_for_activity(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        input: Places,
    ) -> Result<Activity> {
        Ok(service::register(scope(ctx)?, id, input).await?)
    }

    /// Changes how many of the caller's library come. The version is the registration's own.
    async fn change_activity_registration(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        expected_version: i64,
        input: Places,
    ) -> Result<Activity> {
        Ok(service::change_registration(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Takes the caller's library's registration back; null when it is not shown what it had registered for any more. The version is the
    /// registration's own.
    async fn withdraw_activity_registration(
        &self,
        ctx: &Context<'_>,
        id: ActivityId,
        expected_version: i64,
    ) -> Result<Option<Activity>> {
        Ok(service::withdraw(scope(ctx)?, id, expected_version).await?)
    }

    /// Says what an activity was worth to the caller's library, which was registered. Again, the last word counts.
    async fn evaluate_activity(&self, ctx: &Context<'_>, id: ActivityId, input: Worth) -> Result<Activity> {
        Ok(service::evaluate(scope(ctx)?, id, input).await?)
    }
}
