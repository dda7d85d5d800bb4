use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Erasure, service};
use crate::{
    id::{ErasureId, PrincipalId, TenantId},
    page::{Page, PageArgs},
    rest::{Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_erasures)
        .service(get_erasure)
        .service(request_erasure)
        .service(confirm_erasure)
        .service(cancel_erasure)
        .service(erase_principal);
}

/// What of the caller's library was asked to be removed for good, oldest first. For its admin; the operator sees the
/// removal of whole libraries.
#[utoipa::path(tag = "privacy", operation_id = "erasures", params(PageArgs))]
#[get("/erasures")]
async fn list_erasures(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Erasure>>, Problem> {
    Ok(Found(service::list(&scope, listing.1).await?))
}

/// One erasure. For the library's admin, and the operator where it is of the whole library.
#[utoipa::path(tag = "privacy", operation_id = "erasure", params(("id" = ErasureId, Path)))]
#[get("/erasures/{id}")]
async fn get_erasure(scope: TenantScope, id: web::Path<ErasureId>) -> Result<Found<Erasure>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Asks for a library to be removed with all that is its own; somebody else has to confirm it. For its own admin, and
/// the operator.
#[utoipa::path(tag = "privacy", operation_id = "requestErasure", params(("id" = TenantId, Path)))]
#[post("/tenants/{id}/erasure")]
async fn request_erasure(scope: TenantScope, id: web::Path<TenantId>) -> Result<Made<Erasure>, Problem> {
    Ok(Made(service::request(&scope, *id).await?))
}

/// Confirms the removal of a library, which is done a week later. Not for whoever asked for it; one of the two is the
/// library's own admin.
#[utoipa::path(tag = "privacy", operation_id = "confirmErasure", params(("id" = ErasureId, Path), Version))]
#[post("/erasures/{id}/confirm")]
async fn confirm_erasure(
    scope: TenantScope,
    id: web::Path<ErasureId>,
    version: Version,
) -> Result<Found<Erasure>, Problem> {
    Ok(Found(service::confirm(&scope, *id, version.0).await?))
}

/// Calls the removal of a library off, while it is not done. For its own admin, and the operator.
#[utoipa::path(tag = "privacy", operation_id = "cancelErasure", params(("id" = ErasureId, Path), Version))]
#[post("/erasures/{id}/cancel")]
async fn cancel_erasure(
    scope: TenantScope,
    id: web::Path<ErasureId>,
    version: Version,
) -> Result<Found<Erasure>, Problem> {
    Ok(Found(service::cancel(&scope, *id, version.0).await?))
}

/// Forgets somebody who signed in through a provider, at once: what it did stays done, and nothing says that it was who
/// did it. For the library's admin.
#[utoipa::path(tag = "privacy", operation_id = "erasePrincipal", params(("id" = PrincipalId, Path), Version))]
#[post("/principals/{id}/erase")]
async fn erase_principal(
    scope: TenantScope,
    id: web::Path<PrincipalId>,
    version: Version,
) -> Result<Found<Erasure>, Problem> {
    Ok(Found(service::principal(&scope, *id, version.0).await?))
}
