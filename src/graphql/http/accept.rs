//! Which media type an `Accept` header wants.

use actix_web::http::{StatusCode, header::HeaderValue};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells what happened.
    Graphql,
    /// `application/json`: a well-formed request is answered 200 whatever happened.
    Json,
    /// `text/event-stream`: answers one by one.
    Events,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    pub media: Media,
    /// Would a stream do, where there is more than one answer?
    pub events: bool,
}

impl Media {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Media::Graphql => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
            Media::Events => "text/event-stream",
        }
    }

    pub(super) fn request_error(self, status: StatusCode) -> StatusCode {
        match self {
            Media::Graphql => status,
            Media::Json | Media::Events => StatusCode::OK,
        }
    }
}

/// One range of the header; `q` in thousandths.
struct Range<'h> {
    media: &'h str,
    q: u16,
}

/// None when no type is acceptable. The most specific range that matches a type gives its quality. A stream is for who
/// names it; one answer is given in JSON unless the stream is liked better.
pub(super) fn negotiate<'h>(headers: impl Iterator<Item = &'h HeaderValue>) -> Option<Accepted> {
    let lines: Vec<_> = headers.map(|v| v.to_str().unwrap_or_default()).collect();
    let ranges: Vec<_> = lines.iter().flat_map(|line| line.split(',')).filter_map(range).collect();
    if ranges.is_empty() && lines.iter().all(|line| line.trim().is_empty()) {
        return Some(Accepted { media: Media::Json, events: false });
    }
    let of = |name: &str| ranges.iter().filter(|r| r.media.eq_ignore_ascii_case(name)).map(|r| r.q).max();
    let quality = |media: &str| {
        let wild = || of("application/*").or_else(|| of("*/*"));
        (of(media).or_else(wild).unwrap_or(0), of(media).is_some())
    };
    let (graphql, named) = quality("application/graphql-response+json");
    let (json, _) = quality("application/json");
    let events = of("text/event-stream").unwrap_or(0);
    let media = match (graphql, json) {
        _ if events > graphql && events > json => Media::Events,
        (0, 0) => return None,
        _ if graphql > json || graphql == json && named => Media::Graphql,
        _ => Media::Json,
    };
    Some(Accepted { media, events: events > 0 })
}

/// A range in another encoding than UTF-8 is one that we cannot serve.
fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().filter(|m| !m.is_empty())?;
    let mut q = 1000;
    for (key, value) in parts.filter_map(|p| p.split_once('=')) {
        if key.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) {
            return None;
        }
        if key.trim().eq_ignore_ascii_case("q") {
            let value: f32 = value.trim().parse().unwrap_or(0.0);
            // Saturates, and takes what is no number for nothing.
            q = (value.clamp(0.0, 1.0) * 1000.0) as u16;
        }
    }
    Some(Range { media, q })
}

fn is_utf8(charset: &str) -> bool {
    let name = charset.trim().trim_matches('"');
    name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8")
}

/// What a request body must be.
pub(super) fn is_json_in_utf8(content_type: &str) -> bool {
    range(content_type).is_some_and(|r| r.media.eq_ignore_ascii_case("application/json"))
}
