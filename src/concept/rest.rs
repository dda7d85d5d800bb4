use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Concept, ConceptFilter, ConceptScheme, SuggestionWish, Suggestions, ThemeFilter, service};
use crate::{
    id::{ConceptId, SchemeId},
    page::{Page, PageArgs},
    rest::{Found, Listing, NoFilter, Params, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_schemes).service(get_scheme);
    config.service(list_concepts).service(get_concept).service(list_themes).service(suggest);
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
