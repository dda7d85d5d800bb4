use actix_web::{HttpRequest, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Cube, CubeName,
    service::{self, CubeAsk},
};
use crate::{
    aggregate::{
        CubeDefinition, JsonStat,
        rest::over,
        table::{self, Format, Separator},
    },
    error::Result,
    id::ConsortiumId,
    rest::{Again, Figures, NoFilter, Over, Params, Problem, Table, Wide},
    tenancy::{Extent, TenantScope},
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(aggregate).service(aggregate_over).service(aggregate_definition);
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CubeParams {
    /// Up to three of the cube's dimensions, with commas between.
    group_by: Option<String>,
    /// Only what stands in these places, each as `dimension:code`, with commas between: `kind:county_library,year:2026`. Of
    /// several of one dimension in any, of several dimensions in all. `-` is the code of what has none.
    only: Option<String>,
    /// The day at whose end it is counted as it stood, whose regions are counted by, and that commitments are overdue on; today when left out.
    as_of: Option<NaiveDate>,
    /// Left out: as `Accept` wishes, JSON, CSV or a spreadsheet.
    #[param(inline)]
    format: Option<Format>,
    /// What stands between the columns of the CSV.
    #[param(inline)]
    separator: Option<Separator>,
}

/// Counts of what is shared in a consortium, divided by up to three dimensions: statements, projects, commitments, activities,
/// priorities, agreements or applications for money. At most 20,000 cells.
#[utoipa::path(tag = "figures", operation_id = "aggregate", params(("id" = ConsortiumId, Path), ("cube" = CubeName, Path), CubeParams))]
#[get("/consortia/{id}/aggregates/{cube}")]
async fn aggregate(
    scope: TenantScope,
    request: HttpRequest,
    of: web::Path<(ConsortiumId, CubeName)>,
    params: Params<CubeParams>,
) -> Result<Again<Table<Cube, JsonStat>>, Problem> {
    let (consortium, cube) = of.into_inner();
    counted(&scope, &request, consortium.into(), cube, params.0).await
}

/// Counts of what is shared in several consortia of the caller's, each thing once; or of what everybody on the node may read. Divided by
/// up to three dimensions. At most 20,000 cells.
#[utoipa::path(tag = "figures", operation_id = "aggregateOver", params(("cube" = CubeName, Path), Wide, CubeParams))]
#[get("/aggregates/{cube}")]
async fn aggregate_over(
    scope: TenantScope,
    request: HttpRequest,
    cube: web::Path<CubeName>,
    params: Over<CubeParams>,
) -> Result<Again<Table<Cube, JsonStat>>, Problem> {
    let Over(wide, ask) = params;
    counted(&scope, &request, over(&wide)?, *cube, ask).await
}

async fn counted(
    scope: &TenantScope,
    request: &HttpRequest,
    extent: Extent,
    cube: CubeName,
    ask: CubeParams,
) -> Result<Again<Table<Cube, JsonStat>>, Problem> {
    let format = ask.format.unwrap_or_else(|| Format::accepted(request));
    let work = async {
        let group_by = service::dimensions(cube, ask.group_by.as_deref().unwrap_or_default())?;
        let only = service::places(cube, ask.only.as_deref().unwrap_or_default())?;
        let question = CubeAsk { cube, group_by, only, as_of: ask.as_of };
        let figures = service::aggregate(scope, &extent, question).await?;
        let definition = service::aggregate_definition(scope, cube);
        table::written(figures, Cube::table, (format, ask.separator), &definition, scope.languages())
    };
    Again::of(request, scope, Some(extent.clone()), || Box::pin(work)).await
}

/// What a cube can be asked: its dimensions and measures, with their definitions.
#[utoipa::path(tag = "figures", operation_id = "aggregateDefinition", params(("cube" = CubeName, Path)))]
#[get("/aggregates/{cube}/definition")]
async fn aggregate_definition(
    scope: TenantScope,
    cube: web::Path<CubeName>,
    _none: Params<NoFilter>,
) -> Result<Figures<CubeDefinition>, Problem> {
    Ok(Figures(service::aggregate_definition(&scope, *cube)))
}
