use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{IssuedServiceAccount, NewServiceAccount, SecretRotation, ServiceAccount, service};
use crate::{
    id::ServiceAccountId,
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_accounts)
        .service(get_account)
        .service(create_account)
        .service(revoke_account)
        .service(rotate_secret);
}

/// The service accounts of the caller's library, oldest first. For its admin.
#[utoipa::path(tag = "registry", operation_id = "serviceAccounts", params(PageArgs))]
#[get("/service-accounts")]
async fn list_accounts(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<ServiceAccount>>, Problem> {
    Ok(Found(service::list(&scope, listing.1).await?))
}

/// One service account. For its library's admin.
#[utoipa::path(tag = "registry", operation_id = "serviceAccount", params(("id" = ServiceAccountId, Path)))]
#[get("/service-accounts/{id}")]
async fn get_account(
    scope: TenantScope,
    id: web::Path<ServiceAccountId>,
) -> Result<Found<ServiceAccount>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a service account; its secret is shown this once, unless it signs in with a key. For the library's admin, and the operator.
#[utoipa::path(tag = "registry", operation_id = "createServiceAccount", request_body = NewServiceAccount)]
#[post("/service-accounts")]
async fn create_account(
    scope: TenantScope,
    body: Body<NewServiceAccount>,
) -> Result<Made<IssuedServiceAccount>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Ends a service account for good: it signs in no more, and its tokens are refused within ten seconds. For the
/// library's admin.
#[utoipa::path(tag = "registry", operation_id = "revokeServiceAccount", params(("id" = ServiceAccountId, Path), Version))]
#[post("/service-accounts/{id}/revoke")]
async fn revoke_account(
    scope: TenantScope,
    id: web::Path<ServiceAccountId>,
    version: Version,
) -> Result<Found<ServiceAccount>, Problem> {
    Ok(Found(service::revoke(&scope, *id, version.0).await?))
}

/// Gives a service account a new secret, shown this once, or takes its new key; the old one is good for the overlap that
/// is asked for. For the library's admin.
#[utoipa::path(tag = "registry", operation_id = "rotateServiceAccountSecret", params(("id" = ServiceAccountId, Path), Version), request_body = SecretRotation)]
#[post("/service-accounts/{id}/rotate-secret")]
async fn rotate_secret(
    scope: TenantScope,
    id: web::Path<ServiceAccountId>,
    version: Version,
    body: Body<SecretRotation>,
) -> Result<Found<IssuedServiceAccount>, Problem> {
    Ok(Found(service::rotate(&scope, *id, version.0, body.0).await?))
}
