use actix_web::{HttpRequest, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    CommonStrengths, CompetenceCube, CooperationSuggestion, CubeDefinition, CubeFilter, Days, JointWeight,
    JsonStat, Landscape, LandscapeComparison, LandscapeFilter, Matches, Overlap, ProjectGap,
    SuggestionFilter, TwoOverlap,
    cube::tabled,
    service::{self, AsOf},
    table::{self, Format, Separator},
};
use crate::{
    competence::Stance,
    id::{ConceptId, ConsortiumId, EntryId, ProjectId, TenantId},
    page::{Page, PageArgs},
    registry::tenant::TenantKind,
    rest::{Again, Figures, Found, Listing, NoFilter, Over, Params, Problem, Table, Wide},
    tenancy::{Extent, TenantScope},
};

pub fn routes(config: &mut ServiceConfig) {
    // What dashboards ask again and again comes first: paths are tried one after the other.
    config
        .service(aggregate_competences)
        .service(landscape)
        .service(compare_landscape)
        .service(overlap)
        .service(overlap_of)
        .service(matches)
        .service(matches_offered)
        .service(common_strengths)
        .service(suggestions)
        .service(joint_weight)
        .service(project_gap)
        .service(aggregate_competences_over)
        .service(aggregate_competences_definition);
}

/// Who has what and who wants what in a consortium, by theme and concept. At most 1,000 concepts.
#[utoipa::path(tag = "figures", operation_id = "landscape", params(("id" = ConsortiumId, Path), LandscapeFilter))]
#[get("/consortia/{id}/landscape")]
async fn landscape(
    scope: TenantScope,
    request: HttpRequest,
    consortium: web::Path<ConsortiumId>,
    filter: Params<LandscapeFilter>,
) -> Result<Again<Figures<Landscape>>, Problem> {
    let work = async { service::landscape(&scope, *consortium, filter.0).await.map(Figures) };
    Again::of(&request, &scope, Some((*consortium).into()), || Box::pin(work)).await
}

/// A consortium beside itself at the end of two days: by theme and concept what came, grew, shrank and went among its members of
/// now, of what they share still. What was removed, or is kept back by now, is not told; of two entries that a merge of words made
/// one, the past of the one that stays. At most 1,000 concepts.
#[utoipa::path(tag = "figures", operation_id = "compareLandscape", params(("id" = ConsortiumId, Path), Days))]
#[get("/consortia/{id}/landscape-comparison")]
async fn compare_landscape(
    scope: TenantScope,
    consortium: web::Path<ConsortiumId>,
    days: Params<Days>,
) -> Result<Figures<LandscapeComparison>, Problem> {
    Ok(Figures(service::compare_landscape(&scope, *consortium, days.0).await?))
}

/// How alike the members of a consortium are, every pair, and who has what another wants. At most 100 members.
#[utoipa::path(tag = "figures", operation_id = "overlap", params(("id" = ConsortiumId, Path)))]
#[get("/consortia/{id}/overlap")]
async fn overlap(
    scope: TenantScope,
    request: HttpRequest,
    consortium: web::Path<ConsortiumId>,
    _none: Params<NoFilter>,
) -> Result<Again<Figures<Overlap>>, Problem> {
    let work = async { service::overlap(&scope, *consortium).await.map(Figures) };
    Again::of(&request, &scope, Some((*consortium).into()), || Box::pin(work)).await
}

/// What a consortium holds and does together, in figures: members, countries and regions, concepts by how many have them, and the
/// totals of each cube.
#[utoipa::path(tag = "figures", operation_id = "jointWeight", params(("id" = ConsortiumId, Path)))]
#[get("/consortia/{id}/joint-weight")]
async fn joint_weight(
    scope: TenantScope,
    request: HttpRequest,
    consortium: web::Path<ConsortiumId>,
    _none: Params<NoFilter>,
) -> Result<Again<Figures<JointWeight>>, Problem> {
    let work = async { service::joint_weight(&scope, *consortium).await.map(Figures) };
    Again::of(&request, &scope, Some((*consortium).into()), || Box::pin(work)).await
}

/// What a project is about beside what those who take part in it have of that, and who else has the rest, in what the caller may see.
#[utoipa::path(tag = "figures", operation_id = "projectGap", params(("id" = ProjectId, Path)))]
#[get("/projects/{id}/competence-gap")]
async fn project_gap(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    _none: Params<NoFilter>,
) -> Result<Figures<ProjectGap>, Problem> {
    Ok(Figures(service::project_gap(&scope, *id).await?))
}

/// Two libraries side by side, in what the caller may see of each.
#[utoipa::path(tag = "figures", operation_id = "overlapOf", params(("id" = TenantId, Path), ("other" = TenantId, Path)))]
#[get("/tenants/{id}/overlap/{other}")]
async fn overlap_of(
    scope: TenantScope,
    pair: web::Path<(TenantId, TenantId)>,
    _none: Params<NoFilter>,
) -> Result<Figures<TwoOverlap>, Problem> {
    let (a, b) = pair.into_inner();
    Ok(Figures(service::overlap_of(&scope, a, b).await?))
}

/// Who can teach what an entry of the caller's library wants; of what it has, who wants it. At most 100, the best ones.
#[utoipa::path(tag = "figures", operation_id = "matches", params(("id" = EntryId, Path)))]
#[get("/competences/{id}/matches")]
async fn matches(
    scope: TenantScope,
    id: web::Path<EntryId>,
    _none: Params<NoFilter>,
) -> Result<Figures<Matches>, Problem> {
    Ok(Figures(service::matches(&scope, *id).await?))
}

