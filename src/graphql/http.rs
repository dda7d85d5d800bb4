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
//!    the parser, batches are refused, and no error repeats more than [`ECHO`] characters.
//!  * **GET** runs queries only. A mutation there is 405 with `Allow: POST`.
//!  * **CSRF.** Callers are known by bearer tokens, never by cookies, which a browser would add by itself: a
//!    foreign page has nothing to ride on, so no preflight header is asked for. `POST` takes JSON alone, which no
//!    HTML form can send. With cookies this must be thought about again, for GET above all.
//!
//! Subscriptions do not travel here: neither verb can carry more than one answer.

use std::sync::Arc;

use actix_web::{
    Error, HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web,
};
use async_graphql::{
    Positioned, Request, Response, ServerError, Value, Variables,
    parser::{
        self,
        types::{ExecutableDocument, OperationDefinition, OperationType, VariableDefinition},
    },
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde_json::{Map, Value as Json, json};

use super::guard;
use accept::Media;

mod accept;
#[cfg(test)]
mod tests;

/// Runs a request. What knows callers and schemas is put in here; an `Err` is an answer in plain HTTP, as for a
/// token that is no good.
pub type Execute =
    Arc<dyn Fn(Request, HttpRequest) -> LocalBoxFuture<'static, Result<Response, Error>> + Send + Sync>;

/// How many characters of a client's own text an error may show it.
pub const ECHO: usize = 200;

#[derive(Debug, Clone)]
pub struct Settings {
    pub limits: guard::Limits,
    /// The longest body, in bytes.
    pub body: usize,
    /// The status of a document that parses and is not valid, under `application/graphql-response+json`.
    pub invalid: StatusCode,
}

impl Default for Settings {
    fn default() -> Self {
        Self { limits: guard::Limits::default(), body: 64 * 1024, invalid: StatusCode::BAD_REQUEST }
    }
}

/// Mounts `/graphql`.
pub fn routes(execute: Execute, settings: Settings) -> impl FnOnce(&mut web::ServiceConfig) {
    let face = web::Data::new(Face { execute, settings });
    move |config| {
        config.service(
            web::resource("/graphql")
                .app_data(face)
                .route(web::get().to(get))
                .route(web::post().to(post))
                .default_service(web::to(|| async {
                    not_allowed("GET, POST", "GraphQL is asked with GET or POST")
                })),
        );
    }
}

struct Face {
    execute: Execute,
    settings: Settings,
}

async fn post(http: HttpRequest, face: web::Data<Face>, body: web::Payload) -> Result<HttpResponse, Error> {
    let ask = async {
        let media = accepted(&http)?;
        only_json(http.headers())?;
        let text = read(http.headers(), body, face.settings.body).await?;
        Ok((media, from_json(&text)?))
    };
    match ask.await {
        Ok((media, request)) => face.answer(http, media, request, false).await,
        Err(refusal) => Ok(refusal),
    }
}

async fn get(http: HttpRequest, face: web::Data<Face>) -> Result<HttpResponse, Error> {
    match accepted(&http).and_then(|media| Ok((media, from_url(http.query_string())?))) {
        Ok((media, request)) => face.answer(http, media, request, true).await,
        Err(refusal) => Ok(refusal),
    }
}

impl Face {
    async fn answer(
        &self,
        http: HttpRequest,
        media: Media,
        mut request: Request,
        safe: bool,
    ) -> Result<HttpResponse, Error> {
        if let Err(refusal) = guard::check(&request.query, &self.settings.limits) {
            return Ok(respond(media, StatusCode::BAD_REQUEST, too_complex(refusal)));
        }
        let wanted = request.operation_name.clone();
        let variables = std::mem::take(&mut request.variables);
        // Parsed here, kept for the engine.
        let invalid = match request.parsed_query() {
            Err(error) => {
                let status = media.request_error(StatusCode::BAD_REQUEST);
                return Ok(respond(media, status, Response::from_errors(vec![not_parsed(error)])));
            }
            Ok(document) => match operation(document, wanted.as_deref()) {
                Some(operation) if safe && operation.ty == OperationType::Mutation => {
                    return Ok(not_allowed("POST", "a mutation is sent with POST"));
                }
                Some(operation) => unfit(operation, &variables),
                // The engine says so.
                None => Vec::new(),
            },
        };
        if !invalid.is_empty() {
            let status = media.request_error(self.settings.invalid);
            return Ok(respond(media, status, Response::from_errors(invalid)));
        }
        request.variables = variables;
        let response = (self.execute)(request, http).await?;
        let status = if is_request_error(&response) {
            media.request_error(self.settings.invalid)
        } else {
            StatusCode::OK
        };
        Ok(respond(media, status, response))
    }
}

fn accepted(http: &HttpRequest) -> Result<Media, HttpResponse> {
    accept::negotiate(http.headers().get_all(header::ACCEPT)).ok_or_else(|| {
        problem(
            StatusCode::NOT_ACCEPTABLE,
            "not_acceptable",
            "answers are application/graphql-response+json or application/json, in UTF-8",
        )
    })
}

/// A type that a form can send is a door for other sites, and a body that grows when unpacked one for floods.
fn only_json(headers: &HeaderMap) -> Result<(), HttpResponse> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let refuse = |detail| {
        let mut answer = problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail);
        answer.headers_mut().insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
        Err(answer)
    };
    let content_type = text(header::CONTENT_TYPE);
    if content_type.is_empty() {
        return refuse("say what the body is: Content-Type: application/json");
    }
    if !accept::is_json_in_utf8(content_type) {
        return refuse("the body of a GraphQL request is application/json in UTF-8");
    }
    if !matches!(text(header::CONTENT_ENCODING).trim(), "" | "identity") {
        return refuse("the body of a GraphQL request is sent uncompressed");
    }
    Ok(())
}

