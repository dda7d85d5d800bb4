use async_graphql::{Context, Object, Result};
use chrono::NaiveDate;

use super::{Calendar, CalendarWish, service};
use crate::{
    graphql::{list_cost, scope},
    id::ConsortiumId,
};

#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// What is held and what is due, by day, of all that the caller may see.
    #[graphql(complexity = "list_cost(Some(100), child_complexity)")]
    async fn calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this consortium alone.")] consortium_id: Option<ConsortiumId>,
        #[graphql(desc = "From this day on; ninety days back when left out.")] from: Option<NaiveDate>,
        #[graphql(desc = "Until this day, with it; without end when left out.")] to: Option<NaiveDate>,
    ) -> Result<Calendar> {
        Ok(service::calendar(scope(ctx)?, CalendarWish { consortium_id, from, to }).await?)
    }
}
