//! A response as bytes, and the errors that are made before there is a response.

use actix_web::{
    Error, HttpResponse,
    error::InternalError,
    http::{StatusCode, header},
};
use async_graphql::{Response, ServerError, Value};
use serde_json::json;

use super::{super::guard, ECHO, accept::Media};

/// The code that the engine's own errors get.
const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

/// An error before execution is about the request: it has no path, and there are no data.
pub(super) fn is_request_error(response: &Response) -> bool {
    response.is_err() && response.data == Value::Null && response.errors.iter().all(|e| e.path.is_empty())
}

pub(super) fn coded(code: &str, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

pub(super) fn too_complex(refusal: guard::Refusal) -> Response {
    let mut error = coded("QUERY_TOO_COMPLEX", refusal.to_string());
    let more = error.extensions.get_or_insert_default();
    more.set("bound", refusal.what.as_str());
    more.set("limit", refusal.limit);
    more.set("found", refusal.found);
    Response::from_errors(vec![error])
}

/// The parser draws the client's line with an arrow below it; its last line says what was expected.
pub(super) fn not_parsed(error: ServerError) -> ServerError {
    let said = error.message.rsplit_once("\n  = ").map_or(error.message.as_str(), |(_, expected)| expected);
    let message = format!("the document does not parse: {said}");
    ServerError { locations: error.locations, ..coded("GRAPHQL_PARSE_FAILED", message) }
}

/// Cuts what the engine says about a client's text. Errors with a code of ours are left as they are, unless they
/// are about the request.
fn shorten(errors: &mut [ServerError], all: bool) {
    for error in errors {
        let code = error.extensions.as_ref().and_then(|e| e.get("code"));
        let ours = code.is_some_and(|code| *code != Value::from(INVALID));
        if (all || !ours)
            && let Some((end, _)) = error.message.char_indices().nth(ECHO)
        {
            error.message.truncate(end);
            error.message.push('…');
        }
    }
}

pub(super) fn respond(media: Media, status: StatusCode, mut response: Response) -> HttpResponse {
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
        let mut body = serde_json::Map::from_iter([("errors".to_owned(), json!(response.errors))]);
        if !response.extensions.is_empty() {
            body.insert("extensions".to_owned(), json!(response.extensions));
        }
        serde_json::to_vec(&body)
    } else {
        serde_json::to_vec(&response)
    };
    match body {
        Ok(body) => answer.body(body),
        Err(_) => {
            let detail = "the answer could not be written as JSON";
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail, None).into()
        }
    }
}

/// Our own problems go out as they are; a middleware that writes errors anew would lose what they say.
pub(super) fn written(error: Error) -> Result<HttpResponse, Error> {
    Ok(error.as_response_error().error_response())
}

pub(super) fn malformed(detail: &str) -> Error {
    problem(StatusCode::BAD_REQUEST, "malformed_request", detail, None)
}

pub(super) fn not_allowed(allow: &'static str, detail: &str) -> Error {
    problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail, Some((header::ALLOW, allow)))
}

/// The answer where there can be no GraphQL response, with a header that says what would do.
pub(super) fn problem(
    status: StatusCode,
    code: &'static str,
    detail: &str,
    hint: Option<(header::HeaderName, &'static str)>,
) -> Error {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_LANGUAGE, "en"));
    if let Some(hint) = hint {
        answer.insert_header(hint);
    }
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
    });
    InternalError::from_response(code, answer.body(body.to_string())).into()
}
