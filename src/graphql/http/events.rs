//! Answers as server-sent events, in the «distinct connections» mode of GraphQL over SSE: each answer is an event `next`, the
//! last event is `complete`, and a connection carries one operation.

use std::time::Duration;

use actix_web::{
    Error as HttpError, HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use async_graphql::{Request, Response};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::{
    super::{finish, follow},
    Face,
    accept::Media,
    answer::{problem, refused},
    seats::Seat,
};
use crate::{
    app::App,
    auth::{Caller, token::Grant},
    error::{Code, Error},
    rest,
    text::Languages,
};

/// So often the token is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Proxies close a connection on which nothing comes: so often a comment goes out.
const SILENCE: Duration = Duration::from_secs(15);
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// One answer, and the end.
pub(super) fn one(response: &Response) -> HttpResponse {
    head().body(next(response) + COMPLETE)
}

/// The answers of a subscription, until it ends, the caller goes, or its token is no good any more.
pub(super) fn open(http: HttpRequest, face: &Face, request: Request) -> Result<HttpResponse, HttpError> {
    let app = http.app_data::<web::Data<App>>().ok_or_else(|| problem(Error::new(Code::Internal)))?;
    let (scope, grant) = rest::admitted(&http).map_err(problem)?;
    let full = || problem(Error::new(Code::TooManyConnections));
    let mut seat = app.seats.enter(app.bounds.address(&http)).ok_or_else(full)?;
    if !seat.of(scope.caller()) {
        return Err(full());
    }
    face.count("subscription", &Response::default());
    let (caller, languages) = (scope.caller().clone(), scope.languages().clone());
    let (request, _) = app.furnish(request, scope);
    let answers = follow(&app.schema, request, languages.clone());
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let line =
        Line { app: app.clone(), caller, grant, languages, answers, look, said: Instant::now(), _seat: seat };
    // A browser's tool that reads it so has nothing to say until there is something: the head goes out with this.
    let first = stream::iter([Bytes::from_static(b":\n\n")]);
    let rest = stream::unfold(Some(line), |line| async {
        let mut line = line?;
        let (text, more) = line.text().await;
        Some((Bytes::from(text), more.then_some(line)))
    });
    Ok(head().streaming(first.chain(rest).map(Ok::<_, HttpError>)))
}

/// A connection on which somebody follows. Asked for more only when what was given has gone out: a slow reader is read for
/// as slowly.
struct Line {
    app: web::Data<App>,
    caller: Caller,
    grant: Grant,
    languages: Languages,
    answers: BoxStream<'static, Response>,
    look: Interval,
    said: Instant,
    _seat: Seat,
}

impl Line {
    /// What goes out next, and whether there is more.
    async fn text(&mut self) -> (String, bool) {
        loop {
            tokio::select! {
                answer = self.answers.next() => {
                    self.said = Instant::now();
                    return match answer {
                        Some(answer) => {
                            self.app.meter.live_message("sse");
                            (next(&answer), true)
                        }
                        None => (COMPLETE.to_owned(), false),
                    };
                }
                _ = self.look.tick() => {
                    // Without a `complete`: whoever follows comes back, and goes on from its cursor.
                    if self.app.ending.begun() {
                        return (":\n\n".to_owned(), false);
                    }
                    if !self.app.still(&self.caller, &self.grant) {
                        let mut error = refused(Error::new(Code::InvalidToken), &[]);
                        finish(&mut error, &self.languages);
                        return (next(&Response::from_errors(vec![error])) + COMPLETE, false);
                    }
                    if self.said.elapsed() >= SILENCE {
                        self.said = Instant::now();
                        return (":\n\n".to_owned(), true);
                    }
                }
            }
        }
    }
}

fn head() -> actix_web::HttpResponseBuilder {
    let mut head = HttpResponse::Ok();
    head.insert_header((header::CONTENT_TYPE, Media::Events.content_type()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "accept, accept-language, authorization"))
        // Proxies of one make hold answers back unless they are told not to.
        .insert_header(("x-accel-buffering", "no"));
    head
}

/// JSON has no line break outside of strings, and none inside that is not written as one.
fn next(response: &Response) -> String {
    format!("event: next\ndata: {}\n\n", serde_json::to_string(response).unwrap_or_default())
}
