//! What a handler takes: who is calling ([`TenantScope`]), a strict body, strict parameters, the version that a
//! change was made from.

use std::{
    future::{Ready, ready},
    pin::Pin,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::{PayloadError, QueryPayloadError},
    http::header,
    web,
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use super::Problem;
use crate::{
    app::App,
    audit,
    auth::token::{Grant, Verified},
    error::{Code, Error},
    page::PageArgs,
    rate::{Fields, Refusal},
    tenancy::TenantScope,
    text::{Languages, national},
};

/// A JSON body is at most this long.
pub const MAX_BODY: usize = 1 << 20;

/// The id that names this request in answers and logs.
#[derive(Clone)]
struct RequestId(String);

pub fn request_id(request: &HttpRequest) -> String {
    if let Some(id) = request.extensions().get::<RequestId>() {
        return id.0.clone();
    }
    let id = uuid::Uuid::now_v7().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    id
}

fn text<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// A header that must not be passed over: one that cannot be read is refused, not taken for none.
fn readable<'r>(request: &'r HttpRequest, name: &str) -> Result<Option<&'r str>, Error> {
    let Some(value) = request.headers().get(name) else { return Ok(None) };
    let unreadable = || Error::new(Code::MalformedRequest).with("reason", format!("{name}: ASCII"));
    value.to_str().map(Some).map_err(|_| unreadable())
}

/// The token in `Bearer …`.
pub fn bearer(credentials: &str) -> Option<&str> {
    let (scheme, token) = credentials.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The verified caller of a request, as a scope, and for how long it is that.
pub fn admitted(request: &HttpRequest) -> Result<(TenantScope, Grant), Error> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Error::new(Code::Internal))?;
    let token = text(request, "authorization").and_then(bearer);
    let Verified { caller, grant } = app.admit(token.ok_or_else(|| Error::new(Code::Unauthenticated))?)?;
    rated(request, app.bounds.rates.request(&caller))?;
    let key = match readable(request, "idempotency-key")? {
        Some(key) if key.is_empty() || key.len() > 255 => {
            return Err(
                Error::new(Code::MalformedRequest).with("reason", "Idempotency-Key: 1 to 255 characters")
            );
        }
        // It is kept for a day.
        Some(key) if national::stands_in(key) => {
            return Err(Error::new(Code::MalformedRequest)
                .with("reason", "Idempotency-Key: no national identity number"));
        }
        key => key.map(str::to_owned),
    };
    let languages = Languages::accept(text(request, "accept-language"));
    let purpose = audit::purpose::read(text(request, audit::purpose::HEADER))?;
    let caller = caller.asking(languages, request_id(request), key, purpose);
    Ok((app.scope(caller), grant))
}

/// Notes for the answer how much is left, whether or not it was enough.
pub fn rated(request: &HttpRequest, drawn: Result<Fields, Refusal>) -> Result<(), Error> {
    let (fields, outcome) = match drawn {
        Ok(fields) => (fields, Ok(())),
        Err(refusal) => (refusal.fields.clone(), Err(refusal.into())),
    };
    request.extensions_mut().insert(fields);
    outcome
}

/// A body that did not come whole, or not in time.
pub fn broken_off(error: &PayloadError) -> Error {
    match error {
        PayloadError::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => Error::new(Code::RequestTimeout),
        _ => {
            Error::new(Code::MalformedRequest).with("reason", "the body broke off").because(error.to_string())
        }
    }
}

/// Whether a body would have to be unpacked.
pub fn is_packed(request: &HttpRequest) -> bool {
    let coding = request.headers().get(header::CONTENT_ENCODING);
    coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

impl FromRequest for TenantScope {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admitted(request).map(|(scope, _)| scope).map_err(Problem))
    }
}

/// From how many bytes a body counts as a large one.
const LARGE: usize = 64 * 1024;

/// So many large bodies are taken in at once, of one process: a crowd of them waits, and does not fill the memory. Meanwhile nothing
/// is read from it, and its time runs.
static TURNS: Semaphore = Semaphore::const_new(16);

