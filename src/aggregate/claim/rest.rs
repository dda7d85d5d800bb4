use actix_web::{delete, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{NewStrengthClaim, StrengthClaim, service};
use crate::{
    id::{ClaimId, ConsortiumId},
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_strength_claims)
        .service(get_strength_claim)
        .service(claim_strength)
        .service(withdraw_strength_claim);
}

/// What is claimed as common to several members of a consortium, oldest first, each with how many confirm it by what they share.
#[utoipa::path(tag = "figures", operation_id = "strengthClaims", params(("id" = ConsortiumId, Path), PageArgs))]
#[get("/consortia/{id}/strength-claims")]
async fn list_strength_claims(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<StrengthClaim>>, Problem> {
    Ok(Found(service::list(&scope, *id, listing.1).await?))
}

/// One claim, with how many members confirm it.
#[utoipa::path(tag = "figures", operation_id = "strengthClaim", params(("id" = ClaimId, Path)))]
#[get("/strength-claims/{id}")]
async fn get_strength_claim(
    scope: TenantScope,
    id: web::Path<ClaimId>,
) -> Result<Found<StrengthClaim>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Claims a strength as common to several members of a consortium, without naming which.
#[utoipa::path(tag = "figures", operation_id = "claimStrength", params(("id" = ConsortiumId, Path)), request_body = NewStrengthClaim)]
#[post("/consortia/{id}/strength-claims")]
async fn claim_strength(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewStrengthClaim>,
) -> Result<Made<StrengthClaim>, Problem> {
    Ok(Made(service::claim(&scope, *id, body.0).await?))
}

/// Takes a claim back. For the library that claimed it, and for the coordinator.
#[utoipa::path(tag = "figures", operation_id = "withdrawStrengthClaim", params(("id" = ClaimId, Path), Version))]
#[delete("/strength-claims/{id}")]
async fn withdraw_strength_claim(
    scope: TenantScope,
    id: web::Path<ClaimId>,
    version: Version,
) -> Result<Done, Problem> {
    service::withdraw(&scope, *id, version.0).await?;
    Ok(Done)
}
