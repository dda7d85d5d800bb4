//! The GraphQL face: mounts each noun's queries and mutations, and finishes errors in one place. A resolver
//! translates; it decides nothing.

pub mod cost;
pub mod guard;
pub mod http;
pub mod pages;
pub mod trusted;

use async_graphql::{
    Context, MergedObject, MergedSubscription, Name, Request, Response, Schema, ServerError,
    Value as ConstValue,
    connection::{Connection, Edge},
    parser::types::BaseType,
};
use futures_util::{StreamExt, future::BoxFuture, stream::BoxStream};

use crate::{
    activity::graphql::{ActivityMutation, ActivityQuery},
    aggregate::{
        claim::graphql::{ClaimMutation, ClaimQuery},
        figure::graphql::FigureQuery,
        graphql::AggregateQuery,
        release::graphql::{ReleaseMutation, ReleaseQuery},
    },
    agreement::graphql::{AgreementMutation, AgreementQuery},
    audit::graphql::AuditQuery,
    calendar::graphql::CalendarQuery,
    commitment::graphql::{CommitmentMutation, CommitmentQuery},
    competence::{
        graphql::{CompetenceMutation, CompetenceQuery},
        occasion::graphql::{OccasionMutation, OccasionQuery},
        sighting::graphql::{SightingMutation, SightingQuery},
    },
    concept::{
        definition::graphql::{DefinitionMutation, DefinitionQuery},
        graphql::{ConceptMutation, ConceptQuery},
    },
    error::{Code, Error},
    event::graphql::{EventQuery, EventSubscription},
    funding::graphql::{FundingMutation, FundingQuery},
    meeting::graphql::{MeetingMutation, MeetingQuery, MeetingSubscription},
    node::graphql::NodeQuery,
    page::{DEFAULT_FIRST, MAX_FIRST, Page, PageArgs},
    priority::graphql::{PriorityMutation, PriorityQuery},
    privacy::{
        erasure::graphql::{ErasureMutation, ErasureQuery},
        export::graphql::ExportQuery,
    },
    product::graphql::{ProductMutation, ProductQuery},
    project::graphql::{ProjectMutation, ProjectQuery},
    registry::{
        account::graphql::{AccountMutation, AccountQuery},
        consortium::graphql::{ConsortiumMutation, ConsortiumQuery},
        contact::graphql::{ContactMutation, ContactQuery},
        group::graphql::{GroupMutation, GroupQuery},
        invitation::graphql::{InvitationMutation, InvitationQuery},
        me::graphql::MeQuery,
        membership::graphql::{MembershipMutation, MembershipQuery},
        municipality::graphql::MunicipalityQuery,
        organisation::graphql::{OrganisationMutation, OrganisationQuery},
        principal::graphql::{PrincipalMutation, PrincipalQuery},
        region::graphql::RegionQuery,
        tenant::graphql::{TenantMutation, TenantQuery},
    },
    search::graphql::SearchQuery,
    statement::graphql::{StatementMutation, StatementQuery},
    tenancy::TenantScope,
    text::Languages,
};

#[derive(MergedObject, Default)]
pub struct Query(
    MeQuery,
    AccountQuery,
    InvitationQuery,
    PrincipalQuery,
    RegionQuery,
    MunicipalityQuery,
    TenantQuery,
    ConsortiumQuery,
    MembershipQuery,
    GroupQuery,
    OrganisationQuery,
    ContactQuery,
    ProjectQuery,
    ProductQuery,
    FundingQuery,
    AgreementQuery,
    PriorityQuery,
    ConceptQuery,
    DefinitionQuery,
    CompetenceQuery,
    SightingQuery,
    OccasionQuery,
    StatementQuery,
    CommitmentQuery,
    ActivityQuery,
    MeetingQuery,
    SearchQuery,
    CalendarQuery,
    AggregateQuery,
    FigureQuery,
    ClaimQuery,
    ReleaseQuery,
    AuditQuery,
    ErasureQuery,
    ExportQuery,
    EventQuery,
    NodeQuery,
);

#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountMutation,
    InvitationMutation,
    PrincipalMutation,
    TenantMutation,
    ConsortiumMutation,
    MembershipMutation,
    GroupMutation,
    OrganisationMutation,
    ContactMutation,
    ProjectMutation,
    ProductMutation,
    FundingMutation,
    AgreementMutation,
    PriorityMutation,
    ConceptMutation,
    DefinitionMutation,
    CompetenceMutation,
    SightingMutation,
    OccasionMutation,
    StatementMutation,
    CommitmentMutation,
    ActivityMutation,
    MeetingMutation,
    ClaimMutation,
    ReleaseMutation,
    ErasureMutation,
);

#[derive(MergedSubscription, Default)]
pub struct Subscription(EventSubscription, MeetingSubscription);

pub type AppSchema = Schema<Query, Mutation, Subscription>;

pub fn schema() -> AppSchema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(20)
        .limit_recursive_depth(64)
        .extension(cost::Limit(cost::MOST))
        .finish()
}

/// The schema as text, sorted, for `schema/schema.graphql`.
pub fn sdl() -> String {
    let options =
        async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    schema().sdl_with_options(options)
}