/// Whom the caller's library could help with what it has. At most 100, the best ones.
#[utoipa::path(tag = "figures", operation_id = "matchesOffered")]
#[get("/matches/offered")]
async fn matches_offered(scope: TenantScope, _none: Params<NoFilter>) -> Result<Figures<Matches>, Problem> {
    Ok(Figures(service::matches_offered(&scope).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Claim {
    /// The concepts that are claimed, ids with commas between, at most 100.
    concept_ids: String,
}

/// Holds strengths that are claimed as common to several against the members' own lists. At most 100.
#[utoipa::path(tag = "figures", operation_id = "commonStrengths", params(("id" = ConsortiumId, Path), Claim))]
#[get("/consortia/{id}/common-strengths")]
async fn common_strengths(
    scope: TenantScope,
    consortium: web::Path<ConsortiumId>,
    claim: Params<Claim>,
) -> Result<Figures<CommonStrengths>, Problem> {
    let claimed = service::concept_ids(&claim.0.concept_ids)?;
    Ok(Figures(service::common_strengths(&scope, *consortium, claimed).await?))
}

/// What it may be sensible for a consortium's members to do together, each with its reason, and whom to spar with; the
/// highest score first.
#[utoipa::path(tag = "figures", operation_id = "suggestions", params(("id" = ConsortiumId, Path), SuggestionFilter, PageArgs))]
#[get("/consortia/{id}/suggestions")]
async fn suggestions(
    scope: TenantScope,
    consortium: web::Path<ConsortiumId>,
    listing: Listing<SuggestionFilter>,
) -> Result<Found<Page<CooperationSuggestion>>, Problem> {
    Ok(Found(service::suggestions(&scope, *consortium, listing.0, listing.1).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CubeParams {
    /// Up to three of concept, theme, region, kind, country, stance, level, tenant, with commas between; and of year, quarter,
    /// month one.
    group_by: Option<String>,
    stance: Option<Stance>,
    theme_id: Option<ConceptId>,
    concept_id: Option<ConceptId>,
    kind: Option<TenantKind>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    /// Serves this region on the day of `regionsAsOf`.
    region_id: Option<String>,
    /// The day at whose end (UTC) it is counted: what is shared still, as it was then; today when left out.
    as_of: Option<NaiveDate>,
    /// The day whose regions are counted by; that of `asOf` when left out.
    regions_as_of: Option<NaiveDate>,
    /// Left out: as `Accept` wishes, JSON, CSV or a spreadsheet.
    #[param(inline)]
    format: Option<Format>,
    /// What stands between the columns of the CSV.
    #[param(inline)]
    separator: Option<Separator>,
}

/// Counts of what is shared in a consortium, divided by up to three dimensions. At most 20,000 cells.
#[utoipa::path(tag = "figures", operation_id = "aggregateCompetences", params(("id" = ConsortiumId, Path), CubeParams))]
#[get("/consortia/{id}/aggregates/competences")]
async fn aggregate_competences(
    scope: TenantScope,
    request: HttpRequest,
    consortium: web::Path<ConsortiumId>,
    params: Params<CubeParams>,
) -> Result<Again<Table<CompetenceCube, JsonStat>>, Problem> {
    let (extent, ask) = (Extent::from(*consortium), params.0);
    let format = ask.format.unwrap_or_else(|| Format::accepted(&request));
    let work = || Box::pin(cube(&scope, &extent, ask, format));
    Again::of(&request, &scope, Some(extent.clone()), work).await
}

/// Counts of what is shared in several consortia of the caller's, each library and entry once; or of what everybody on the node may
/// read. Divided by up to three dimensions. At most 20,000 cells.
#[utoipa::path(tag = "figures", operation_id = "aggregateCompetencesOver", params(Wide, CubeParams))]
#[get("/aggregates/competences")]
async fn aggregate_competences_over(
    scope: TenantScope,
    request: HttpRequest,
    params: Over<CubeParams>,
) -> Result<Again<Table<CompetenceCube, JsonStat>>, Problem> {
    let Over(wide, ask) = params;
    let extent = over(&wide)?;
    let format = ask.format.unwrap_or_else(|| Format::accepted(&request));
    let work = || Box::pin(cube(&scope, &extent, ask, format));
    Again::of(&request, &scope, Some(extent.clone()), work).await
}

/// Over whose rows it is asked.
pub(super) fn over(wide: &Wide) -> crate::error::Result<Extent> {
    service::over(wide.consortium_ids.as_deref().map(service::consortium_ids).transpose()?)
}

async fn cube(
    scope: &TenantScope,
    extent: &Extent,
    ask: CubeParams,
    format: Format,
) -> crate::error::Result<Table<CompetenceCube, JsonStat>> {
    let group_by = service::dimensions(ask.group_by.as_deref().unwrap_or_default())?;
    let filter = CubeFilter {
        stance: ask.stance,
        theme_id: ask.theme_id,
        concept_id: ask.concept_id,
        kind: ask.kind,
        country: ask.country,
        region_id: ask.region_id,
    };
    let days = AsOf { counted: ask.as_of, regions: ask.regions_as_of };
    let cube = service::aggregate_competences(scope, extent, group_by, filter, days).await?;
    let definition = service::aggregate_competences_definition(scope);
    table::written(cube, tabled, (format, ask.separator), &definition, scope.languages())
}

/// What the cube of competences can be asked: its dimensions and measures, with their definitions.
#[utoipa::path(tag = "figures", operation_id = "aggregateCompetencesDefinition")]
#[get("/aggregates/competences/definition")]
async fn aggregate_competences_definition(
    scope: TenantScope,
    _none: Params<NoFilter>,
) -> Result<Figures<CubeDefinition>, Problem> {
    Ok(Figures(service::aggregate_competences_definition(&scope)))
}
