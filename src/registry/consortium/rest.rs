use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Consortium, ConsortiumChange, NewConsortium, service};
use crate::{
    id::ConsortiumId,
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_consortia)
        .service(get_consortium)
        .service(create_consortium)
        .service(change_consortium);
}

/// The caller's consortia and those that have invited it, oldest first.
#[utoipa::path(tag = "registry", operation_id = "consortia", params(PageArgs))]
#[get("/consortia")]
async fn list_consortia(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Consortium>>, Problem> {
    Ok(Found(service::list(&scope, listing.1).await?))
}

/// One consortium.
#[utoipa::path(tag = "registry", operation_id = "consortium", params(("id" = ConsortiumId, Path)))]
#[get("/consortia/{id}")]
async fn get_consortium(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
) -> Result<Found<Consortium>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a consortium and invites its coordinator. For the node's operator.
#[utoipa::path(tag = "registry", operation_id = "createConsortium", request_body = NewConsortium)]
#[post("/consortia")]
async fn create_consortium(
    scope: TenantScope,
    body: Body<NewConsortium>,
) -> Result<Made<Consortium>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a consortium. For its coordinator's admin, and the operator.
#[utoipa::path(tag = "registry", operation_id = "changeConsortium", params(("id" = ConsortiumId, Path), Version), request_body = ConsortiumChange)]
#[patch("/consortia/{id}")]
async fn change_consortium(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    version: Version,
    body: Body<ConsortiumChange>,
) -> Result<Found<Consortium>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}
