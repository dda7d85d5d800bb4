//! Something to read as an answer: as JSON, or as a text of a kind of its own. Tagged by its own bytes, as figures are.

use std::{collections::BTreeMap, marker::PhantomData};

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Object, RefOr, Response, schema::Type},
};

use super::figures::{Figures, Sheet, described, heaviest, responses};

/// A kind of text.
pub trait Medium {
    /// Its media type; all are UTF-8.
    const TYPE: &str;
}

/// CommonMark.
pub struct Markdown;

impl Medium for Markdown {
    const TYPE: &str = "text/markdown";
}

/// iCalendar, RFC 5545.
pub struct ICalendar;

impl Medium for ICalendar {
    const TYPE: &str = "text/calendar";
}

/// 200 with the document, or 304 when the caller has it already (`If-None-Match`).
pub enum Paper<T, M> {
    Json(T),
    Text(String, PhantomData<M>),
}

/// How a document is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PaperFormat {
    Json,
    Markdown,
}

impl<T, M: Medium> Paper<T, M> {
    pub fn text(text: String) -> Self {
        Self::Text(text, PhantomData)
    }

    /// Whether the caller wishes for the text most; for JSON unless it is named with more weight.
    pub fn wished(request: &HttpRequest) -> bool {
        heaviest(request, &[M::TYPE]).is_some()
    }
}

impl<T: Serialize, M: Medium> Responder for Paper<T, M> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = match self {
            Self::Json(value) => Figures(value).respond_to(request),
            Self::Text(text, _) => {
                Sheet::new(format!("{}; charset=utf-8", M::TYPE), text.into_bytes()).answer(request)
            }
        };
        response.headers_mut().append(header::VARY, header::HeaderValue::from_static("accept"));
        response
    }
}

impl<T: ToSchema, M: Medium> IntoResponses for Paper<T, M> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let text = Object::with_type(Type::String);
        responses(described::<T>().content(M::TYPE, Content::new(Some(text))))
    }
}
