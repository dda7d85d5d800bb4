use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NewOccasion, Occasion, OccasionChange, service};
use crate::{
    id::{ConsortiumId, OccasionId},
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_occasions).service(get_occasion).service(create_occasion).service(change_occasion);
}

/// What competences are wanted or shown for in a consortium, oldest first.
#[utoipa::path(tag = "competences", operation_id = "occasions", params(("id" = ConsortiumId, Path), PageArgs))]
#[get("/consortia/{id}/occasions")]
async fn list_occasions(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Occasion>>, Problem> {
    Ok(Found(service::list(&scope, *id, listing.1).await?))
}

/// One occasion.
#[utoipa::path(tag = "competences", operation_id = "occasion", params(("id" = OccasionId, Path)))]
#[get("/occasions/{id}")]
async fn get_occasion(scope: TenantScope, id: web::Path<OccasionId>) -> Result<Found<Occasion>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Names an occasion in a consortium.
#[utoipa::path(tag = "competences", operation_id = "createOccasion", params(("id" = ConsortiumId, Path)), request_body = NewOccasion)]
#[post("/consortia/{id}/occasions")]
async fn create_occasion(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewOccasion>,
) -> Result<Made<Occasion>, Problem> {
    Ok(Made(service::create(&scope, *id, body.0).await?))
}

/// Changes an occasion.
#[utoipa::path(tag = "competences", operation_id = "changeOccasion", params(("id" = OccasionId, Path), Version), request_body = OccasionChange)]
#[patch("/occasions/{id}")]
async fn change_occasion(
    scope: TenantScope,
    id: web::Path<OccasionId>,
    version: Version,
    body: Body<OccasionChange>,
) -> Result<Found<Occasion>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}
