use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Agreement, AgreementChange, AgreementFilter, AgreementReason, AgreementSigning, NewAgreement, service,
};
use crate::{
    id::AgreementId,
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_agreements)
        .service(get_agreement)
        .service(create_agreement)
        .service(change_agreement)
        .service(remove_agreement)
        .service(propose_agreement)
        .service(sign_agreement)
        .service(decline_agreement)
        .service(terminate_agreement);
}

/// Agreements that the caller may see, its own and others', oldest first, each with its parties and signatures.
#[utoipa::path(tag = "agreements", operation_id = "agreements", params(AgreementFilter, PageArgs))]
#[get("/agreements")]
async fn list_agreements(
    scope: TenantScope,
    listing: Listing<AgreementFilter>,
) -> Result<Found<Page<Agreement>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One agreement, with its parties and signatures.
#[utoipa::path(tag = "agreements", operation_id = "agreement", params(("id" = AgreementId, Path)))]
#[get("/agreements/{id}")]
async fn get_agreement(scope: TenantScope, id: web::Path<AgreementId>) -> Result<Found<Agreement>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Writes an agreement: a draft, which nobody else sees.
#[utoipa::path(tag = "agreements", operation_id = "createAgreement", request_body = NewAgreement)]
#[post("/agreements")]
async fn create_agreement(scope: TenantScope, body: Body<NewAgreement>) -> Result<Made<Agreement>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes an agreement of the caller's library. Another text of one that was in force, or the same for more to see, is proposed: all
/// sign again, and until then it is not in force.
#[utoipa::path(tag = "agreements", operation_id = "changeAgreement", params(("id" = AgreementId, Path), Version), request_body = AgreementChange)]
#[patch("/agreements/{id}")]
async fn change_agreement(
    scope: TenantScope,
    id: web::Path<AgreementId>,
    version: Version,
    body: Body<AgreementChange>,
) -> Result<Found<Agreement>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Removes a draft of the caller's library.
#[utoipa::path(tag = "agreements", operation_id = "removeAgreement", params(("id" = AgreementId, Path), Version))]
#[delete("/agreements/{id}")]
async fn remove_agreement(
    scope: TenantScope,
    id: web::Path<AgreementId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}

/// Puts an agreement of the caller's library before its parties, to be signed. They see it from then on.
#[utoipa::path(tag = "agreements", operation_id = "proposeAgreement", params(("id" = AgreementId, Path), Version))]
#[post("/agreements/{id}/propose")]
async fn propose_agreement(
    scope: TenantScope,
    id: web::Path<AgreementId>,
    version: Version,
) -> Result<Found<Agreement>, Problem> {
    Ok(Found(service::propose(&scope, *id, version.0).await?))
}

/// Signs a proposed agreement for the caller's library, which is a party. Says which text by its digest and version, and is refused
/// when that is another by now. When all libraries have signed it is in force. Signing the same text again changes nothing.
#[utoipa::path(tag = "agreements", operation_id = "signAgreement", params(("id" = AgreementId, Path)), request_body = AgreementSigning)]
#[post("/agreements/{id}/sign")]
async fn sign_agreement(
    scope: TenantScope,
    id: web::Path<AgreementId>,
    body: Body<AgreementSigning>,
) -> Result<Found<Agreement>, Problem> {
    Ok(Found(service::sign(&scope, *id, body.0).await?))
}

/// Declines a proposed agreement for the caller's library, which is a party. Its writer may change it and propose it again.
#[utoipa::path(tag = "agreements", operation_id = "declineAgreement", params(("id" = AgreementId, Path), Version), request_body = AgreementReason)]
#[post("/agreements/{id}/decline")]
async fn decline_agreement(
    scope: TenantScope,
    id: web::Path<AgreementId>,
    version: Version,
    body: Body<AgreementReason>,
) -> Result<Found<Agreement>, Problem> {
    Ok(Found(service::decline(&scope, *id, version.0, body.0).await?))
}

/// Says that an agreement in force is no more, for the caller's library, which is a party; for good.
#[utoipa::path(tag = "agreements", operation_id = "terminateAgreement", params(("id" = AgreementId, Path), Version), request_body = AgreementReason)]
#[post("/agreements/{id}/terminate")]
async fn terminate_agreement(
    scope: TenantScope,
    id: web::Path<AgreementId>,
    version: Version,
    body: Body<AgreementReason>,
) -> Result<Found<Agreement>, Problem> {
    Ok(Found(service::terminate(&scope, *id, version.0, body.0).await?))
}
