use actix_web::{delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Acceptance, CompetenceSighting, NewSighting, SightingFilter, service};
use crate::{
    id::{SightingId, TenantId},
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_sightings)
        .service(get_sighting)
        .service(spot)
        .service(accept)
        .service(decline)
        .service(withdraw);
}

/// What other libraries saw the caller's library be good at, and it them, oldest first.
#[utoipa::path(tag = "competences", operation_id = "competenceSightings", params(SightingFilter, PageArgs))]
#[get("/competence-sightings")]
async fn list_sightings(
    scope: TenantScope,
    listing: Listing<SightingFilter>,
) -> Result<Found<Page<CompetenceSighting>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One sighting, for the two libraries that it is between.
#[utoipa::path(tag = "competences", operation_id = "competenceSighting", params(("id" = SightingId, Path)))]
#[get("/competence-sightings/{id}")]
async fn get_sighting(
    scope: TenantScope,
    id: web::Path<SightingId>,
) -> Result<Found<CompetenceSighting>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Says what the caller's library has seen another be good at. The two must be in a consortium together.
#[utoipa::path(tag = "competences", operation_id = "spotCompetence", params(("id" = TenantId, Path)), request_body = NewSighting)]
#[post("/tenants/{id}/sightings")]
async fn spot(
    scope: TenantScope,
    id: web::Path<TenantId>,
    body: Body<NewSighting>,
) -> Result<Made<CompetenceSighting>, Problem> {
    Ok(Made(service::create(&scope, *id, body.0).await?))
}

/// Takes a sighting of the caller's library into its own list. Where it has the competence already, that stays as it is.
#[utoipa::path(tag = "competences", operation_id = "acceptSighting", params(("id" = SightingId, Path), Version), request_body = Acceptance)]
#[post("/competence-sightings/{id}/accept")]
async fn accept(
    scope: TenantScope,
    id: web::Path<SightingId>,
    version: Version,
    body: Body<Acceptance>,
) -> Result<Found<CompetenceSighting>, Problem> {
    Ok(Found(service::accept(&scope, *id, version.0, body.0).await?))
}

/// Does not take a sighting of the caller's library in.
#[utoipa::path(tag = "competences", operation_id = "declineSighting", params(("id" = SightingId, Path), Version))]
#[post("/competence-sightings/{id}/decline")]
async fn decline(
    scope: TenantScope,
    id: web::Path<SightingId>,
    version: Version,
) -> Result<Found<CompetenceSighting>, Problem> {
    Ok(Found(service::decline(&scope, *id, version.0).await?))
}

/// Takes back what the caller's library has said it saw. What became of it stays.
#[utoipa::path(tag = "competences", operation_id = "withdrawSighting", params(("id" = SightingId, Path), Version))]
#[delete("/competence-sightings/{id}")]
async fn withdraw(scope: TenantScope, id: web::Path<SightingId>, version: Version) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}
