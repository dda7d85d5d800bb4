//! GraphQL over HTTP: how a request becomes a document to execute, and a response becomes bytes.
//!
//! After the draft of the GraphQL Foundation (stage 2, August 2026), with these choices:
//!  * **Statuses.** A request error (does not parse, is not valid, names no operation) is 400 under
//!    `application/graphql-response+json`. The draft has wanted 422 for all but the first since April 2026; clients
//!    and the public audit suite still want 400, so 422 is a setting ([`Settings::invalid`]). Under
//!    `application/json` a request error is 200, as old clients expect. A request error has no `data` entry.
//!  * **Partial answers** (`data` and `errors`) are 200; 294 is too young.
//!  * **Accept.** The higher quality wins. When both are equal, `application/graphql-response+json` is taken if it
//!    is named; a wildcard, or no header at all, means `application/json`: such a client was not written with the
//!    new type in mind. Neither acceptable: 406, before anything runs.
//!  * **No GraphQL answer possible** (not JSON, no `query`, too large, wrong type): a problem document (RFC 9457).
//!  * **Costs.** Bodies end at 64 KiB and are not decompressed (415), the [`super::guard`] reads the document before
//!    the parser, batches are refused, and no error repeats more than [`super::ECHO`] characters.
//!  * **GET** runs queries only. A mutation there is 405 with `Allow: POST`.
//!  * **CSRF.** Callers are known by bearer tokens, never by cookies, which a browser would add by itself: a
//!    foreign page has nothing to ride on, so no preflight header is asked for. `POST` takes JSON alone, which no
//!    HTML form can send. With cookies this must be thought about again, for GET above all.
//!
//!  * **Trusted documents** are named by `documentId` (the draft's appendix) or as Apollo does; see [`super::trusted`].
//!
//!  * **Subscriptions** are answered as server-sent events, in distinct connections ([`events`]), or over a socket
//!    ([`socket`]): one JSON answer cannot carry them.

use std::{sync::Arc, time::Duration};

use actix_web::{
    Error as HttpError, HttpRequest, HttpResponse,
    guard::fn_guard,
    http::{StatusCode, header},
    web,
};
use async_graphql::{
    Positioned, Request, Response, ServerError, Value, Variables,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, VariableDefinition},
};
use futures_util::future::LocalBoxFuture;

use super::{brief, code_of, finish, guard, trusted::Trusted};
use crate::{
    error::{Code, Error},
    rest::within,
    telemetry::meter::Meter,
    text::Languages,
};
use accept::{Accepted, Media};
use answer::{is_request_error, not_allowed, not_parsed, problem, respond};
pub(super) use answer::{refused, too_complex};
use request::{Asked, from_json, from_url, only_json, read};
pub use seats::Seats;

mod accept;
mod answer;
mod events;
mod request;
mod seats;
mod socket;
#[cfg(test)]
mod tests;

/// Runs a request. What knows callers and schemas is put in here; an `Err` is an answer in plain HTTP, as for a
/// token that is no good.
pub type Execute =
    Arc<dyn Fn(Request, HttpRequest) -> LocalBoxFuture<'static, Result<Response, HttpError>> + Send + Sync>;

#[derive(Debug, Clone)]
pub struct Settings {
    pub limits: guard::Limits,
    /// The longest body, in bytes.
    pub body: usize,
    /// The status of a document that parses and is not valid, under `application/graphql-response+json`.
    pub invalid: StatusCode,
    /// How long a query may take. A mutation is never cut off.
    pub patience: Duration,
    pub trusted: Arc<Trusted>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: guard::Limits::default(),
            body: 64 * 1024,
            invalid: StatusCode::BAD_REQUEST,
            patience: Duration::from_secs(10),
            trusted: Arc::default(),
        }
    }
}

/// Mounts `/graphql`.
pub fn routes(
    execute: Execute,
    settings: Settings,
    meter: Arc<Meter>,
) -> impl FnOnce(&mut web::ServiceConfig) {
    let face = web::Data::new(Face { execute, settings, meter });
    move |config| {
        config.service(
            web::resource("/graphql")
                .app_data(face)
                .route(web::get().guard(fn_guard(socket::is_wished)).to(socket::open))
                .route(web::get().to(get))
                .route(web::post().to(post))
                .default_service(web::to(other)),
        );
    }
}

