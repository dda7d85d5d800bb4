use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    MadeReleases, NewRelease, Release, ReleaseCell, ReleaseCellFilter, ReleaseContribution, ReleaseDocument,
    ReleaseFilter, ReleaseWithdrawal,
    rules::{self, ReleaseRules, ReleaseRulesProposal, Rules},
    service,
};
use crate::{
    id::{ConsortiumId, ReleaseId, ReleaseRulesId},
    page::{Page, PageArgs},
    rest::{Body, Filed, Found, Listing, Made, NoFilter, Params, Problem, Version, csv_wished},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(rules_in_force)
        .service(list_proposals)
        .service(get_proposal)
        .service(propose_rules)
        .service(approve_rules)
        .service(make_release)
        .service(list_releases)
        .service(get_release)
        .service(list_cells)
        .service(get_document)
        .service(withdraw_release)
        .service(list_contributions);
}

/// The rules that a consortium's figures are released by, and what releases do not guard against. For those who have a seat.
#[utoipa::path(tag = "releases", operation_id = "releaseRules", params(("id" = ConsortiumId, Path)))]
#[get("/consortia/{id}/release-rules")]
async fn rules_in_force(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    _none: Params<NoFilter>,
) -> Result<Found<ReleaseRules>, Problem> {
    Ok(Found(rules::service::view(&scope, *id).await?))
}

/// The rules that were proposed in a consortium, oldest first. For those who have a seat.
#[utoipa::path(tag = "releases", operation_id = "releaseRulesProposals", params(("id" = ConsortiumId, Path), PageArgs))]
#[get("/consortia/{id}/release-rules-proposals")]
async fn list_proposals(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<ReleaseRulesProposal>>, Problem> {
    Ok(Found(rules::service::list(&scope, *id, listing.1).await?))
}

/// One proposal.
#[utoipa::path(tag = "releases", operation_id = "releaseRulesProposal", params(("id" = ReleaseRulesId, Path)))]
#[get("/release-rules-proposals/{id}")]
async fn get_proposal(
    scope: TenantScope,
    id: web::Path<ReleaseRulesId>,
) -> Result<Found<ReleaseRulesProposal>, Problem> {
    Ok(Found(rules::service::proposal(&scope, *id).await?))
}

/// Proposes rules, and says yes to them. For members' editors.
#[utoipa::path(tag = "releases", operation_id = "proposeReleaseRules", params(("id" = ConsortiumId, Path)), request_body = Rules)]
#[post("/consortia/{id}/release-rules-proposals")]
async fn propose_rules(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<Rules>,
) -> Result<Made<ReleaseRulesProposal>, Problem> {
    Ok(Made(rules::service::propose(&scope, *id, body.0).await?))
}

/// Says yes to proposed rules, once a library. With more than half of the members they are in force. For members' editors.
#[utoipa::path(tag = "releases", operation_id = "approveReleaseRules", params(("id" = ReleaseRulesId, Path)))]
#[post("/release-rules-proposals/{id}/approve")]
async fn approve_rules(
    scope: TenantScope,
    id: web::Path<ReleaseRulesId>,
) -> Result<Found<ReleaseRulesProposal>, Problem> {
    Ok(Found(rules::service::approve(&scope, *id).await?))
}

/// Makes the release of a period: to the members of the consortium, and then to the public where they have decided so. One a
/// period; 409 when there is one. For the coordinator's editors.
#[utoipa::path(tag = "releases", operation_id = "makeRelease", params(("id" = ConsortiumId, Path)), request_body = NewRelease)]
#[post("/consortia/{id}/releases")]
async fn make_release(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewRelease>,
) -> Result<Made<MadeReleases>, Problem> {
    Ok(Made(service::make(&scope, *id, body.0).await?))
}

/// Releases to the caller's consortia and to the public, oldest first.
#[utoipa::path(tag = "releases", operation_id = "releases", params(ReleaseFilter, PageArgs))]
#[get("/releases")]
async fn list_releases(
    scope: TenantScope,
    listing: Listing<ReleaseFilter>,
) -> Result<Found<Page<Release>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One release; its figures are at `/releases/{id}/cells`.
#[utoipa::path(tag = "releases", operation_id = "release", params(("id" = ReleaseId, Path)))]
#[get("/releases/{id}")]
async fn get_release(scope: TenantScope, id: web::Path<ReleaseId>) -> Result<Found<Release>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// The figures of a release, by concept and then as its rules divide them. Exact or not there: what is left out is not 0. 410
/// when it was withdrawn. As CSV, where `Accept` wishes for it, all that the filter keeps at once, without pages.
#[utoipa::path(tag = "releases", operation_id = "releaseCells", params(("id" = ReleaseId, Path), ReleaseCellFilter, PageArgs))]
#[get("/releases/{id}/cells")]
async fn list_cells(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<ReleaseId>,
    listing: Listing<ReleaseCellFilter>,
) -> Result<Filed<Page<ReleaseCell>>, Problem> {
    let Listing(filter, page) = listing;
    Ok(match csv_wished(&request) {
        false => Filed::Json(service::cells(&scope, *id, filter, page).await?),
        true => {
            let bytes = service::cells_csv(&scope, *id, filter, page).await?;
            Filed::Csv { name: "release", bytes }
        }
    })
}

/// A release as one document, signed by the node. 410 when it was withdrawn.
#[utoipa::path(tag = "releases", operation_id = "releaseDocument", params(("id" = ReleaseId, Path)))]
#[get("/releases/{id}/document")]
async fn get_document(
    scope: TenantScope,
    id: web::Path<ReleaseId>,
) -> Result<Found<ReleaseDocument>, Problem> {
    Ok(Found(service::document(&scope, *id).await?))
}

/// Withdraws a release: its figures are served no more, and everybody who could read them is told why. For the coordinator's
/// editors.
#[utoipa::path(tag = "releases", operation_id = "withdrawRelease", params(("id" = ReleaseId, Path), Version), request_body = ReleaseWithdrawal)]
#[post("/releases/{id}/withdraw")]
async fn withdraw_release(
    scope: TenantScope,
    id: web::Path<ReleaseId>,
    version: Version,
    body: Body<ReleaseWithdrawal>,
) -> Result<Found<Release>, Problem> {
    Ok(Found(service::withdraw(&scope, *id, version.0, body.0).await?))
}

/// The values of the caller's library that went into releases, oldest first. Nobody else is shown them.
#[utoipa::path(tag = "releases", operation_id = "releaseContributions", params(PageArgs))]
#[get("/release-contributions")]
async fn list_contributions(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<ReleaseContribution>>, Problem> {
    Ok(Found(service::contributions(&scope, listing.1).await?))
}
