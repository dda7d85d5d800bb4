//! Figures as an answer: tagged by their own bytes, so that who asks again is told in one line that nothing changed.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt::{Debug, Write as _},
    io::Write as _,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, Header},
    },
    web::Bytes,
};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{
        Content, Object, Ref, RefOr, Response, ResponseBuilder,
        schema::{OneOfBuilder, Schema, Type},
    },
};

use super::{Problem, reply};
use crate::{
    error::{Error, Result},
    tenancy::{Extent, TenantScope, Weigh},
};

/// 200 with figures, or 304 when the caller has them already (`If-None-Match`).
pub struct Figures<T>(pub T);

/// As [`Figures`], where the caller may wish for another format: a dataset of JSON-stat, or a file.
pub enum Table<T, S> {
    Json(T),
    Stat(S),
    Csv { name: &'static str, bytes: Vec<u8> },
    Px { name: &'static str, bytes: Vec<u8> },
    Xlsx { name: &'static str, bytes: Vec<u8> },
}

/// A page of a list; or all of it as a file, where the caller wishes for one.
pub enum Filed<T> {
    Json(T),
    Csv { name: &'static str, bytes: Vec<u8> },
}

impl<T: Serialize + reply::Versioned> Responder for Filed<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = match self {
            Filed::Json(value) => reply::Found(value).respond_to(request),
            Filed::Csv { name, bytes } => Sheet::csv(name, bytes).answer(request),
        };
        response.headers_mut().append(header::VARY, header::HeaderValue::from_static("accept"));
        response
    }
}

impl<T: ToSchema> IntoResponses for Filed<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let text = Object::with_type(Type::String);
        responses(described::<T>().content("text/csv", Content::new(Some(text))))
    }
}

/// Does the caller wish for a table more than for JSON?
pub fn csv_wished(request: &HttpRequest) -> bool {
    heaviest(request, &["text/csv"]).is_some()
}

/// The media type of a spreadsheet.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// As statistics offices serve PX files, which have no media type of their own.
const PX: &str = "application/octet-stream";

/// Figures as they are written, with their tag.
pub struct Sheet {
    kind: Cow<'static, str>,
    /// As what a file is saved.
    name: Option<(&'static str, &'static str)>,
    /// Whether another format could have been wished for.
    varies: bool,
    tag: String,
    bytes: Bytes,
    /// As gzip, once somebody wished for it: see [`Sheet::packed`].
    packed: OnceLock<Packed>,
}

/// The same bytes under another tag: who has the one has not the other.
struct Packed {
    tag: String,
    bytes: Bytes,
}

/// What is shorter is as quickly sent as it is.
const WORTH_PACKING: usize = 2_000;

/// What can be written down.
pub trait Written {
    fn written(self) -> Result<Sheet>;
}

impl Sheet {
    pub(super) fn new(kind: impl Into<Cow<'static, str>>, bytes: Vec<u8>) -> Self {
        let tag = format!("\"{}\"", BASE64.encode(digest::digest(&digest::SHA256, &bytes)));
        Self {
            kind: kind.into(),
            name: None,
            varies: false,
            tag,
            bytes: bytes.into(),
            packed: OnceLock::new(),
        }
    }

    fn json(value: &impl Serialize) -> Result<Self> {
        serde_json::to_vec(value).map(|bytes| Self::new("application/json", bytes)).map_err(Error::internal)
    }

    fn csv(name: &'static str, bytes: Vec<u8>) -> Self {
        Self { name: Some((name, "csv")), ..Self::new("text/csv; charset=utf-8; header=present", bytes) }
    }

