use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    NewOrganisation, Organisation, OrganisationChange, OrganisationFilter, OrganisationMerge, service,
};
use crate::{
    id::{ConsortiumId, OrganisationId},
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_organisations)
        .service(create_organisation)
        .service(get_organisation)
        .service(change_organisation)
        .service(merge_organisation);
}

/// The organisations that a consortium works with, oldest first. For those who have a seat in it.
#[utoipa::path(tag = "registry", operation_id = "organisations", params(("id" = ConsortiumId, Path), OrganisationFilter, PageArgs))]
#[get("/consortia/{id}/organisations")]
async fn list_organisations(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<OrganisationFilter>,
) -> Result<Found<Page<Organisation>>, Problem> {
    Ok(Found(service::list(&scope, *id, listing.0, listing.1).await?))
}

/// Writes down an organisation that a consortium works with. For its coordinator's and members' contributors.
#[utoipa::path(tag = "registry", operation_id = "createOrganisation", params(("id" = ConsortiumId, Path)), request_body = NewOrganisation)]
#[post("/consortia/{id}/organisations")]
async fn create_organisation(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewOrganisation>,
) -> Result<Made<Organisation>, Problem> {
    Ok(Made(service::create(&scope, *id, body.0).await?))
}

/// One organisation; where it was merged, with what stands for it today.
#[utoipa::path(tag = "registry", operation_id = "organisation", params(("id" = OrganisationId, Path)))]
#[get("/organisations/{id}")]
async fn get_organisation(
    scope: TenantScope,
    id: web::Path<OrganisationId>,
) -> Result<Found<Organisation>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Changes what is known of an organisation. For the coordinator's and members' contributors.
#[utoipa::path(tag = "registry", operation_id = "changeOrganisation", params(("id" = OrganisationId, Path), Version), request_body = OrganisationChange)]
#[patch("/organisations/{id}")]
async fn change_organisation(
    scope: TenantScope,
    id: web::Path<OrganisationId>,
    version: Version,
    body: Body<OrganisationChange>,
) -> Result<Found<Organisation>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Merges an organisation into the one that it turned out to be; it stays, and says where it went. For the coordinator's
/// and members' contributors.
#[utoipa::path(tag = "registry", operation_id = "mergeOrganisation", params(("id" = OrganisationId, Path), Version), request_body = OrganisationMerge)]
#[post("/organisations/{id}/merge")]
async fn merge_organisation(
    scope: TenantScope,
    id: web::Path<OrganisationId>,
    version: Version,
    body: Body<OrganisationMerge>,
) -> Result<Found<Organisation>, Problem> {
    Ok(Found(service::merge(&scope, *id, version.0, body.0).await?))
}