async fn read(headers: &HeaderMap, mut body: web::Payload, most: usize) -> Result<Vec<u8>, HttpResponse> {
    let too_large = || {
        let detail = format!("the body of a GraphQL request is at most {most} bytes");
        problem(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", &detail)
    };
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(too_large());
    }
    let mut all = Vec::with_capacity(announced.unwrap_or(0));
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| malformed("the body ended before its time"))?;
        if all.len() + chunk.len() > most {
            return Err(too_large());
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

fn from_json(body: &[u8]) -> Result<Request, HttpResponse> {
    let text = std::str::from_utf8(body).map_err(|_| malformed("the body is not UTF-8"))?;
    let body: Json = serde_json::from_str(text).map_err(|e| {
        // The line and column, not the text.
        malformed(&format!("the body is not JSON: line {}, column {}", e.line(), e.column()))
    })?;
    match body {
        Json::Object(map) => request(map),
        Json::Array(_) => Err(malformed("one request at a time: an array of requests is not answered")),
        _ => Err(malformed("the body is not a JSON object")),
    }
}

fn from_url(query: &str) -> Result<Request, HttpResponse> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| malformed("the query string is not form-encoded"))?;
    let mut map = Map::new();
    for (key, text) in pairs.into_inner() {
        let value = match key.as_str() {
            "query" => Json::String(text),
            _ if text.is_empty() => continue,
            "operationName" => Json::String(text),
            "variables" | "extensions" => {
                serde_json::from_str(&text).map_err(|_| malformed(&format!("`{key}` is not JSON")))?
            }
            _ => continue,
        };
        if map.contains_key(&key) {
            return Err(malformed(&format!("`{key}` is given twice")));
        }
        map.insert(key, value);
    }
    request(map)
}

