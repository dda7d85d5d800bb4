//! Something to read as an answer: as JSON, or as CommonMark. Tagged by its own bytes, as figures are.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Object, RefOr, Response, schema::Type},
};

use super::figures::{Figures, described, heaviest, responses, tagged};

const MARKDOWN: &str = "text/markdown";

/// 200 with the document, or 304 when the caller has it already (`If-None-Match`).
pub enum Paper<T> {
    Json(T),
    Markdown(String),
}

/// How a document is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PaperFormat {
    Json,
    Markdown,
}

/// What the caller wishes for most; JSON unless Markdown is named with more weight.
pub fn paper_wished(request: &HttpRequest) -> PaperFormat {
    match heaviest(request, &[MARKDOWN]) {
        Some(_) => PaperFormat::Markdown,
        None => PaperFormat::Json,
    }
}

impl<T: Serialize> Responder for Paper<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = match self {
            Self::Json(value) => Figures(value).respond_to(request),
            Self::Markdown(text) => tagged(request, "text/markdown; charset=utf-8", None, text.into_bytes()),
        };
        response.headers_mut().append(header::VARY, header::HeaderValue::from_static("accept"));
        response
    }
}

impl<T: ToSchema> IntoResponses for Paper<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let text = Object::with_type(Type::String);
        responses(described::<T>().content(MARKDOWN, Content::new(Some(text))))
    }
}