    /// Packed when somebody first wishes for it, and not before.
    fn packed(&self) -> &Packed {
        self.packed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::with_capacity(self.bytes.len() / 6), Compression::fast());
            // Into memory: neither fails.
            let bytes = encoder.write_all(&self.bytes).and_then(|()| encoder.finish()).unwrap_or_default();
            Packed { tag: format!("{}-gzip\"", self.tag.trim_end_matches('"')), bytes: bytes.into() }
        })
    }

    /// 200 with it, or 304 when the caller has it already.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        self.answer_as(request, None)
    }

    /// As [`Sheet::answer`]; as gzip where the caller wishes for that and it is worth it. For what is kept: it is packed once.
    fn answer_packed(&self, request: &HttpRequest) -> HttpResponse {
        // A spreadsheet is packed as it is.
        let worth = self.bytes.len() >= WORTH_PACKING && self.kind != XLSX;
        self.answer_as(request, (worth && packs(request)).then(|| self.packed()))
    }

    fn answer_as(&self, request: &HttpRequest, packed: Option<&Packed>) -> HttpResponse {
        let known = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok());
        // A comparison of caches: weak or strong is the same here, and so is whether it is packed: whoever has it has it.
        let mut known = known.flat_map(|list| list.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
        let known = known.any(|tag| tag == "*" || tag.replace("-gzip\"", "\"") == self.tag);
        let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        response.insert_header((header::ETAG, packed.map_or(&self.tag, |packed| &packed.tag).as_str()));
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        if self.varies {
            response.append_header((header::VARY, "accept"));
        }
        if known {
            return response.finish();
        }
        if let Some((name, end)) = self.name {
            let to = format!("attachment; filename=\"{name}.{end}\"");
            response.insert_header((header::CONTENT_DISPOSITION, to));
        }
        response.content_type(&*self.kind);
        match packed {
            Some(packed) => {
                response.insert_header(ContentEncoding::Gzip);
                response.body(packed.bytes.clone())
            }
            None => response.body(self.bytes.clone()),
        }
    }
}

/// Whether the caller wishes for gzip more than for bytes as they are.
fn packs(request: &HttpRequest) -> bool {
    let wish = AcceptEncoding::parse(request)
        .ok()
        .filter(|_| request.headers().contains_key(header::ACCEPT_ENCODING));
    let choice = wish.and_then(|wish| wish.negotiate([Encoding::gzip(), Encoding::identity()].iter()));
    choice == Some(Encoding::gzip())
}

impl Weigh for Sheet {
    fn bytes(&self) -> usize {
        // It will be packed: to about a sixth.
        self.bytes.len() / 6 * 7 + self.tag.len() + size_of::<Self>()
    }
}

impl<T: Serialize> Written for Figures<T> {
    fn written(self) -> Result<Sheet> {
        Sheet::json(&self.0)
    }
}

impl<T: Serialize, S: Serialize> Written for Table<T, S> {
    fn written(self) -> Result<Sheet> {
        let sheet = match self {
            Table::Json(value) => Sheet::json(&value)?,
            Table::Stat(value) => Sheet::json(&value)?,
            Table::Csv { name, bytes } => Sheet::csv(name, bytes),
            Table::Px { name, bytes } => Sheet { name: Some((name, "px")), ..Sheet::new(PX, bytes) },
            Table::Xlsx { name, bytes } => Sheet { name: Some((name, "xlsx")), ..Sheet::new(XLSX, bytes) },
        };
        Ok(Sheet { varies: true, ..sheet })
    }
}

/// Figures that are kept as they were written, and given again as long as they hold; see [`TenantScope::again`].
pub struct Again<W>(Arc<Sheet>, PhantomData<W>);

impl<W: Written> Again<W> {
    /// What was asked is the request itself: its method, its address with all parameters, and what it would rather have; what is not
    /// known there was refused before. Of no extent: it is not kept.
    pub async fn of<F: Future<Output = Result<W>>>(
        request: &HttpRequest,
        scope: &TenantScope,
        extent: Option<Extent>,
        work: impl FnOnce() -> Pin<Box<F>>,
    ) -> Result<Self, Problem> {
        Self::of_body(request, &(), scope, extent, work).await
    }

    /// As [`Again::of`], of a request with a body.
    pub async fn of_body<F: Future<Output = Result<W>>>(
        request: &HttpRequest,
        body: &(impl Debug + ?Sized),
        scope: &TenantScope,
        extent: Option<Extent>,
        work: impl FnOnce() -> Pin<Box<F>>,
    ) -> Result<Self, Problem> {
        let work = || {
            let work = work();
            Box::pin(async { work.await?.written() })
        };
        let sheet = match extent {
            Some(extent) => {
                let mut asked = String::with_capacity(256);
                let accept =
                    request.headers().get(header::ACCEPT).map_or(&b""[..], |accept| accept.as_bytes());
                // Into memory: it does not fail.
                let _ = write!(asked, "{} {} {body:?} ", request.method(), request.uri());
                asked.push_str(&String::from_utf8_lossy(accept));
                scope.again(extent, asked, work).await?
            }
            None => Arc::new(work().await?),
        };
        Ok(Self(sheet, PhantomData))
    }
}