/// Runs a request. Not generic, so that the schema is compiled here and nowhere else.
pub fn execute(
    schema: &AppSchema,
    mut request: Request,
    languages: Languages,
) -> BoxFuture<'static, Response> {
    let schema = schema.clone();
    Box::pin(async move {
        say_null(&mut request);
        let mut response = schema.execute(request).await;
        for error in &mut response.errors {
            finish(error, &languages);
        }
        response
    })
}

/// Runs a subscription: its answers, one by one. Not generic, as [`execute`] is not.
pub fn follow(
    schema: &AppSchema,
    mut request: Request,
    languages: Languages,
) -> BoxStream<'static, Response> {
    say_null(&mut request);
    let answers = schema.execute_stream(request).map(move |mut response| {
        for error in &mut response.errors {
            finish(error, &languages);
        }
        response
    });
    answers.boxed()
}

/// Does an answer say of anything that it is not there?
pub fn says_absent(response: &Response) -> bool {
    response.errors.iter().any(|error| code_of(error) == Some(Code::NotFound))
}

/// The code of an error that is finished.
fn code_of(error: &ServerError) -> Option<Code> {
    let Some(ConstValue::String(said)) = error.extensions.as_ref()?.get("code") else { return None };
    Code::ALL.iter().copied().find(|code| code.name().eq_ignore_ascii_case(said))
}

/// The refusal of a document that takes more units than its caller has left: an answer for HTTP to give.
pub fn too_many(response: &Response) -> Option<Error> {
    let first = response.errors.first().filter(|error| code_of(error) == Some(Code::TooManyRequests))?;
    let seconds = first.extensions.as_ref().and_then(|e| e.get("retryAfter"));
    Some(Error::new(Code::TooManyRequests).with("seconds", seconds.map_or("60".into(), ToString::to_string)))
}

/// A nullable variable may be left out, and clients leave `first` out. The library asks for it while it weighs a list
/// and takes its absence for an error: there it stands as null, which means the same for an optional argument.
fn say_null(request: &mut Request) {
    let Ok(document) = request.parsed_query() else { return };
    let whole = BaseType::Named(Name::new("Int"));
    let left_out: Vec<Name> = document
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
        .map(|variable| &variable.node)
        .filter(|v| v.default_value.is_none() && v.var_type.node.nullable && v.var_type.node.base == whole)
        .map(|variable| variable.name.node.clone())
        .collect();
    for name in left_out {
        request.variables.entry(name).or_insert(ConstValue::Null);
    }
}

/// How many characters of a client's own text an error may show it.
const ECHO: usize = 200;

/// What the engine says about a client's text, cut.
fn brief(said: &str) -> String {
    match said.char_indices().nth(ECHO) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said.to_owned(),
    }
}

/// The one place where an [`Error`] becomes a GraphQL error. What the engine says by itself stands as a remark in a
/// sentence of the reader's language.
fn finish(error: &mut ServerError, languages: &Languages) {
    let lang = languages.first();
    let finished =
        error.source.is_none() && error.extensions.as_ref().is_some_and(|e| e.get("code").is_some());
    if finished {
        return;
    }
    let engine;
    let ours = match error.source::<Error>() {
        Some(ours) => ours,
        None => {
            engine = Error::new(Code::GraphqlValidationFailed).with("reason", brief(&error.message));
            &engine
        }
    };
    let mut extensions = error.extensions.clone().unwrap_or_default();
    extensions.set("code", ours.code.name().to_ascii_uppercase());
    extensions.set("status", ours.code.status());
    if let Some(seconds) = ours.retry_after() {
        extensions.set("retryAfter", seconds);
    }
    if !ours.violations.is_empty() {
        let faults = ours.violations.iter().map(|v| {
            async_graphql::value!({"pointer": v.pointer.clone(), "code": v.code, "detail": v.detail(lang)})
        });
        extensions.set("errors", async_graphql::Value::List(faults.collect()));
    }
    if ours.code.status() >= 500 {
        tracing::error!(code = ours.code.name(), cause = ?ours.cause, "request failed");
    }
    let message = ours.detail(lang);
    error.extensions = Some(extensions);
    error.message = message;
    error.source = None;
}

/// The scope of the caller, which every resolver hands to its service.
pub fn scope<'c>(ctx: &Context<'c>) -> Result<&'c TenantScope, Error> {
    ctx.data_opt::<TenantScope>().ok_or_else(|| Error::new(Code::Unauthenticated))
}

/// Relay's `first` and `after` as a page wish.
pub fn page_args(first: Option<i32>, after: Option<String>) -> Result<PageArgs, Error> {
    let between =
        || Error::new(Code::InvalidInput).field_with("first", "between", &[("min", "1"), ("max", "100")]);
    let first = first.map(|n| u32::try_from(n).map_err(|_| between())).transpose()?;
    Ok(PageArgs { first, after })
}

/// A page as a Relay connection.
pub fn connection<T: async_graphql::OutputType>(
    page: Page<T>,
    after: Option<String>,
) -> Connection<String, T> {
    let mut connection = Connection::new(after.is_some(), page.next_cursor.is_some());
    connection
        .edges
        .extend(page.cursors.into_iter().zip(page.items).map(|(cursor, item)| Edge::new(cursor, item)));
    connection
}

/// What a list costs: its rows times what each costs.
pub fn list_cost(first: Option<i32>, child: usize) -> usize {
    let rows = first.map_or(DEFAULT_FIRST, |n| u32::try_from(n).unwrap_or(1)).clamp(1, MAX_FIRST);
    1 + rows as usize * child
}