/// Unknown properties are passed over, `null` is the same as nothing.
fn request(mut map: Map<String, Json>) -> Result<Request, HttpResponse> {
    let mut take = |key: &str| map.remove(key).filter(|value| !value.is_null());
    let object = |key: &str, value: Option<Json>| match value {
        None | Some(Json::Object(_)) => Ok(value),
        Some(_) => Err(malformed(&format!("`{key}` is not an object"))),
    };
    let mut request = match take("query") {
        Some(Json::String(query)) => Request::new(query),
        Some(_) => return Err(malformed("`query` is not a string")),
        None => return Err(malformed("`query` is missing")),
    };
    match take("operationName") {
        Some(Json::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(malformed("`operationName` is not a string")),
        None => {}
    }
    if let Some(variables) = object("variables", take("variables"))? {
        request = request.variables(Variables::from_json(variables));
    }
    if let Some(extensions) = object("extensions", take("extensions"))? {
        request.extensions =
            serde_json::from_value(extensions).map_err(|_| malformed("`extensions` is not an object"))?;
    }
    Ok(request)
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

/// What the engine lets pass, or answers in words of its own: subscriptions, and variables that must have a value
/// and have none (it takes them for null).
fn unfit(operation: &OperationDefinition, variables: &Variables) -> Vec<ServerError> {
    if operation.ty == OperationType::Subscription {
        return vec![coded("SUBSCRIPTION_NOT_HERE", "a subscription cannot be answered by one HTTP response")];
    }
    let missing = operation.variable_definitions.iter().filter(|definition| {
        let definition = &definition.node;
        let given = variables.get(&definition.name.node);
        let none = given.is_none() && definition.default_value.is_none() || given == Some(&Value::Null);
        none && !definition.var_type.node.nullable
    });
    let error = |definition: &Positioned<VariableDefinition>| ServerError {
        locations: vec![definition.pos],
        ..coded("VARIABLE_MISSING", format!("the variable `${}` must have a value", definition.node.name.node))
    };
    missing.take(10).map(error).collect()
}

/// An error before execution is about the request: it has no path, and there are no data.
fn is_request_error(response: &Response) -> bool {
    response.is_err() && response.data == Value::Null && response.errors.iter().all(|e| e.path.is_empty())
}

fn coded(code: &str, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

fn too_complex(refusal: guard::Refusal) -> Response {
    let mut error = coded("QUERY_TOO_COMPLEX", refusal.to_string());
    let more = error.extensions.get_or_insert_default();
    more.set("bound", refusal.what.as_str());
    more.set("limit", refusal.limit);
    more.set("found", refusal.found);
    Response::from_errors(vec![error])
}

/// The parser draws the client's line with an arrow below it; its last line says what was expected.
fn not_parsed(error: ServerError) -> ServerError {
    let expected = error.message.rsplit_once("\n  = ").map(|(_, expected)| expected);
    let known = error.source::<parser::Error>().is_some() || expected.is_some();
    let message = match expected {
        Some(expected) => format!("the document does not parse: {expected}"),
        None if known => "the document does not parse".to_owned(),
        None => format!("the document does not parse: {}", error.message),
    };
    ServerError { locations: error.locations, ..coded("GRAPHQL_PARSE_FAILED", message) }
}

/// Cuts what the engine says about a client's text. Errors with a code are our own and are left as they are,
/// unless they are about the request.
fn shorten(errors: &mut [ServerError], all: bool) {
    for error in errors {
        let ours = error.extensions.as_ref().is_some_and(|e| e.get("code").is_some());
        if (all || !ours)
            && let Some((end, _)) = error.message.char_indices().nth(ECHO)
        {
            error.message.truncate(end);
            error.message.push('…');
        }
    }
}

fn respond(media: Media, status: StatusCode, mut response: Response) -> HttpResponse {
    let request_error = is_request_error(&response);
    shorten(&mut response.errors, request_error);
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, media.content_type()))
        .insert_header((header::VARY, "accept, accept-language, authorization"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    for (name, value) in &response.http_headers {
        answer.append_header((name.as_str(), value.as_bytes()));
    }
    let body = if request_error {
        let mut body = json!({ "errors": response.errors });
        if !response.extensions.is_empty() {
            body["extensions"] = json!(response.extensions);
        }
        serde_json::to_vec(&body)
    } else {
        serde_json::to_vec(&response)
    };
    match body {
        Ok(body) => answer.body(body),
        Err(_) => {
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the answer could not be written as JSON")
        }
    }
}

fn malformed(detail: &str) -> HttpResponse {
    problem(StatusCode::BAD_REQUEST, "malformed_request", detail)
}

fn not_allowed(allow: &'static str, detail: &str) -> HttpResponse {
    let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    answer.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allow));
    answer
}

/// The answer where there can be no GraphQL response.
fn problem(status: StatusCode, code: &str, detail: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_LANGUAGE, "en"))
        .body(
            json!({
                "type": "about:blank",
                "title": status.canonical_reason(),
                "status": status.as_u16(),
                "code": code,
                "detail": detail,
            })
            .to_string(),
        )
}
