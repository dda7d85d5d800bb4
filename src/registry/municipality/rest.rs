use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Municipality, MunicipalityFilter, service};
use crate::{
    page::{Page, PageArgs},
    rest::{Found, Listing, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_municipalities).service(get_municipality);
}

/// The register of municipalities, present and past, in the order of their ids.
#[utoipa::path(tag = "registry", operation_id = "municipalities", params(MunicipalityFilter, PageArgs))]
#[get("/municipalities")]
async fn list_municipalities(
    scope: TenantScope,
    listing: Listing<MunicipalityFilter>,
) -> Result<Found<Page<Municipality>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One municipality, whether it stands or not.
#[utoipa::path(tag = "registry", operation_id = "municipality", params(("id" = String, Path)))]
#[get("/municipalities/{id}")]
async fn get_municipality(scope: TenantScope, id: web::Path<String>) -> Result<Found<Municipality>, Problem> {
    Ok(Found(service::view(&scope, &id).await?))
}
