use actix_web::{HttpRequest, get, post, web};
use utoipa::{
    IntoParams,
    openapi::{
        Array, ObjectBuilder, RefOr, Schema, Type,
        path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::{AdditionalProperties, ArrayBuilder},
    },
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    LangWish, Pairs, StatCodelist, StatConfig, StatDataset, StatDefaultSelection, StatQuery, StatSavedQuery,
    StatSelection, StatTable, StatTables, TablesWish, saved,
    service::{self, Asked, Written},
};
use crate::{
    app::App,
    rest::{Again, Body, Figures, Made, Params, Problem, Table},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_config)
        .service(list_tables)
        .service(get_table)
        .service(get_metadata)
        .service(get_default_selection)
        .service(get_data)
        .service(select_data)
        .service(get_codelist)
        .service(save_query)
        .service(get_saved_query)
        .service(get_saved_selection)
        .service(get_saved_data);
}

/// What this face offers: languages, formats and bounds.
#[utoipa::path(tag = "statistics", operation_id = "statConfig", params(LangWish))]
#[get("/config")]
async fn get_config(
    scope: TenantScope,
    app: web::Data<App>,
    wish: Params<LangWish>,
) -> Result<Figures<StatConfig>, Problem> {
    Ok(Figures(service::config(&scope, app.bounds.rates.calls(), wish.0.lang.as_deref())?))
}

/// The tables of the consortia in which the caller has a seat, oldest first, and those of what everybody on the node may read. Tables
/// over several consortia have names of their own and are not listed: `competences-` and the ids in their order, with dots between.
#[utoipa::path(tag = "statistics", operation_id = "statTables", params(TablesWish))]
#[get("/tables")]
async fn list_tables(scope: TenantScope, wish: Params<TablesWish>) -> Result<Figures<StatTables>, Problem> {
    Ok(Figures(service::tables(&scope, wish.0).await?))
}

/// One table: a cube of one consortium, of several, or of the node.
#[utoipa::path(tag = "statistics", operation_id = "statTable", params(("id" = String, Path), LangWish))]
#[get("/tables/{id}")]
async fn get_table(
    scope: TenantScope,
    id: web::Path<String>,
    wish: Params<LangWish>,
) -> Result<Figures<StatTable>, Problem> {
    Ok(Figures(service::table(&scope, &id, wish.0.lang.as_deref()).await?))
}

/// The variables of a table with the values that occur today, as a dataset without figures.
#[utoipa::path(tag = "statistics", operation_id = "statMetadata", params(("id" = String, Path), LangWish))]
#[get("/tables/{id}/metadata")]
async fn get_metadata(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<String>,
    wish: Params<LangWish>,
) -> Result<Again<Figures<StatDataset>>, Problem> {
    let lang = wish.0.lang.as_deref();
    let work = async { service::metadata(&scope, &id, lang).await.map(Figures) };
    Again::of(&request, &scope, service::of_table(&id), || Box::pin(work)).await
}

/// What is answered when nothing is selected.
#[utoipa::path(tag = "statistics", operation_id = "statDefaultSelection", params(("id" = String, Path), LangWish))]
#[get("/tables/{id}/defaultselection")]
async fn get_default_selection(
    scope: TenantScope,
    id: web::Path<String>,
    wish: Params<LangWish>,
) -> Result<Figures<StatDefaultSelection>, Problem> {
    Ok(Figures(service::default_selection(&scope, &id, wish.0.lang.as_deref()).await?))
}

/// Figures of a table for the selected values of its variables. `ContentsCode` and `Tid` must be selected when anything is; `Tid`
/// is today, or any day (YYYY-MM-DD) as of which is to be counted. What is left out is not divided by: libraries are
/// then counted once over all of it.
#[utoipa::path(tag = "statistics", operation_id = "statData", params(("id" = String, Path), Selected, Written))]
#[get("/tables/{id}/data")]
async fn get_data(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<String>,
    asked: Params<Pairs>,
) -> Result<Again<Table<StatDataset, StatDataset>>, Problem> {
    let work = async {
        service::data(&scope, &id, Asked::Address(asked.0)).await.map(|answer| written(&id, answer))
    };
    Again::of(&request, &scope, service::of_table(&id), || Box::pin(work)).await
}

/// As the same with GET, with the selection in the body.
#[utoipa::path(tag = "statistics", operation_id = "statSelect", params(("id" = String, Path), Written), request_body = StatSelection)]
#[post("/tables/{id}/data")]
async fn select_data(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<String>,
    asked: Params<Pairs>,
    body: Body<StatSelection>,
) -> Result<Again<Table<StatDataset, StatDataset>>, Problem> {
    let work = async {
        let asked = Asked::Body(body.0.clone(), asked.0);
        service::data(&scope, &id, asked).await.map(|answer| written(&id, answer))
    };
    Again::of_body(&request, &body.0, &scope, service::of_table(&id), || Box::pin(work)).await
}

