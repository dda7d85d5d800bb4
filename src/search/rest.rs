use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Hit, SearchWish, service};
use crate::{
    page::{Page, PageArgs},
    rest::{Found, Listing, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(search);
}

/// What the caller may read that is called so: competences first, then statements, projects, activities, products and
/// meetings. A competence is found under the labels of its concept in every language too.
#[utoipa::path(tag = "search", operation_id = "search", params(SearchWish, PageArgs))]
#[get("/search")]
async fn search(scope: TenantScope, listing: Listing<SearchWish>) -> Result<Found<Page<Hit>>, Problem> {
    Ok(Found(service::search(&scope, listing.0, listing.1).await?))
}
