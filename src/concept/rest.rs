use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Concept, ConceptChange, ConceptFilter, ConceptMerge, ConceptRejection, ConceptScheme, NewConcept,
    SuggestionWish, Suggestions, ThemeFilter, definition, merge, proposal, service,
};
use crate::{
    id::{ConceptId, ConsortiumId, SchemeId},
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Params, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_schemes).service(get_scheme);
    config.service(list_concepts).service(get_concept).service(list_themes).service(suggest);
    config.service(propose).service(propose_local).service(change).service(accept).service(reject);
    config.service(merge_concept);
    definition::rest::routes(config);
}

/// The vocabularies of the node.
#[utoipa::path(tag = "concepts", operation_id = "conceptSchemes", params(PageArgs))]
#[get("/concept-schemes")]
async fn list_schemes(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<ConceptScheme>>, Problem> {
    Ok(Found(service::schemes(&scope, listing.1).await?))
}

/// One vocabulary.
#[utoipa::path(tag = "concepts", operation_id = "conceptScheme", params(("id" = SchemeId, Path)))]
#[get("/concept-schemes/{id}")]
async fn get_scheme(scope: TenantScope, id: web::Path<SchemeId>) -> Result<Found<ConceptScheme>, Problem> {
    Ok(Found(service::scheme(&scope, *id).await?))
}

/// Concepts in the order of their notation; themes are left out.
#[utoipa::path(tag = "concepts", operation_id = "concepts", params(ConceptFilter, PageArgs))]
#[get("/concepts")]
async fn list_concepts(
    scope: TenantScope,
    listing: Listing<ConceptFilter>,
) -> Result<Found<Page<Concept>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One concept or theme.
#[utoipa::path(tag = "concepts", operation_id = "concept", params(("id" = ConceptId, Path)))]
#[get("/concepts/{id}")]
async fn get_concept(scope: TenantScope, id: web::Path<ConceptId>) -> Result<Found<Concept>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// The themes, in the order of their notation.
#[utoipa::path(tag = "concepts", operation_id = "themes", params(ThemeFilter, PageArgs))]
#[get("/themes")]
async fn list_themes(
    scope: TenantScope,
    listing: Listing<ThemeFilter>,
) -> Result<Found<Page<Concept>>, Problem> {
    Ok(Found(service::themes(&scope, listing.0, listing.1).await?))
}

/// The concepts that a text in any of the languages may mean, best first.
#[utoipa::path(tag = "concepts", operation_id = "suggestConcepts", params(SuggestionWish))]
#[get("/concept-suggestions")]
async fn suggest(scope: TenantScope, wish: Params<SuggestionWish>) -> Result<Found<Suggestions>, Problem> {
    Ok(Found(service::suggest(&scope, wish.0).await?))
}

/// Proposes a concept or theme to everybody. Until the operator has decided, it is the caller's library's own.
#[utoipa::path(tag = "concepts", operation_id = "proposeConcept", request_body = NewConcept)]
#[post("/concepts")]
async fn propose(scope: TenantScope, body: Body<NewConcept>) -> Result<Made<Concept>, Problem> {
    Ok(Made(proposal::propose(&scope, None, body.0).await?))
}

/// Proposes a concept or theme to a consortium. Its members see and use it at once; its coordinator decides.
#[utoipa::path(tag = "concepts", operation_id = "proposeLocalConcept", params(("id" = ConsortiumId, Path)), request_body = NewConcept)]
#[post("/consortia/{id}/concepts")]
async fn propose_local(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewConcept>,
) -> Result<Made<Concept>, Problem> {
    Ok(Made(proposal::propose(&scope, Some(*id), body.0).await?))
}

/// Changes a concept or theme of a consortium's own. Its coordinator's.
#[utoipa::path(tag = "concepts", operation_id = "changeConcept", params(("id" = ConceptId, Path), Version), request_body = ConceptChange)]
#[patch("/concepts/{id}")]
async fn change(
    scope: TenantScope,
    id: web::Path<ConceptId>,
    version: Version,
    body: Body<ConceptChange>,
) -> Result<Found<Concept>, Problem> {
    Ok(Found(proposal::change(&scope, *id, version.0, body.0).await?))
}

/// Takes a proposed concept in. The coordinator's of the consortium that it was proposed to, or the operator's.
#[utoipa::path(tag = "concepts", operation_id = "acceptConcept", params(("id" = ConceptId, Path), Version))]
#[post("/concepts/{id}/accept")]
async fn accept(
    scope: TenantScope,
    id: web::Path<ConceptId>,
    version: Version,
) -> Result<Found<Concept>, Problem> {
    Ok(Found(proposal::accept(&scope, *id, version.0).await?))
}

/// Does not take a proposed concept in, and says why. What was entered on it stays there.
#[utoipa::path(tag = "concepts", operation_id = "rejectConcept", params(("id" = ConceptId, Path), Version), request_body = ConceptRejection)]
#[post("/concepts/{id}/reject")]
async fn reject(
    scope: TenantScope,
    id: web::Path<ConceptId>,
    version: Version,
    body: Body<ConceptRejection>,
) -> Result<Found<Concept>, Problem> {
    Ok(Found(proposal::reject(&scope, *id, version.0, body.0).await?))
}

/// Merges a concept into another: whatever names it follows at once, whoever's it is. Where a library has entries of one
/// stance on both, they become one: the highest level, the most holders, all words, and the narrower visibility.
#[utoipa::path(tag = "concepts", operation_id = "mergeConcept", params(("id" = ConceptId, Path), Version), request_body = ConceptMerge)]
#[post("/concepts/{id}/merge")]
async fn merge_concept(
    scope: TenantScope,
    id: web::Path<ConceptId>,
    version: Version,
    body: Body<ConceptMerge>,
) -> Result<Found<Concept>, Problem> {
    Ok(Found(merge::merge(&scope, *id, version.0, body.0).await?))
}