impl<W> Responder for Again<W> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = self.0.answer_packed(request);
        response.headers_mut().append(header::VARY, header::HeaderValue::from_static("accept-encoding"));
        response
    }
}

impl<W: IntoResponses> IntoResponses for Again<W> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        W::responses()
    }
}

impl<T: Serialize> Responder for Figures<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self.written() {
            Ok(sheet) => sheet.answer(request),
            Err(error) => Problem(error).error_response(),
        }
    }
}

/// What a caller wishes for by `Accept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Json,
    Csv,
    Xlsx,
}

/// What the caller wishes for most; JSON unless a file is named with more weight.
pub fn wished(request: &HttpRequest) -> Wish {
    match heaviest(request, &["text/csv", XLSX]) {
        Some(0) => Wish::Csv,
        Some(_) => Wish::Xlsx,
        None => Wish::Json,
    }
}

/// Which of these media types the caller names in `Accept` with more weight than JSON.
pub fn heaviest(request: &HttpRequest, kinds: &[&str]) -> Option<usize> {
    let accept: Cow<str> = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .map_or(Cow::Borrowed(""), |text| text.to_ascii_lowercase().into());
    let weight = |kind: &str| {
        accept.split(',').find_map(|part| {
            let (name, rest) = part.split_once(';').unwrap_or((part, ""));
            let q = rest.split(';').find_map(|p| p.trim().strip_prefix("q="));
            (name.trim() == kind).then(|| q.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0)))
        })
    };
    let mut best = (weight("application/json").or_else(|| weight("*/*")).unwrap_or(0.0), None);
    for (n, kind) in kinds.iter().enumerate() {
        let weight = weight(kind).unwrap_or(0.0);
        if weight > best.0 {
            best = (weight, Some(n));
        }
    }
    best.1
}

pub(super) fn described<T: ToSchema>() -> ResponseBuilder {
    reply::register::<T>();
    let schema = Ref::from_schema_name(T::name());
    ResponseBuilder::new().description("As asked").content("application/json", Content::new(Some(schema)))
}

pub(super) fn responses(ok: ResponseBuilder) -> BTreeMap<String, RefOr<Response>> {
    let same = ResponseBuilder::new().description("Nothing changed").build();
    BTreeMap::from([("200".to_owned(), ok.build().into()), ("304".to_owned(), same.into())])
}

impl<T: ToSchema> IntoResponses for Figures<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses(described::<T>())
    }
}

impl<T: ToSchema, S: ToSchema> IntoResponses for Table<T, S> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        reply::register::<T>();
        reply::register::<S>();
        let text = || Object::with_type(Type::String);
        let one = |name: Cow<'_, str>| RefOr::from(Ref::from_schema_name(name));
        // Where both are the same it is named once: of two the same, never exactly one fits.
        let json = if T::name() == S::name() {
            one(S::name())
        } else {
            let either = OneOfBuilder::new().item(one(T::name())).item(one(S::name())).build();
            Schema::OneOf(either).into()
        };
        let ok = ResponseBuilder::new()
            .description("As asked")
            .content("application/json", Content::new(Some(json)))
            .content("text/csv", Content::new(Some(text())))
            .content(XLSX, Content::new(Some(text())));
        responses(ok)
    }
}

#[cfg(test)]
mod tests {
    use super::{Wish, XLSX, wished};

    #[test]
    fn a_table_is_given_to_who_wishes_for_one() {
        let wish = |accept: &str| {
            wished(&actix_web::test::TestRequest::get().insert_header(("accept", accept)).to_http_request())
        };
        let wishes = |accept: &str| wish(accept) == Wish::Csv;
        assert!(
            wishes("text/csv") && wishes("application/json;q=0.5, text/csv") && wishes("Text/CSV, */*;q=0.1")
        );
        assert_eq!(wish(XLSX), Wish::Xlsx);
        assert_eq!(wish(&format!("{XLSX};q=0.5, text/csv")), Wish::Csv);
        assert_eq!(wish("*/*"), Wish::Json);
        assert!(!wishes("*/*") && !wishes("application/json, text/csv;q=0.9") && !wishes("text/csv;q=0"));
    }
}
