use async_graphql::{Context, Object, Result, Subscription, connection::Connection};
use futures_util::{Stream, TryStreamExt};

use super::{Event, service};
use crate::graphql::{connection, list_cost, page_args, scope};

#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// What the caller's library did, in the order in which it became true: a feed to go on reading, from the `cursor` of the
    /// last event that was read. For its admin, and for integrations with `event:read`; the operator is shown the node's own.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Event>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, page).await?, after))
    }
}

#[derive(Default)]
pub struct EventSubscription;

#[Subscription]
impl EventSubscription {
    /// What the caller's library does from now on, or did after this cursor of an event, or did from the start of what is kept:
    /// each once, in the order in which it became true. For whom `events` is.
    async fn event_added(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
        from_start: Option<bool>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let events = service::added(scope(ctx)?.clone(), after, from_start.unwrap_or_default()).await?;
        Ok(events.map_err(Into::into))
    }
}
