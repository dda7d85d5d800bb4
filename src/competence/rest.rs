use actix_web::{delete, get, patch, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Competence, CompetenceChange, CompetenceFilter, NewCompetence, NewStatement, PastCompetence, Profile,
    ProfileStatement,
    model::AsOf,
    occasion, past,
    paste::{self, Paste, Pasted},
    profile, service, sighting,
};
use crate::{
    id::{EntryId, TenantId},
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, NoFilter, Params, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_competences).service(get_competence).service(create_competence);
    config.service(change_competence).service(remove_competence).service(list_history);
    config.service(get_profile).service(set_statement).service(paste_competences);
    sighting::rest::routes(config);
    occasion::rest::routes(config);
}

/// Competences that the caller may see, its own and others', oldest first.
#[utoipa::path(tag = "competences", operation_id = "competences", params(CompetenceFilter, PageArgs))]
#[get("/competences")]
async fn list_competences(
    scope: TenantScope,
    listing: Listing<CompetenceFilter>,
) -> Result<Found<Page<Competence>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One competence.
#[utoipa::path(tag = "competences", operation_id = "competence", params(("id" = EntryId, Path)))]
#[get("/competences/{id}")]
async fn get_competence(scope: TenantScope, id: web::Path<EntryId>) -> Result<Found<Competence>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Enters a competence of the caller's library.
#[utoipa::path(tag = "competences", operation_id = "createCompetence", request_body = NewCompetence)]
#[post("/competences")]
async fn create_competence(
    scope: TenantScope,
    body: Body<NewCompetence>,
) -> Result<Made<Competence>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a competence of the caller's library.
#[utoipa::path(tag = "competences", operation_id = "changeCompetence", params(("id" = EntryId, Path), Version), request_body = CompetenceChange)]
#[patch("/competences/{id}")]
async fn change_competence(
    scope: TenantScope,
    id: web::Path<EntryId>,
    version: Version,
    body: Body<CompetenceChange>,
) -> Result<Found<Competence>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Removes a competence of the caller's library; its history stays.
#[utoipa::path(tag = "competences", operation_id = "removeCompetence", params(("id" = EntryId, Path), Version))]
#[delete("/competences/{id}")]
async fn remove_competence(
    scope: TenantScope,
    id: web::Path<EntryId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}

/// The states that a competence has had, first one first.
#[utoipa::path(tag = "competences", operation_id = "competenceHistory", params(("id" = EntryId, Path), PageArgs))]
#[get("/competences/{id}/history")]
async fn list_history(
    scope: TenantScope,
    id: web::Path<EntryId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<PastCompetence>>, Problem> {
    Ok(Found(past::list(&scope, *id, listing.1).await?))
}

/// What a library says of itself, and its competences, now or as of a time.
#[utoipa::path(tag = "competences", operation_id = "profile", params(("id" = TenantId, Path), AsOf))]
#[get("/tenants/{id}/profile")]
async fn get_profile(
    scope: TenantScope,
    id: web::Path<TenantId>,
    as_of: Params<AsOf>,
) -> Result<Found<Profile>, Problem> {
    Ok(Found(profile::view(&scope, *id, as_of.0.as_of).await?))
}

/// Sets what the caller's library says of itself. The first one is set from version "0".
#[utoipa::path(tag = "competences", operation_id = "setProfileStatement", params(Version), request_body = NewStatement)]
#[put("/profile-statement")]
async fn set_statement(
    scope: TenantScope,
    version: Version,
    body: Body<NewStatement>,
) -> Result<Found<ProfileStatement>, Problem> {
    Ok(Found(profile::state(&scope, version.0, body.0).await?))
}

/// Enters a whole list, one line an entry: split, met with concepts, doubles counted once.
#[utoipa::path(tag = "competences", operation_id = "pasteCompetences", request_body = Paste)]
#[post("/competences/paste")]
async fn paste_competences(scope: TenantScope, body: Body<Paste>) -> Result<Found<Pasted>, Problem> {
    Ok(Found(paste::service::paste(&scope, body.0).await?))
}
