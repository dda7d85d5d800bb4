//! What a handler gives.

use std::{cell::RefCell, collections::BTreeMap};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder, Schema},
};

use crate::page::Page;

/// What is served with an ETag, when it can be changed.
pub trait Versioned {
    /// What caches are told. A secret is not even kept by the one who asked.
    const CACHE: &'static str = "private, no-cache";

    fn version(&self) -> Option<i64> {
        None
    }
}

impl<T> Versioned for Page<T> {}
impl<T> Versioned for Vec<T> {}

thread_local! {
    // Schemas of the replies that were described, until the document takes them.
    static SCHEMAS: RefCell<BTreeMap<String, RefOr<Schema>>> = RefCell::default();
}

/// Remembers a type's schema and those that it refers to.
pub fn register<T: ToSchema>() {
    let mut found = Vec::new();
    T::schemas(&mut found);
    found.push((T::name().into_owned(), T::schema()));
    SCHEMAS.with_borrow_mut(|schemas| schemas.extend(found));
}

/// The schemas remembered while a document was being built.
pub fn schemas() -> BTreeMap<String, RefOr<Schema>> {
    SCHEMAS.take()
}

macro_rules! reply {
    ($(#[$doc:meta])* $name:ident, $code:literal, $status:ident, $text:literal) => {
        $(#[$doc])*
        pub struct $name<T>(pub T);

        impl<T: Serialize + Versioned> Responder for $name<T> {
            type Body = BoxBody;
            fn respond_to(self, _: &HttpRequest) -> HttpResponse {
                let mut response = HttpResponse::build(StatusCode::$status);
                if let Some(version) = self.0.version() {
                    response.insert_header((header::ETAG, format!("\"{version}\"")));
                }
                response.insert_header((header::CACHE_CONTROL, T::CACHE));
                response.json(self.0)
            }
        }

        impl<T: ToSchema> IntoResponses for $name<T> {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                register::<T>();
                let schema = Ref::from_schema_name(T::name());
                let response = ResponseBuilder::new().description($text).content("application/json", Content::new(Some(schema)));
                BTreeMap::from([($code.to_owned(), response.build().into())])
            }
        }
    };
}

reply!(
    /// 200 with the thing.
    Found, "200", OK, "As asked"
);
reply!(
    /// 201 with the new thing.
    Made, "201", CREATED, "Made"
);

/// As [`Found`], or as [`Done`] where the thing is not the caller's to see any more.
pub struct FoundIf<T>(pub Option<T>);

impl<T: Serialize + Versioned> Responder for FoundIf<T> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self.0 {
            Some(found) => Found(found).respond_to(request),
            None => Done.respond_to(request),
        }
    }
}

impl<T: ToSchema> IntoResponses for FoundIf<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = Found::<T>::responses();
        responses.extend(Done::responses());
        responses
    }
}

/// 204: it is done and there is nothing to show.
pub struct Done;

impl Responder for Done {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

impl IntoResponses for Done {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([("204".to_owned(), ResponseBuilder::new().description("Done").build().into())])
    }
}
