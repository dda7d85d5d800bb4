use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    NewStatement, Statement, StatementChange, StatementFilter,
    endorsement::Endorsement,
    overview::{self, OverviewArgs, StatementOverview},
    service,
};
use crate::{
    id::{ConsortiumId, StatementId},
    page::{Page, PageArgs},
    rest::{Body, Done, Found, FoundIf, Listing, Made, NoFilter, Params, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_statements)
        .service(get_statement)
        .service(create_statement)
        .service(change_statement)
        .service(remove_statement)
        .service(list_endorsements)
        .service(endorse_statement)
        .service(withdraw_endorsement)
        .service(get_overview);
}

/// Statements that the caller may see, its own and others', oldest first.
#[utoipa::path(tag = "statements", operation_id = "statements", params(StatementFilter, PageArgs))]
#[get("/statements")]
async fn list_statements(
    scope: TenantScope,
    listing: Listing<StatementFilter>,
) -> Result<Found<Page<Statement>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One statement.
#[utoipa::path(tag = "statements", operation_id = "statement", params(("id" = StatementId, Path)))]
#[get("/statements/{id}")]
async fn get_statement(scope: TenantScope, id: web::Path<StatementId>) -> Result<Found<Statement>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a statement of the caller's library.
#[utoipa::path(tag = "statements", operation_id = "createStatement", request_body = NewStatement)]
#[post("/statements")]
async fn create_statement(scope: TenantScope, body: Body<NewStatement>) -> Result<Made<Statement>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a statement of the caller's library.
#[utoipa::path(tag = "statements", operation_id = "changeStatement", params(("id" = StatementId, Path), Version), request_body = StatementChange)]
#[patch("/statements/{id}")]
async fn change_statement(
    scope: TenantScope,
    id: web::Path<StatementId>,
    version: Version,
    body: Body<StatementChange>,
) -> Result<Found<Statement>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Removes a statement of the caller's library, with the names beside it. An ambition that means serve stays.
#[utoipa::path(tag = "statements", operation_id = "removeStatement", params(("id" = StatementId, Path), Version))]
#[delete("/statements/{id}")]
async fn remove_statement(
    scope: TenantScope,
    id: web::Path<StatementId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}

/// Who endorses a statement, first one first.
#[utoipa::path(tag = "statements", operation_id = "endorsements", params(("id" = StatementId, Path), PageArgs))]
#[get("/statements/{id}/endorsements")]
async fn list_endorsements(
    scope: TenantScope,
    id: web::Path<StatementId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Endorsement>>, Problem> {
    Ok(Found(service::endorsements(&scope, *id, listing.1).await?))
}

/// Puts the caller's library's name beside another's statement, for all who see it. Again changes nothing.
#[utoipa::path(tag = "statements", operation_id = "endorseStatement", params(("id" = StatementId, Path)))]
#[post("/statements/{id}/endorsement")]
async fn endorse_statement(
    scope: TenantScope,
    id: web::Path<StatementId>,
) -> Result<Found<Statement>, Problem> {
    Ok(Found(service::endorse(&scope, *id).await?))
}

/// Takes the caller's library's name away from a statement; 204 from one that it is not shown any more.
#[utoipa::path(tag = "statements", operation_id = "withdrawEndorsement", params(("id" = StatementId, Path)))]
#[delete("/statements/{id}/endorsement")]
async fn withdraw_endorsement(
    scope: TenantScope,
    id: web::Path<StatementId>,
) -> Result<FoundIf<Statement>, Problem> {
    Ok(FoundIf(service::withdraw(&scope, *id).await?))
}

/// What the members of a consortium share: strengths, weaknesses, opportunities and threats beside one another, or one kind
/// such as the challenges, those first that most have endorsed.
#[utoipa::path(tag = "statements", operation_id = "statementOverview", params(("id" = ConsortiumId, Path), OverviewArgs))]
#[get("/consortia/{id}/statements")]
async fn get_overview(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    args: Params<OverviewArgs>,
) -> Result<Found<StatementOverview>, Problem> {
    Ok(Found(overview::view(&scope, *id, args.0).await?))
}
