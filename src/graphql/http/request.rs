//! A request out of a body or a query string. Whatever is wrong here is a problem document: there is no GraphQL
//! request yet that could have a GraphQL response.

use actix_web::{
    Error as HttpError,
    http::header::{self, HeaderMap},
    web,
};
use async_graphql::{Request, Variables};
use futures_util::StreamExt;
use serde_json::{Map, Value as Json};

use super::{
    super::trusted::Hash,
    accept,
    answer::{malformed, problem},
};
use crate::{
    error::{Code, Error},
    rest::broken_off,
};

/// A type that a form can send is a door for other sites, and a body that grows when unpacked one for floods.
pub(super) fn only_json(headers: &HeaderMap) -> Result<(), HttpError> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let plain = matches!(text(header::CONTENT_ENCODING).trim(), "" | "identity");
    if plain && accept::is_json_in_utf8(text(header::CONTENT_TYPE)) {
        return Ok(());
    }
    let expected = if plain { "application/json" } else { "application/json; Content-Encoding: identity" };
    Err(problem(Error::new(Code::UnsupportedMediaType).with("expected", expected)))
}

pub(super) async fn read(
    headers: &HeaderMap,
    mut body: web::Payload,
    most: usize,
) -> Result<Vec<u8>, HttpError> {
    let too_large = || problem(Error::new(Code::PayloadTooLarge).with("limit", most));
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(too_large());
    }
    let mut all = Vec::with_capacity(announced.unwrap_or(0));
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|e| problem(broken_off(&e)))?;
        if all.len() + chunk.len() > most {
            return Err(too_large());
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

/// What was asked, before it is known which document that is.
pub(super) struct Asked {
    pub request: Request,
    pub sent: Option<String>,
    pub named: Option<Hash>,
}

pub(super) fn from_json(body: &[u8]) -> Result<Asked, HttpError> {
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

pub(super) fn from_url(query: &str) -> Result<Asked, HttpError> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| malformed("the query string is not form-encoded"))?;
    let mut map = Map::new();
    for (key, text) in pairs.into_inner() {
        let value = match key.as_str() {
            "query" => Json::String(text),
            _ if text.is_empty() => continue,
            "operationName" | "documentId" => Json::String(text),
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
pub(super) fn request(mut map: Map<String, Json>) -> Result<Asked, HttpError> {
    let mut take = |key: &str| map.remove(key).filter(|value| !value.is_null());
    let object = |key: &str, value: Option<Json>| match value {
        None | Some(Json::Object(_)) => Ok(value),
        Some(_) => Err(malformed(&format!("`{key}` is not an object"))),
    };
    let sent = match take("query") {
        Some(Json::String(query)) => Some(query),
        Some(_) => return Err(malformed("`query` is not a string")),
        None => None,
    };
    let by_id = match take("documentId") {
        Some(id) => Some(
            id.as_str()
                .and_then(Hash::parse_id)
                .ok_or_else(|| malformed("`documentId` is not `sha256:` and 64 hexadecimal digits"))?,
        ),
        None => None,
    };
    let mut by_extension = None;
    let mut request = Request::new("");
    match take("operationName") {
        Some(Json::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(malformed("`operationName` is not a string")),
        None => {}
    }
    if let Some(variables) = object("variables", take("variables"))? {
        request = request.variables(Variables::from_json(variables));
    }
    if let Some(extensions) = object("extensions", take("extensions"))? {
        by_extension = persisted(&extensions["persistedQuery"])?;
        request.extensions =
            serde_json::from_value(extensions).map_err(|_| malformed("`extensions` is not an object"))?;
    }
    if by_id.is_some() && by_extension.is_some() && by_id != by_extension {
        return Err(malformed("`documentId` and `extensions.persistedQuery` name two documents"));
    }
    Ok(Asked { request, sent, named: by_id.or(by_extension) })
}

/// Apollo's way to name a document.
fn persisted(said: &Json) -> Result<Option<Hash>, HttpError> {
    if said.is_null() {
        return Ok(None);
    }
    let hash = said["sha256Hash"].as_str().and_then(Hash::parse).filter(|_| said["version"] == 1);
    let expected =
        "`extensions.persistedQuery` is not `version` 1 and a `sha256Hash` of 64 hexadecimal digits";
    hash.map(Some).ok_or_else(|| malformed(expected))
}
