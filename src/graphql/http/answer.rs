//! A response as bytes, and the errors that are made before there is a response.

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use async_graphql::{Response, ServerError, Value};
use serde_json::json;

use super::{
    super::{brief, guard},
    accept::Media,
};
use crate::{
    error::{Code, Error},
    rest::Problem,
};

/// An error before execution is about the request: it has no path, and there are no data.
pub(super) fn is_request_error(response: &Response) -> bool {
    response.is_err() && response.data == Value::Null && response.errors.iter().all(|e| e.path.is_empty())
}

/// A refusal before anything ran.
pub(in crate::graphql) fn refused(error: Error, extensions: &[(&str, Value)]) -> ServerError {
    let mut refusal = ServerError::new(error.code.name(), None);
    let more = refusal.extensions.get_or_insert_default();
    for (name, value) in extensions {
        more.set(*name, value.clone());
    }
    refusal.source = Some(Arc::new(error));
    refusal
}

pub(in crate::graphql) fn too_complex(refusal: guard::Refusal) -> ServerError {
    let error = Error::new(Code::QueryTooComplex).with("reason", refusal);
    let extensions = [
        ("bound", Value::from(refusal.what.as_str())),
        ("limit", refusal.limit.into()),
        ("found", refusal.found.into()),
    ];
    refused(error, &extensions)
}

/// The parser draws the client's line with an arrow below it; its last line says what was expected.
pub(super) fn not_parsed(error: ServerError) -> ServerError {
    let said = error.message.rsplit_once("\n  = ").map_or(error.message.as_str(), |(_, expected)| expected);
    let ours = Error::new(Code::GraphqlParseFailed).with("reason", brief(said));
    ServerError { locations: error.locations, ..refused(ours, &[]) }
}

pub(super) fn respond(media: Media, status: StatusCode, response: Response) -> HttpResponse {
    let request_error = is_request_error(&response);
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
        Err(error) => HttpResponse::from_error(Problem(Error::internal(error))),
    }
}

/// No GraphQL answer is possible: a problem document.
pub(super) fn problem(error: Error) -> actix_web::Error {
    Problem(error).into()
}

pub(super) fn malformed(detail: &str) -> actix_web::Error {
    problem(Error::new(Code::MalformedRequest).with("reason", detail))
}

pub(super) fn not_allowed(allowed: &'static str) -> actix_web::Error {
    problem(Error::new(Code::MethodNotAllowed).with("allowed", allowed))
}