struct Face {
    execute: Execute,
    settings: Settings,
    meter: Arc<Meter>,
}

async fn post(
    http: HttpRequest,
    face: web::Data<Face>,
    body: web::Payload,
) -> Result<HttpResponse, HttpError> {
    let accepted = accepted(&http)?;
    only_json(http.headers())?;
    let text = read(http.headers(), body, face.settings.body).await?;
    face.answer(http, accepted, from_json(&text)?, false).await
}

async fn get(http: HttpRequest, face: web::Data<Face>) -> Result<HttpResponse, HttpError> {
    let accepted = accepted(&http)?;
    let request = from_url(http.query_string())?;
    face.answer(http, accepted, request, true).await
}

async fn other() -> Result<HttpResponse, HttpError> {
    Err(not_allowed("GET, POST"))
}

impl Face {
    async fn answer(
        &self,
        http: HttpRequest,
        accepted: Accepted,
        asked: Asked,
        safe: bool,
    ) -> Result<HttpResponse, HttpError> {
        let languages = languages(&http);
        let keyed = http.headers().contains_key("idempotency-key");
        let media = accepted.media;
        let ready = match self.look(asked, &Way { safe, keyed, streams: accepted.events }) {
            Ok(ready) => ready,
            Err(Stop::Problem(error)) => return Err(problem(error)),
            Err(Stop::Refused { always, status, kind, errors }) => {
                let status = if always { status } else { media.request_error(status) };
                return Ok(self.respond(media, status, kind, Response::from_errors(errors), &languages));
            }
        };
        if ready.is_subscription() {
            return events::open(http, self, ready.request);
        }
        let patience = (ready.kind == Some(OperationType::Query)).then_some(self.settings.patience);
        let kind = word(ready.kind);
        let Some(response) = within(patience, (self.execute)(ready.request, http)).await else {
            return Err(problem(Error::new(Code::Unavailable).because("a query took too long")));
        };
        let response = response?;
        let status = if is_request_error(&response) {
            media.request_error(self.settings.invalid)
        } else {
            StatusCode::OK
        };
        Ok(self.respond(media, status, kind, response, &languages))
    }

    /// All that is looked at before anything runs, whichever way a request came.
    fn look(&self, asked: Asked, way: &Way) -> Result<Ready, Stop> {
        let bad = StatusCode::BAD_REQUEST;
        let stop = |always, status, kind, errors| Stop::Refused { always, status, kind: word(kind), errors };
        let Asked { mut request, sent, named } = asked;
        request.query = match self.settings.trusted.choose(sent, named) {
            Ok(query) => query,
            Err(error) if error.code == Code::MalformedRequest => return Err(Stop::Problem(error)),
            Err(error) => return Err(stop(false, bad, None, vec![refused(error, &[])])),
        };
        guard::check(&request.query, &self.settings.limits)
            .map_err(|refusal| stop(true, bad, None, vec![too_complex(refusal)]))?;
        let wanted = request.operation_name.clone();
        let variables = std::mem::take(&mut request.variables);
        // Parsed here, kept for the engine.
        let document =
            request.parsed_query().map_err(|error| stop(false, bad, None, vec![not_parsed(error)]))?;
        // The engine says so when there is none.
        let operation = operation(document, wanted.as_deref());
        let kind = operation.map(|operation| operation.ty);
        if way.safe && kind == Some(OperationType::Mutation) {
            return Err(Stop::Problem(Error::new(Code::MethodNotAllowed).with("allowed", "POST")));
        }
        let invalid = operation.map(|operation| unfit(operation, &variables, way)).unwrap_or_default();
        if !invalid.is_empty() {
            return Err(stop(false, self.settings.invalid, kind, invalid));
        }
        request.variables = variables;
        Ok(Ready { request, kind })
    }

    /// The one way out for an answer in GraphQL: errors are finished here, and all of it is counted.
    fn respond(
        &self,
        media: Media,
        status: StatusCode,
        kind: &'static str,
        mut response: Response,
        languages: &Languages,
    ) -> HttpResponse {
        for error in &mut response.errors {
            finish(error, languages);
        }
        self.count(kind, &response);
        match media {
            Media::Events => events::one(&response),
            media => respond(media, status, response),
        }
    }