/// A JSON body, read strictly: unknown fields are refused, and every refusal names its place.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = request.content_type().eq_ignore_ascii_case("application/json");
        let packed = is_packed(request);
        let told = text(request, "content-length").and_then(|length| length.parse::<usize>().ok());
        let mut payload = payload.take();
        Box::pin(async move {
            if !json {
                return Err(Error::new(Code::UnsupportedMediaType)
                    .with("expected", "application/json")
                    .into());
            }
            // What grows when it is unpacked is not taken in; read as it came, it would be refused as no JSON.
            if packed {
                return Err(Error::new(Code::UnsupportedMediaType)
                    .with("expected", "application/json; Content-Encoding: identity")
                    .into());
            }
            // Nothing is kept of what will be too much.
            if told.is_some_and(|told| told > MAX_BODY) {
                return Err(Error::new(Code::PayloadTooLarge).with("limit", MAX_BODY).into());
            }
            let mut bytes = web::BytesMut::new();
            let mut turn = None;
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|e| broken_off(&e))?;
                if turn.is_none() && bytes.len() + chunk.len() > LARGE {
                    turn = Some(TURNS.acquire().await.map_err(Error::internal)?);
                }
                if bytes.len() + chunk.len() > MAX_BODY {
                    return Err(Error::new(Code::PayloadTooLarge).with("limit", MAX_BODY).into());
                }
                bytes.extend_from_slice(&chunk);
            }
            parse(&bytes).map(Body).map_err(Problem)
        })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Error::new(Code::MalformedRequest).with("reason", "not UTF-8"));
    }
    // A list would be taken for an object with its fields in their order, which is in no contract.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::new(Code::InvalidInput).field_with("", "wrong_type", &[("expected", "{…}")]));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let path = e.path().to_string();
        refusal(&path, e.into_inner())
    })?;
    reader.end().map_err(|e| refusal("", e))?;
    Ok(value)
}

/// A serde error, in our words.
fn refusal(path: &str, error: serde_json::Error) -> Error {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => fault(path, &error.to_string()),
        Category::Io | Category::Syntax | Category::Eof => Error::new(Code::MalformedRequest)
            .with("reason", format!("line {}, column {}", error.line(), error.column())),
    }
}

fn fault(path: &str, message: &str) -> Error {
    // `a.b[3].c` -> `a/b/3/c`
    let pointer = path.replace('[', "/").replace(']', "").replace('.', "/");
    let pointer = pointer.trim_start_matches('/').to_owned();
    let quoted = |prefix: &str| {
        message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned)
    };
    // The document itself is `.` in a path.
    let pointer = if pointer == "?" || pointer == "/" { String::new() } else { pointer };
    let error = Error::new(Code::InvalidInput);
    if let Some(field) = quoted("unknown field `") {
        let short: String = field.chars().take(100).collect();
        return error.field_with(&pointer, "unknown_field", &[("field", short.as_str())]);
    }
    if let Some(field) = quoted("missing field `") {
        let at = if pointer.is_empty() { field } else { format!("{pointer}/{field}") };
        return error.field(&at, "required");
    }
    if let Some(field) = quoted("duplicate field `") {
        let at = if pointer.is_empty() { field } else { format!("{pointer}/{field}") };
        return error.field(&at, "duplicate");
    }
    let expected =
        message.split("expected ").nth(1).map_or("", |rest| rest.split(" at line").next().unwrap_or(rest));
    if message.starts_with("unknown variant") {
        let allowed = expected.trim_start_matches("one of ").replace(" or ", ", ");
        return error.field_with(&pointer, "unknown_value", &[("allowed", allowed.as_str())]);
    }
    if message.contains("UUID") {
        return error.field(&pointer, "id");
    }
    // What reads single values has other words.
    let expected = if !expected.is_empty() {
        shape(expected)
    } else if message.contains("input") {
        "2026-01-31 (ISO 8601)"
    } else if message.contains("digit") || message.contains("number too") {
        "number"
    } else if message.contains("`true` or `false`") {
        "true, false"
    } else {
        "–"
    };
    error.field_with(&pointer, "wrong_type", &[("expected", expected)])
}

/// What serde expected, as JSON shows it: its own words are English, and the names of types are ours.
fn shape(expected: &str) -> &str {
    match expected {
        "a string" | "a borrowed string" | "string" => "\"…\"",
        "a sequence" => "[…]",
        "a boolean" => "true, false",
        "a map" => "{…}",
        number if matches!(number.get(..1), Some("i" | "u" | "f")) && number.len() <= 5 => "0, 1, 2 …",
        shape if shape.starts_with("struct ") => "{…}",
        shape if shape.starts_with("a sequence") || shape.starts_with("tuple") => "[…]",
        // `RFC 3339, such as …`, and what else is said for whoever reads it.
        other => other,
    }
}