/// A code list of a table's variable: which values it gathers in which.
#[utoipa::path(tag = "statistics", operation_id = "statCodelist", params(("id" = String, Path), LangWish))]
#[get("/codelists/{id}")]
async fn get_codelist(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<String>,
    wish: Params<LangWish>,
) -> Result<Again<Figures<StatCodelist>>, Problem> {
    let lang = wish.0.lang.as_deref();
    let work = async { service::codelist(&scope, &id, lang).await.map(Figures) };
    Again::of(&request, &scope, service::of_codelist(&id), || Box::pin(work)).await
}

/// Gives a query a name under which it is asked again. The name holds the query itself: nothing is kept, and the same query has the
/// same name. It is answered with the figures of the day, for who may read the table.
#[utoipa::path(tag = "statistics", operation_id = "statSaveQuery", request_body = StatQuery)]
#[post("/savedqueries")]
async fn save_query(scope: TenantScope, body: Body<StatQuery>) -> Result<Made<StatSavedQuery>, Problem> {
    Ok(Made(saved::save(&scope, body.0).await?))
}

/// What is asked by a saved query.
#[utoipa::path(tag = "statistics", operation_id = "statSavedQuery", params(("id" = String, Path), LangWish))]
#[get("/savedqueries/{id}")]
async fn get_saved_query(
    scope: TenantScope,
    id: web::Path<String>,
    wish: Params<LangWish>,
) -> Result<Figures<StatSavedQuery>, Problem> {
    Ok(Figures(saved::saved(&scope, &id, wish.0.lang.as_deref()).await?))
}

/// The selection of a saved query.
#[utoipa::path(tag = "statistics", operation_id = "statSavedSelection", params(("id" = String, Path), LangWish))]
#[get("/savedqueries/{id}/selection")]
async fn get_saved_selection(
    scope: TenantScope,
    id: web::Path<String>,
    wish: Params<LangWish>,
) -> Result<Figures<StatDefaultSelection>, Problem> {
    Ok(Figures(saved::selection(&scope, &id, wish.0.lang.as_deref()).await?))
}

/// The figures of a saved query, in its language and format where no others are asked for.
#[utoipa::path(tag = "statistics", operation_id = "statSavedData", params(("id" = String, Path), Written))]
#[get("/savedqueries/{id}/data")]
async fn get_saved_data(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<String>,
    beside: Params<Pairs>,
) -> Result<Again<Table<StatDataset, StatDataset>>, Problem> {
    let query = StatQuery::find(&id)?;
    let work =
        async { saved::data(&scope, &query, &beside.0).await.map(|answer| written(&query.table_id, answer)) };
    Again::of(&request, &scope, query.extent(), || Box::pin(work)).await
}

fn written(id: &str, answer: Written) -> Table<StatDataset, StatDataset> {
    let name = service::file_of(id);
    match answer {
        Written::Dataset(dataset) => Table::Stat(*dataset),
        Written::Csv(bytes) => Table::Csv { name, bytes },
        Written::Px(bytes) => Table::Px { name, bytes },
        Written::Xlsx(bytes) => Table::Xlsx { name, bytes },
    }
}

fn parameter(name: &str, about: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(utoipa::openapi::Required::False)
        .description(Some(about))
        .schema(Some(schema))
}

fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).into()
}

fn words() -> Array {
    ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String)).build()
}

/// The parameters of a selection, of which each variable has its own: `valueCodes[concept]=c:w*`.
struct Selected;

impl IntoParams for Selected {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let by_variable = |name: &str, about: &str| {
            let each = ObjectBuilder::new()
                .schema_type(Type::Object)
                .additional_properties(Some(AdditionalProperties::<Schema>::RefOr(text().into())));
            let builder = parameter(name, about, Schema::from(each.build()));
            builder.style(Some(ParameterStyle::DeepObject)).explode(Some(true)).build()
        };
        let list = |name: &str, about: &str| {
            parameter(name, about, Schema::from(words()))
                .style(Some(ParameterStyle::Form))
                .explode(Some(false))
                .build()
        };
        vec![
            by_variable(
                "valueCodes",
                "Codes with commas between, and expressions: *, A*, ?1, TOP(n), BOTTOM(n), RANGE(a,b), FROM(a), TO(b); \
                 what holds a comma itself in brackets",
            ),
            by_variable("codelist", "One of the variable's code lists: the codes are then those of the list"),
            by_variable(
                "outputValues",
                "`aggregated`, or `single`: the values that the list gathers, one by one",
            ),
            list("heading", "Variables that stand on top, with commas between"),
            list("stub", "Variables that stand at the side, with commas between"),
        ]
    }
}

impl IntoParams for Written {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let format = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(super::question::FORMATS.map(|(name, _)| name)));
        vec![
            parameter("lang", "nb, nn, sv, da, fi or en; left out: as `Accept-Language` wishes", text()).build(),
            parameter("outputFormat", "json-stat2 when left out", Schema::from(format.build())).build(),
            parameter(
                "outputFormatParams",
                "With commas between: UseCodes, UseTexts or UseCodesAndTexts; IncludeTitle; SeparatorTab, SeparatorSpace or \
                 SeparatorSemicolon",
                Schema::from(words()),
            )
            .style(Some(ParameterStyle::Form))
            .explode(Some(false))
            .build(),
        ]
    }
}
