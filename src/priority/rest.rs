use actix_web::{get, patch, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    ballot::{self, Ballot, NewBallot},
    compare::{self, EarlierRound, PriorityComparison},
    proposal::{self, NewPriorityProposal, PriorityProposal, PriorityProposalChange, PriorityProposalFilter},
    round::{
        self, NewPriorityRound, PriorityMove, PriorityRound, PriorityRoundChange, PriorityRoundFilter,
        RecordedResult,
    },
};
use crate::{
    id::{ConsortiumId, ProposalId, RoundId},
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, Params, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_rounds)
        .service(get_round)
        .service(create_round)
        .service(change_round)
        .service(move_round)
        .service(record_result)
        .service(list_proposals)
        .service(create_proposal)
        .service(change_proposal)
        .service(cast_ballot)
        .service(get_ballot)
        .service(compare_rounds);
}

/// Priority rounds of the caller's consortia, oldest first.
#[utoipa::path(tag = "priorities", operation_id = "priorityRounds", params(PriorityRoundFilter, PageArgs))]
#[get("/priority-rounds")]
async fn list_rounds(
    scope: TenantScope,
    listing: Listing<PriorityRoundFilter>,
) -> Result<Found<Page<PriorityRound>>, Problem> {
    Ok(Found(round::service::list(&scope, listing.0, listing.1).await?))
}

/// One round. Before it is published it tells of the vote how many have voted, and nothing else.
#[utoipa::path(tag = "priorities", operation_id = "priorityRound", params(("id" = RoundId, Path)))]
#[get("/priority-rounds/{id}")]
async fn get_round(scope: TenantScope, id: web::Path<RoundId>) -> Result<Found<PriorityRound>, Problem> {
    Ok(Found(round::service::view(&scope, *id).await?))
}

/// Makes a round of a consortium, as a draft. For its coordinator.
#[utoipa::path(tag = "priorities", operation_id = "createPriorityRound", params(("id" = ConsortiumId, Path)), request_body = NewPriorityRound)]
#[post("/consortia/{id}/priority-rounds")]
async fn create_round(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewPriorityRound>,
) -> Result<Made<PriorityRound>, Problem> {
    Ok(Made(round::service::create(&scope, *id, body.0).await?))
}

/// Changes what a round asks and goes by, in its phases draft and proposing. For the coordinator.
#[utoipa::path(tag = "priorities", operation_id = "changePriorityRound", params(("id" = RoundId, Path), Version), request_body = PriorityRoundChange)]
#[patch("/priority-rounds/{id}")]
async fn change_round(
    scope: TenantScope,
    id: web::Path<RoundId>,
    version: Version,
    body: Body<PriorityRoundChange>,
) -> Result<Found<PriorityRound>, Problem> {
    Ok(Found(round::service::change(&scope, *id, version.0, body.0).await?))
}

/// Moves a round to its next phase: draft, proposing, voting, closed, published. Publishing a vote counts it. A
/// recorded round has no vote, and is closed by `recordPriorityResult`. For the coordinator.
#[utoipa::path(tag = "priorities", operation_id = "movePriorityRound", params(("id" = RoundId, Path), Version), request_body = PriorityMove)]
#[post("/priority-rounds/{id}/move")]
async fn move_round(
    scope: TenantScope,
    id: web::Path<RoundId>,
    version: Version,
    body: Body<PriorityMove>,
) -> Result<Found<PriorityRound>, Problem> {
    Ok(Found(round::service::advance(&scope, *id, version.0, body.0).await?))
}

/// Writes down what a recorded round came to, and closes it; may be put right until it is published. For the
/// coordinator.
#[utoipa::path(tag = "priorities", operation_id = "recordPriorityResult", params(("id" = RoundId, Path), Version), request_body = RecordedResult)]
#[put("/priority-rounds/{id}/result")]
async fn record_result(
    scope: TenantScope,
    id: web::Path<RoundId>,
    version: Version,
    body: Body<RecordedResult>,
) -> Result<Found<PriorityRound>, Problem> {
    Ok(Found(round::service::record(&scope, *id, version.0, body.0).await?))
}

/// The proposals of a round, oldest first; how each came out, when the round is published.
#[utoipa::path(tag = "priorities", operation_id = "priorityProposals", params(("id" = RoundId, Path), PriorityProposalFilter, PageArgs))]
#[get("/priority-rounds/{id}/proposals")]
async fn list_proposals(
    scope: TenantScope,
    id: web::Path<RoundId>,
    listing: Listing<PriorityProposalFilter>,
) -> Result<Found<Page<PriorityProposal>>, Problem> {
    Ok(Found(proposal::service::list(&scope, *id, listing.0, listing.1).await?))
}

/// Proposes an area while the round is in its phase proposing; the coordinator may in the draft too.
#[utoipa::path(tag = "priorities", operation_id = "createPriorityProposal", params(("id" = RoundId, Path)), request_body = NewPriorityProposal)]
#[post("/priority-rounds/{id}/proposals")]
async fn create_proposal(
    scope: TenantScope,
    id: web::Path<RoundId>,
    body: Body<NewPriorityProposal>,
) -> Result<Made<PriorityProposal>, Problem> {
    Ok(Made(proposal::service::create(&scope, *id, body.0).await?))
}

/// Changes a proposal, withdraws it or brings it back, before the vote. For who made it, and the coordinator.
#[utoipa::path(tag = "priorities", operation_id = "changePriorityProposal", params(("id" = ProposalId, Path), Version), request_body = PriorityProposalChange)]
#[patch("/priority-proposals/{id}")]
async fn change_proposal(
    scope: TenantScope,
    id: web::Path<ProposalId>,
    version: Version,
    body: Body<PriorityProposalChange>,
) -> Result<Found<PriorityProposal>, Problem> {
    Ok(Found(proposal::service::change(&scope, *id, version.0, body.0).await?))
}

/// Casts the ballot of the caller's library, in the place of the one before: the last one counts. For members and
/// coordinators, while the round is in its phase voting. Keep the answer: its receipt shows later that it was counted.
#[utoipa::path(tag = "priorities", operation_id = "castBallot", params(("id" = RoundId, Path)), request_body = NewBallot)]
#[put("/priority-rounds/{id}/ballot")]
async fn cast_ballot(
    scope: TenantScope,
    id: web::Path<RoundId>,
    body: Body<NewBallot>,
) -> Result<Found<Ballot>, Problem> {
    Ok(Found(ballot::service::cast(&scope, *id, body.0).await?))
}

/// The ballot of the caller's library. There is no way to another's.
#[utoipa::path(tag = "priorities", operation_id = "myBallot", params(("id" = RoundId, Path)))]
#[get("/priority-rounds/{id}/ballot")]
async fn get_ballot(scope: TenantScope, id: web::Path<RoundId>) -> Result<Found<Ballot>, Problem> {
    Ok(Found(ballot::service::view(&scope, *id).await?))
}

/// A round beside an earlier one: what was carried over, what was dropped, what is new.
#[utoipa::path(tag = "priorities", operation_id = "comparePriorityRounds", params(("id" = RoundId, Path), EarlierRound))]
#[get("/priority-rounds/{id}/comparison")]
async fn compare_rounds(
    scope: TenantScope,
    id: web::Path<RoundId>,
    with: Params<EarlierRound>,
) -> Result<Found<PriorityComparison>, Problem> {
    Ok(Found(compare::compare(&scope, *id, with.0.earlier_id).await?))
}
