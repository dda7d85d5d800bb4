use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Event, service};
use crate::{
    page::{Page, PageArgs},
    rest::{Found, Listing, NoFilter, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list);
}

/// What the caller's library did, in the order in which it became true: a feed to go on reading, from the `cursor` of the last
/// event that was read. For its admin, and for integrations with `event:read`; the operator is shown the node's own.
#[utoipa::path(tag = "events", operation_id = "events", params(PageArgs))]
#[get("/events")]
async fn list(scope: TenantScope, listing: Listing<NoFilter>) -> Result<Found<Page<Event>>, Problem> {
    Ok(Found(service::list(&scope, listing.1).await?))
}
