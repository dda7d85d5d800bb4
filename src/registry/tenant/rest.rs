use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NewTenant, Tenant, TenantChange, TenantFilter, service};
use crate::{
    id::TenantId,
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_tenants)
        .service(get_tenant)
        .service(create_tenant)
        .service(change_tenant)
        .service(suspend_tenant)
        .service(resume_tenant);
}

/// The directory of tenants, oldest first.
#[utoipa::path(tag = "registry", operation_id = "tenants", params(TenantFilter, PageArgs))]
#[get("/tenants")]
async fn list_tenants(
    scope: TenantScope,
    listing: Listing<TenantFilter>,
) -> Result<Found<Page<Tenant>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One tenant.
#[utoipa::path(tag = "registry", operation_id = "tenant", params(("id" = TenantId, Path)))]
#[get("/tenants/{id}")]
async fn get_tenant(scope: TenantScope, id: web::Path<TenantId>) -> Result<Found<Tenant>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a tenant. For the node's operator.
#[utoipa::path(tag = "registry", operation_id = "createTenant", request_body = NewTenant)]
#[post("/tenants")]
async fn create_tenant(scope: TenantScope, body: Body<NewTenant>) -> Result<Made<Tenant>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a tenant's names or areas. For its own admin, and the operator.
#[utoipa::path(tag = "registry", operation_id = "changeTenant", params(("id" = TenantId, Path), Version), request_body = TenantChange)]
#[patch("/tenants/{id}")]
async fn change_tenant(
    scope: TenantScope,
    id: web::Path<TenantId>,
    version: Version,
    body: Body<TenantChange>,
) -> Result<Found<Tenant>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Shuts a tenant out: nobody signs in for it, and its tokens are refused within ten seconds. For the node's operator.
#[utoipa::path(tag = "registry", operation_id = "suspendTenant", params(("id" = TenantId, Path), Version))]
#[post("/tenants/{id}/suspend")]
async fn suspend_tenant(
    scope: TenantScope,
    id: web::Path<TenantId>,
    version: Version,
) -> Result<Found<Tenant>, Problem> {
    Ok(Found(service::suspend(&scope, *id, version.0).await?))
}

/// Lets a suspended tenant in again. For the node's operator.
#[utoipa::path(tag = "registry", operation_id = "resumeTenant", params(("id" = TenantId, Path), Version))]
#[post("/tenants/{id}/resume")]
async fn resume_tenant(
    scope: TenantScope,
    id: web::Path<TenantId>,
    version: Version,
) -> Result<Found<Tenant>, Problem> {
    Ok(Found(service::resume(&scope, *id, version.0).await?))
}
