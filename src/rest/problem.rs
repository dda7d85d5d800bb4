//! Problem documents, RFC 9457, in the reader's language.

use std::collections::BTreeMap;

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{Method, StatusCode, header},
    middleware::Next,
    web,
};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
};

use super::{extract::MAX_BODY, patience, reply};
use crate::{
    app::App,
    error::{Code, Error},
    rate::Fields,
    text::Languages,
};

/// An [`Error`] on its way out; the middleware [`problems`] writes it.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// A problem document, RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct Document {
    /// Names the kind of problem; stable.
    pub r#type: String,
    /// The kind of problem, in the reader's language.
    pub title: String,
    pub status: u16,
    /// What happened and what to do about it, in the reader's language.
    pub detail: String,
    /// The kind of problem as a word; stable. GraphQL's `extensions.code` is the same in capitals.
    pub code: String,
    /// Names the request in the node's log.
    pub request_id: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One field's fault.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// JSON pointer into the input.
    pub pointer: String,
    pub code: String,
    /// In the reader's language.
    pub detail: String,
}

impl Document {
    pub fn new(error: &Error, languages: &Languages, request_id: &str) -> Self {
        let lang = languages.first();
        Self {
            r#type: format!("urn:samvirke:problem:{}", error.code.name()),
            title: error.title(lang),
            status: error.code.status(),
            detail: error.detail(lang),
            code: error.code.name().to_owned(),
            request_id: request_id.to_owned(),
            errors: error
                .violations
                .iter()
                .map(|v| Fault {
                    pointer: v.pointer.clone(),
                    code: v.code.to_owned(),
                    detail: v.detail(lang),
                })
                .collect(),
        }
    }
}

impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        reply::register::<Document>();
        let schema = Ref::from_schema_name(Document::name());
        let response = ResponseBuilder::new()
            .description("A problem, RFC 9457")
            .content("application/problem+json", Content::new(Some(schema)));
        BTreeMap::from([("default".to_owned(), response.build().into())])
    }
}

/// Middleware: gives every request an id and its time, and turns every error, ours or the framework's, into a problem
/// document.
pub async fn problems(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let header = |name: header::HeaderName| {
        request.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
    };
    let languages = Languages::accept(header(header::ACCEPT_LANGUAGE).as_deref());
    let request_id = super::extract::request_id(request.request());
    let app = request.app_data::<web::Data<App>>().cloned();
    let meter = app.as_ref().map(|app| app.meter.clone());
    let count = |code| meter.iter().for_each(|meter| meter.refusal(code));
    if let Some(app) = &app {
        // What comes over a socket is no body, and keeps a time of its own.
        if !request.headers().contains_key(header::UPGRADE) || request.method() != Method::GET {
            patience::hurry_body(&mut request, app.bounds.body);
        }
    }
    let read = app.filter(|_| request.method().is_safe()).map(|app| app.bounds.read);
    let Some(response) = patience::within(read, next.call(request)).await else {
        // The request went with its future, so that there is none to answer with.
        let error = Error::new(Code::Unavailable).because("a read took too long");
        log(&error, StatusCode::SERVICE_UNAVAILABLE);
        count(error.code);
        let mut answer = written(&error, StatusCode::SERVICE_UNAVAILABLE, &languages, &request_id);
        sign(answer.headers_mut(), &request_id);
        return Err(InternalError::from_response(Problem(error), answer).into());
    };
    let response = response?;
    let rated = response.request().extensions().get::<Fields>().cloned();
    let status = response.status();
    let is_problem = status.is_client_error() || status.is_server_error();
    let by_handler =
        response.headers().contains_key(header::CONTENT_TYPE) && response.response().error().is_none();
    let mut response = if is_problem && !by_handler {
        let error = response.response().error().and_then(|e| e.as_error::<Problem>());
        let fallback;
        let error = match error {
            Some(problem) => &problem.0,
            None => {
                fallback = of_framework(status);
                &fallback
            }
        };
        log(error, status);
        count(error.code);
        let answer = written(error, status, &languages, &request_id);
        response.into_response(answer)
    } else {
        response.map_into_boxed_body()
    };
    sign(response.headers_mut(), &request_id);
    if let Some(Fields { policy, left }) = rated.filter(|fields| !fields.policy.is_empty()) {
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = header::HeaderValue::from_str(&text) {
                response.headers_mut().insert(header::HeaderName::from_static(name), value);
            }
        }
    }
    Ok(response)
}

fn sign(headers: &mut header::HeaderMap, request_id: &str) {
    if let Ok(value) = header::HeaderValue::from_str(request_id) {
        headers.insert(header::HeaderName::from_static("x-request-id"), value);
    }
    headers.append(header::VARY, header::HeaderValue::from_static("accept-language, authorization"));
}

/// The problem document as an answer.
fn written(error: &Error, status: StatusCode, languages: &Languages, request_id: &str) -> HttpResponse {
    let document = Document::new(error, languages, request_id);
    let mut builder = HttpResponse::build(StatusCode::from_u16(document.status).unwrap_or(status));
    builder.content_type("application/problem+json");
    builder.insert_header((header::CONTENT_LANGUAGE, languages.first().tag()));
    builder.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    builder.insert_header((header::CACHE_CONTROL, "no-store"));
    match error.code {
        Code::Unauthenticated => _ = builder.insert_header((header::WWW_AUTHENTICATE, "Bearer")),
        Code::InvalidToken => {
            _ = builder.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
        }
        Code::MethodNotAllowed => {
            let allowed = error.args.iter().find(|(name, _)| *name == "allowed");
            _ = builder.insert_header((header::ALLOW, allowed.map_or("", |(_, methods)| methods)));
        }
        Code::UnsupportedMediaType => {
            let expected = error.args.iter().find(|(name, _)| *name == "expected");
            let media = expected.and_then(|(_, media)| media.split(';').next());
            _ = builder.insert_header((header::ACCEPT, media.unwrap_or_default()));
        }
        _ => {}
    }
    if let Some(seconds) = error.retry_after() {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    builder.json(document)
}

fn log(error: &Error, status: StatusCode) {
    if status.is_server_error() {
        tracing::error!(code = error.code.name(), cause = ?error.cause, "request failed");
    } else {
        tracing::debug!(code = error.code.name(), "request refused");
    }
}

/// The framework's own refusals, in our words. What it did not say is told by the status's own name.
fn of_framework(status: StatusCode) -> Error {
    let named = status.canonical_reason().unwrap_or_default();
    match status {
        StatusCode::NOT_FOUND => Error::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Error::new(Code::MethodNotAllowed).with("allowed", "–"),
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(Code::PayloadTooLarge).with("limit", MAX_BODY),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Error::new(Code::UnsupportedMediaType).with("expected", "application/json")
        }
        StatusCode::NOT_ACCEPTABLE => Error::new(Code::NotAcceptable).with("offered", "application/json"),
        s if s.is_client_error() => Error::new(Code::MalformedRequest).with("reason", named),
        _ => Error::new(Code::Internal),
    }
}
