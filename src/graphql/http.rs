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
//! Subscriptions do not travel here: neither verb can carry more than one answer.

use std::{sync::Arc, time::Duration};

use actix_web::{
    Error as HttpError, HttpRequest, HttpResponse,
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
use accept::Media;
use answer::{is_request_error, not_allowed, not_parsed, problem, respond};
pub(super) use answer::{refused, too_complex};
use request::{Asked, from_json, from_url, only_json, read};

mod accept;
mod answer;
mod request;
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
    let media = accepted(&http)?;
    only_json(http.headers())?;
    let text = read(http.headers(), body, face.settings.body).await?;
    face.answer(http, media, from_json(&text)?, false).await
}

async fn get(http: HttpRequest, face: web::Data<Face>) -> Result<HttpResponse, HttpError> {
    let media = accepted(&http)?;
    let request = from_url(http.query_string())?;
    face.answer(http, media, request, true).await
}

async fn other() -> Result<HttpResponse, HttpError> {
    Err(not_allowed("GET, POST"))
}

impl Face {
    async fn answer(
        &self,
        http: HttpRequest,
        media: Media,
        asked: Asked,
        safe: bool,
    ) -> Result<HttpResponse, HttpError> {
        let languages = languages(&http);
        let keyed = http.headers().contains_key("idempotency-key");
        let refuse = |status, kind, errors| {
            Ok(self.respond(media, status, kind, Response::from_errors(errors), &languages))
        };
        let Asked { mut request, sent, named } = asked;
        request.query = match self.settings.trusted.choose(sent, named) {
            Ok(query) => query,
            Err(error) if error.code == Code::MalformedRequest => return Err(problem(error)),
            Err(error) => {
                let status = media.request_error(StatusCode::BAD_REQUEST);
                return refuse(status, NONE, vec![refused(error, &[])]);
            }
        };
        if let Err(refusal) = guard::check(&request.query, &self.settings.limits) {
            return refuse(StatusCode::BAD_REQUEST, NONE, vec![too_complex(refusal)]);
        }
        let wanted = request.operation_name.clone();
        let variables = std::mem::take(&mut request.variables);
        let mut kind = NONE;
        // Parsed here, kept for the engine.
        let invalid = match request.parsed_query() {
            Err(error) => {
                return refuse(media.request_error(StatusCode::BAD_REQUEST), NONE, vec![not_parsed(error)]);
            }
            Ok(document) => match operation(document, wanted.as_deref()) {
                Some(operation) if safe && operation.ty == OperationType::Mutation => {
                    return Err(not_allowed("POST"));
                }
                // The first effect would be kept under the key, and the second refused as another use of it.
                Some(operation) if keyed && several(operation) => {
                    let reason = "Idempotency-Key: one mutation in a document";
                    vec![refused(Error::new(Code::MalformedRequest).with("reason", reason), &[])]
                }
                Some(operation) => {
                    kind = word(operation.ty);
                    unfit(operation, &variables)
                }
                // The engine says so.
                None => Vec::new(),
            },
        };
        if !invalid.is_empty() {
            return refuse(media.request_error(self.settings.invalid), kind, invalid);
        }
        request.variables = variables;
        let patience = (kind == word(OperationType::Query)).then_some(self.settings.patience);
        let Some(response) = within(patience, (self.execute)(request, http)).await else {
            return Err(problem(
                Error::new(Code::Unavailable).with("seconds", 2).because("a query took too long"),
            ));
        };
        let response = response?;
        let status = if is_request_error(&response) {
            media.request_error(self.settings.invalid)
        } else {
            StatusCode::OK
        };
        Ok(self.respond(media, status, kind, response, &languages))
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
        self.meter.operation(kind, response.errors.is_empty());
        response.errors.iter().filter_map(code_of).for_each(|code| self.meter.refusal(code));
        respond(media, status, response)
    }
}

/// What is counted where there is no operation to run.
const NONE: &str = "none";

fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

fn languages(http: &HttpRequest) -> Languages {
    Languages::accept(http.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()))
}

fn accepted(http: &HttpRequest) -> Result<Media, HttpError> {
    accept::negotiate(http.headers().get_all(header::ACCEPT)).ok_or_else(|| {
        let offered = "application/graphql-response+json, application/json";
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

/// Does an operation ask for more than one mutation? A fragment may hold any number.
fn several(operation: &OperationDefinition) -> bool {
    let items = &operation.selection_set.node.items;
    let field = |item: &Positioned<Selection>| matches!(item.node, Selection::Field(_));
    operation.ty == OperationType::Mutation && (items.len() > 1 || !items.iter().all(field))
}

/// What the engine lets pass, or answers in words of its own: subscriptions, and variables that must have a value
/// and have none (it takes them for null).
fn unfit(operation: &OperationDefinition, variables: &Variables) -> Vec<ServerError> {
    if operation.ty == OperationType::Subscription {
        return vec![refused(Error::new(Code::SubscriptionNotHere), &[])];
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
