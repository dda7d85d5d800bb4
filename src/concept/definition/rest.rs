use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{ConceptDefinition, DefinitionChange, NewDefinition, service};
use crate::{
    id::{ConceptId, DefinitionId},
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_definitions)
        .service(get_definition)
        .service(define_concept)
        .service(change_definition)
        .service(remove_definition);
}

/// What is meant by a concept: its definitions that the caller may see, side by side, oldest first.
#[utoipa::path(tag = "concepts", operation_id = "conceptDefinitions", params(("id" = ConceptId, Path), PageArgs))]
#[get("/concepts/{id}/definitions")]
async fn list_definitions(
    scope: TenantScope,
    id: web::Path<ConceptId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<ConceptDefinition>>, Problem> {
    Ok(Found(service::list(&scope, *id, listing.1).await?))
}

/// One definition.
#[utoipa::path(tag = "concepts", operation_id = "conceptDefinition", params(("id" = DefinitionId, Path)))]
#[get("/concept-definitions/{id}")]
async fn get_definition(
    scope: TenantScope,
    id: web::Path<DefinitionId>,
) -> Result<Found<ConceptDefinition>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Gives a definition of a concept, by the caller's library.
#[utoipa::path(tag = "concepts", operation_id = "defineConcept", params(("id" = ConceptId, Path)), request_body = NewDefinition)]
#[post("/concepts/{id}/definitions")]
async fn define_concept(
    scope: TenantScope,
    id: web::Path<ConceptId>,
    body: Body<NewDefinition>,
) -> Result<Made<ConceptDefinition>, Problem> {
    Ok(Made(service::create(&scope, *id, body.0).await?))
}

/// Changes a definition of the caller's library.
#[utoipa::path(tag = "concepts", operation_id = "changeDefinition", params(("id" = DefinitionId, Path), Version), request_body = DefinitionChange)]
#[patch("/concept-definitions/{id}")]
async fn change_definition(
    scope: TenantScope,
    id: web::Path<DefinitionId>,
    version: Version,
    body: Body<DefinitionChange>,
) -> Result<Found<ConceptDefinition>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Removes a definition of the caller's library.
#[utoipa::path(tag = "concepts", operation_id = "removeDefinition", params(("id" = DefinitionId, Path), Version))]
#[delete("/concept-definitions/{id}")]
async fn remove_definition(
    scope: TenantScope,
    id: web::Path<DefinitionId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}
