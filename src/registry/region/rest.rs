use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Region, RegionFilter, service};
use crate::{
    page::{Page, PageArgs},
    rest::{Found, Listing, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_regions).service(get_region);
}

/// The register of regions, present and past, in the order of their ids.
#[utoipa::path(tag = "registry", operation_id = "regions", params(RegionFilter, PageArgs))]
#[get("/regions")]
async fn list_regions(
    scope: TenantScope,
    listing: Listing<RegionFilter>,
) -> Result<Found<Page<Region>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One region, whether it stands or not.
#[utoipa::path(tag = "registry", operation_id = "region", params(("id" = String, Path)))]
#[get("/regions/{id}")]
async fn get_region(scope: TenantScope, id: web::Path<String>) -> Result<Found<Region>, Problem> {
    Ok(Found(service::view(&scope, &id).await?))
}