    fn count(&self, kind: &'static str, response: &Response) {
        self.meter.operation(kind, response.errors.is_empty());
        response.errors.iter().filter_map(code_of).for_each(|code| self.meter.refusal(code));
    }
}

/// Which way a request came, and what can be answered that way.
struct Way {
    /// By GET: nothing is changed.
    safe: bool,
    /// With an Idempotency-Key.
    keyed: bool,
    /// More than one answer can be given.
    streams: bool,
}

/// A request that may run.
struct Ready {
    request: Request,
    kind: Option<OperationType>,
}

impl Ready {
    fn is_subscription(&self) -> bool {
        self.kind == Some(OperationType::Subscription)
    }
}

/// One that may not.
enum Stop {
    /// No GraphQL answer is possible.
    Problem(Error),
    Refused {
        /// This status under every media type, not only under the one that has statuses.
        always: bool,
        status: StatusCode,
        kind: &'static str,
        errors: Vec<ServerError>,
    },
}

fn word(kind: Option<OperationType>) -> &'static str {
    match kind {
        Some(OperationType::Query) => "query",
        Some(OperationType::Mutation) => "mutation",
        Some(OperationType::Subscription) => "subscription",
        None => "none",
    }
}

fn languages(http: &HttpRequest) -> Languages {
    Languages::accept(http.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()))
}

fn accepted(http: &HttpRequest) -> Result<Accepted, HttpError> {
    accept::negotiate(http.headers().get_all(header::ACCEPT)).ok_or_else(|| {
        let offered = "application/graphql-response+json, application/json, text/event-stream";
        problem(Error::new(Code::NotAcceptable).with("offered", offered))
    })
}

/// The operation that would run.
fn operation<'d>(document: &'d ExecutableDocument, wanted: Option<&str>) -> Option<&'d OperationDefinition> {
    let mut operations = document.operations.iter();
    let found = match wanted {
        Some(wanted) => operations.find(|(name, _)| name.is_some_and(|name| name == wanted)),
        None => operations.next().filter(|_| operations.next().is_none()),
    };
    found.map(|(_, operation)| &operation.node)
}

/// Does an operation ask for more than one field? A fragment may hold any number.
fn several(operation: &OperationDefinition) -> bool {
    let items = &operation.selection_set.node.items;
    let field = |item: &Positioned<Selection>| matches!(item.node, Selection::Field(_));
    items.len() > 1 || !items.iter().all(field)
}

/// What the engine lets pass, or answers in words of its own: subscriptions that cannot be answered or are several, and
/// variables that must have a value and have none (it takes them for null).
fn unfit(operation: &OperationDefinition, variables: &Variables, way: &Way) -> Vec<ServerError> {
    let no = |error| vec![refused(error, &[])];
    if operation.ty == OperationType::Subscription && !way.streams {
        return no(Error::new(Code::SubscriptionNotHere));
    }
    if operation.ty == OperationType::Subscription && several(operation) {
        let reason = "a subscription asks for one field, and not in a fragment";
        return no(Error::new(Code::GraphqlValidationFailed).with("reason", reason));
    }
    // The first effect would be kept under the key, and the second refused as another use of it.
    if operation.ty == OperationType::Mutation && way.keyed && several(operation) {
        let reason = "Idempotency-Key: one mutation in a document";
        return no(Error::new(Code::MalformedRequest).with("reason", reason));
    }
    let missing = operation.variable_definitions.iter().filter(|definition| {
        let definition = &definition.node;
        let given = variables.get(&definition.name.node);
        let none = given.is_none() && definition.default_value.is_none() || given == Some(&Value::Null);
        none && !definition.var_type.node.nullable
    });
    let error = |definition: &Positioned<VariableDefinition>| {
        let name = brief(&definition.node.name.node);
        ServerError {
            locations: vec![definition.pos],
            ..refused(Error::new(Code::VariableMissing).with("variable", name), &[])
        }
    };
    missing.take(10).map(error).collect()
}
