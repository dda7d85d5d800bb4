use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    FundingApplication, FundingApplicationChange, FundingApplicationFilter, FundingApplicationMove,
    NewFundingApplication, service,
};
use crate::{
    id::FundingApplicationId,
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_funding_applications)
        .service(get_funding_application)
        .service(create_funding_application)
        .service(change_funding_application)
        .service(move_funding_application)
        .service(remove_funding_application);
}

/// Applications for money that the caller may see, its own and others', oldest first.
#[utoipa::path(
    tag = "funding",
    operation_id = "fundingApplications",
    params(FundingApplicationFilter, PageArgs)
)]
#[get("/funding-applications")]
async fn list_funding_applications(
    scope: TenantScope,
    listing: Listing<FundingApplicationFilter>,
) -> Result<Found<Page<FundingApplication>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One application for money.
#[utoipa::path(tag = "funding", operation_id = "fundingApplication", params(("id" = FundingApplicationId, Path)))]
#[get("/funding-applications/{id}")]
async fn get_funding_application(
    scope: TenantScope,
    id: web::Path<FundingApplicationId>,
) -> Result<Found<FundingApplication>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Tells of an application of the caller's library for money for a project. It begins as planned.
#[utoipa::path(tag = "funding", operation_id = "createFundingApplication", request_body = NewFundingApplication)]
#[post("/funding-applications")]
async fn create_funding_application(
    scope: TenantScope,
    body: Body<NewFundingApplication>,
) -> Result<Made<FundingApplication>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes what an application of the caller's library says, or who sees it.
#[utoipa::path(tag = "funding", operation_id = "changeFundingApplication", params(("id" = FundingApplicationId, Path), Version), request_body = FundingApplicationChange)]
#[patch("/funding-applications/{id}")]
async fn change_funding_application(
    scope: TenantScope,
    id: web::Path<FundingApplicationId>,
    version: Version,
    body: Body<FundingApplicationChange>,
) -> Result<Found<FundingApplication>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Takes an application of the caller's library to its next state: sent, granted, rejected or withdrawn.
#[utoipa::path(tag = "funding", operation_id = "moveFundingApplication", params(("id" = FundingApplicationId, Path), Version), request_body = FundingApplicationMove)]
#[post("/funding-applications/{id}/move")]
async fn move_funding_application(
    scope: TenantScope,
    id: web::Path<FundingApplicationId>,
    version: Version,
    body: Body<FundingApplicationMove>,
) -> Result<Found<FundingApplication>, Problem> {
    Ok(Found(service::advance(&scope, *id, version.0, body.0).await?))
}

/// Removes an application of the caller's library.
#[utoipa::path(tag = "funding", operation_id = "removeFundingApplication", params(("id" = FundingApplicationId, Path), Version))]
#[delete("/funding-applications/{id}")]
async fn remove_funding_application(
    scope: TenantScope,
    id: web::Path<FundingApplicationId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}
