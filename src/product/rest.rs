use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NewCredit, NewProduct, Product, ProductChange, ProductFilter, service};
use crate::{
    id::{ProductId, TenantId},
    page::{Page, PageArgs},
    rest::{Body, Done, Found, FoundIf, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_products)
        .service(get_product)
        .service(create_product)
        .service(change_product)
        .service(remove_product)
        .service(credit_tenant)
        .service(remove_credit)
        .service(withdraw_credit);
}

/// Products that the caller may see, its own and others', oldest first, each with the libraries that had a part in it.
#[utoipa::path(tag = "products", operation_id = "products", params(ProductFilter, PageArgs))]
#[get("/products")]
async fn list_products(
    scope: TenantScope,
    listing: Listing<ProductFilter>,
) -> Result<Found<Page<Product>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One product, with the libraries that had a part in it.
#[utoipa::path(tag = "products", operation_id = "product", params(("id" = ProductId, Path)))]
#[get("/products/{id}")]
async fn get_product(scope: TenantScope, id: web::Path<ProductId>) -> Result<Found<Product>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Tells of a product of the caller's library.
#[utoipa::path(tag = "products", operation_id = "createProduct", request_body = NewProduct)]
#[post("/products")]
async fn create_product(scope: TenantScope, body: Body<NewProduct>) -> Result<Made<Product>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a product of the caller's library.
#[utoipa::path(tag = "products", operation_id = "changeProduct", params(("id" = ProductId, Path), Version), request_body = ProductChange)]
#[patch("/products/{id}")]
async fn change_product(
    scope: TenantScope,
    id: web::Path<ProductId>,
    version: Version,
    body: Body<ProductChange>,
) -> Result<Found<Product>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Removes a product of the caller's library, with the names beside it.
#[utoipa::path(tag = "products", operation_id = "removeProduct", params(("id" = ProductId, Path), Version))]
#[delete("/products/{id}")]
async fn remove_product(
    scope: TenantScope,
    id: web::Path<ProductId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}

/// Says that another library had a part in a product of the caller's, and as what. It sees the product from then on.
#[utoipa::path(tag = "products", operation_id = "creditTenant", params(("id" = ProductId, Path)), request_body = NewCredit)]
#[post("/products/{id}/credits")]
async fn credit_tenant(
    scope: TenantScope,
    id: web::Path<ProductId>,
    body: Body<NewCredit>,
) -> Result<Made<Product>, Problem> {
    Ok(Made(service::credit(&scope, *id, body.0).await?))
}

/// Takes a name away that the caller's library has put beside its product. One that is not there changes nothing.
#[utoipa::path(tag = "products", operation_id = "removeCredit", params(("id" = ProductId, Path), ("tenantId" = TenantId, Path)))]
#[delete("/products/{id}/credits/{tenantId}")]
async fn remove_credit(
    scope: TenantScope,
    place: web::Path<(ProductId, TenantId)>,
) -> Result<Found<Product>, Problem> {
    let (id, named) = place.into_inner();
    Ok(Found(service::uncredit(&scope, id, named).await?))
}

/// Takes the caller's library's own name away from another's product, for good; 204 from one that it is not shown any more.
#[utoipa::path(tag = "products", operation_id = "withdrawCredit", params(("id" = ProductId, Path)))]
#[delete("/products/{id}/credit")]
async fn withdraw_credit(scope: TenantScope, id: web::Path<ProductId>) -> Result<FoundIf<Product>, Problem> {
    Ok(FoundIf(service::withdraw(&scope, *id).await?))
}
