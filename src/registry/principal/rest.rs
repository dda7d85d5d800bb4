use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Principal, service};
use crate::{
    id::PrincipalId,
    page::{Page, PageArgs},
    rest::{Found, Listing, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_principals)
        .service(get_principal)
        .service(block_principal)
        .service(unblock_principal);
}

/// Those who have signed in for the caller's library through a provider. For its admin.
#[utoipa::path(tag = "registry", operation_id = "principals", params(PageArgs))]
#[get("/principals")]
async fn list_principals(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Principal>>, Problem> {
    Ok(Found(service::list(&scope, listing.1).await?))
}

/// One who has signed in. For the library's admin.
#[utoipa::path(tag = "registry", operation_id = "principal", params(("id" = PrincipalId, Path)))]
#[get("/principals/{id}")]
async fn get_principal(scope: TenantScope, id: web::Path<PrincipalId>) -> Result<Found<Principal>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Lets somebody in no more; its tokens are refused within ten seconds. For the library's admin.
#[utoipa::path(tag = "registry", operation_id = "blockPrincipal", params(("id" = PrincipalId, Path), Version))]
#[post("/principals/{id}/block")]
async fn block_principal(
    scope: TenantScope,
    id: web::Path<PrincipalId>,
    version: Version,
) -> Result<Found<Principal>, Problem> {
    Ok(Found(service::block(&scope, *id, version.0).await?))
}

/// Lets somebody in again. For the library's admin.
#[utoipa::path(tag = "registry", operation_id = "unblockPrincipal", params(("id" = PrincipalId, Path), Version))]
#[post("/principals/{id}/unblock")]
async fn unblock_principal(
    scope: TenantScope,
    id: web::Path<PrincipalId>,
    version: Version,
) -> Result<Found<Principal>, Problem> {
    Ok(Found(service::unblock(&scope, *id, version.0).await?))
}