/// Query parameters, read strictly: a misspelt filter is refused, not passed over. `T` denies unknown fields.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(query(request.query_string()).map(Params).map_err(Problem))
    }
}

/// The parameters of a list: its filter, and which page.
pub struct Listing<F>(pub F, pub PageArgs);

/// A list without filters.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

impl<F: DeserializeOwned> FromRequest for Listing<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (page, filter) = parted(request, &["first=", "after="]);
        let listing = query(&filter).and_then(|filter| Ok(Listing(filter, query(&page)?)));
        ready(listing.map_err(Problem))
    }
}

/// Over whose rows figures are asked for.
#[derive(serde::Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wide {
    /// What is shared in at least one of these consortia of yours: ids with commas between, at most 20. Left out: what everybody on
    /// the node may read.
    pub consortium_ids: Option<String>,
}

/// Over whose rows, and what else is asked.
pub struct Over<F>(pub Wide, pub F);

impl<F: DeserializeOwned> FromRequest for Over<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (wide, rest) = parted(request, &["consortiumIds="]);
        let over = query(&wide).and_then(|wide| Ok(Over(wide, query(&rest)?)));
        ready(over.map_err(Problem))
    }
}

/// The parameters whose names these are, and the others.
fn parted(request: &HttpRequest, names: &[&str]) -> (String, String) {
    let pairs = request.query_string().split('&').filter(|pair| !pair.is_empty());
    let (some, others): (Vec<_>, Vec<_>) =
        pairs.partition(|pair| names.iter().any(|name| pair.starts_with(name)));
    (some.join("&"), others.join("&"))
}

fn query<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    // Read leniently, bytes that are no UTF-8 would become other characters, and the answer one to another question.
    if !is_utf8(text) {
        return Err(Error::new(Code::MalformedRequest).with("reason", "not UTF-8"));
    }
    let said = |error: QueryPayloadError| {
        let message = error.to_string();
        message.split_once(": ").map_or(message.clone(), |(_, rest)| rest.to_owned())
    };
    let read = |text: &str| web::Query::<T>::from_query(text).map(web::Query::into_inner).map_err(said);
    read(text).map_err(|message| {
        // Which one it is it does not say: it is the one of which that is said when it stands alone.
        // What is missing is named already, and is missing from every part too.
        let missing = message.starts_with("missing field");
        let alone = |pair: &&str| !missing && read(pair).is_err_and(|other| other == message);
        let name = text.split('&').find(alone).and_then(|pair| pair.split('=').next());
        fault(name.unwrap_or_default(), &message)
    })
}

/// Is a query string UTF-8 when its percent signs are read?
fn is_utf8(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        let coded = if *first == b'%' { hex(0).zip(hex(1)) } else { None };
        rest = if coded.is_some() { after.get(2..).unwrap_or_default() } else { after };
        bytes.push(coded.map_or(*first, |(high, low)| (high * 16 + low) as u8));
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// The version that a change was made from: `If-Match: "3"`. Without it, 428.
pub struct Version(pub i64);

impl FromRequest for Version {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let version = match readable(request, header::IF_MATCH.as_str()) {
            Err(error) => Err(error),
            Ok(None) => Err(Error::new(Code::VersionRequired)),
            Ok(Some(tag)) => tag
                .trim()
                .strip_prefix('"')
                .and_then(|t| t.strip_suffix('"'))
                .and_then(|t| t.parse().ok())
                .ok_or_else(|| Error::new(Code::MalformedRequest).with("reason", "If-Match: \"3\"")),
        };
        ready(version.map(Version).map_err(Problem))
    }
}

impl IntoParams for Version {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            ParameterBuilder::new()
                .name("If-Match")
                .parameter_in(ParameterIn::Header)
                .required(utoipa::openapi::Required::True)
                .description(Some(
                    "The version that the change was made from, in quotes: the `ETag` of the answer",
                ))
                .schema(Some(
                    ObjectBuilder::new().schema_type(Type::String).pattern(Some("^\"[0-9]{1,18}\"$")),
                ))
                .build(),
        ]
    }
}
