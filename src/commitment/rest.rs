use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Commitment, CommitmentChange, CommitmentFilter, CommitmentStep, FollowUp, NewCommitment, service,
};
use crate::{
    id::CommitmentId,
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_commitments)
        .service(get_commitment)
        .service(create_commitment)
        .service(change_commitment)
        .service(follow_up)
        .service(list_steps);
}

/// Commitments that the caller may see, its own and others', oldest first.
#[utoipa::path(tag = "commitments", operation_id = "commitments", params(CommitmentFilter, PageArgs))]
#[get("/commitments")]
async fn list_commitments(
    scope: TenantScope,
    listing: Listing<CommitmentFilter>,
) -> Result<Found<Page<Commitment>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One commitment.
#[utoipa::path(tag = "commitments", operation_id = "commitment", params(("id" = CommitmentId, Path)))]
#[get("/commitments/{id}")]
async fn get_commitment(
    scope: TenantScope,
    id: web::Path<CommitmentId>,
) -> Result<Found<Commitment>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a commitment of the caller's library. The libraries that it is made with see it from then on.
#[utoipa::path(tag = "commitments", operation_id = "createCommitment", request_body = NewCommitment)]
#[post("/commitments")]
async fn create_commitment(
    scope: TenantScope,
    body: Body<NewCommitment>,
) -> Result<Made<Commitment>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a commitment of the caller's library.
#[utoipa::path(tag = "commitments", operation_id = "changeCommitment", params(("id" = CommitmentId, Path), Version), request_body = CommitmentChange)]
#[patch("/commitments/{id}")]
async fn change_commitment(
    scope: TenantScope,
    id: web::Path<CommitmentId>,
    version: Version,
    body: Body<CommitmentChange>,
) -> Result<Found<Commitment>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Says what came of a commitment of the caller's library: done, dropped, moved to another day, or open still.
#[utoipa::path(tag = "commitments", operation_id = "followUpCommitment", params(("id" = CommitmentId, Path), Version), request_body = FollowUp)]
#[post("/commitments/{id}/follow-up")]
async fn follow_up(
    scope: TenantScope,
    id: web::Path<CommitmentId>,
    version: Version,
    body: Body<FollowUp>,
) -> Result<Found<Commitment>, Problem> {
    Ok(Found(service::follow_up(&scope, *id, version.0, body.0).await?))
}

/// What came of a commitment, first step first.
#[utoipa::path(tag = "commitments", operation_id = "commitmentSteps", params(("id" = CommitmentId, Path), PageArgs))]
#[get("/commitments/{id}/steps")]
async fn list_steps(
    scope: TenantScope,
    id: web::Path<CommitmentId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<CommitmentStep>>, Problem> {
    Ok(Found(service::steps(&scope, *id, listing.1).await?))
}
