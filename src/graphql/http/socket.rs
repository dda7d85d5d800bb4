//! Subscriptions over a socket, in the protocol `graphql-transport-ws`.
//!
//! Choices:
//!  * **Who calls** is said in the payload of `connection_init`, `{"authorization": "Bearer …"}`, or in the header
//!    `Authorization` of the request. The token is looked at again every second, and at every `subscribe`: when it is over
//!    or revoked the socket is closed (4403).
//!  * **Subscriptions alone.** Queries and mutations are refused with an error: HTTP has their statuses, rates and retries.
//!  * **Costs.** A message is at most 64 KiB. A document goes by the same guard, cost and units as over HTTP. What is said is
//!    held back by a reader that does not read: [`actix_ws`] keeps 32 messages, a subscription a page of rows, and who takes
//!    nothing for ten seconds is left.

use std::{collections::HashMap, time::Duration};

use actix_web::{Error as HttpError, HttpRequest, HttpResponse, guard::GuardContext, http::header, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError, Session};
use async_graphql::{Response, ServerError, Value};
use futures_util::{
    StreamExt,
    stream::{self, AbortHandle, BoxStream, SelectAll},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{
    super::{code_of, finish, follow},
    Face, Stop, Way,
    answer::{problem, refused},
    request,
    seats::Seat,
};
use crate::{
    app::App,
    audit,
    auth::token::Verified,
    error::{Code, Error},
    rest,
    text::Languages,
};

const PROTOCOL: &str = "graphql-transport-ws";
/// The longest message, in bytes.
const MOST: usize = 64 * 1024;
/// The longest id of an operation.
const MOST_ID: usize = 128;
/// Subscriptions of one socket.
const MOST_OPERATIONS: usize = 10;
/// So often the token is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// So often a sign of life is asked for, and so long it is waited for.
const PING: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(60);
/// How long it is waited for a reader to take something.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does a request ask for a socket?
pub(super) fn is_wished(context: &GuardContext<'_>) -> bool {
    let wish = context.head().headers().get(header::UPGRADE).and_then(|wish| wish.to_str().ok());
    wish.is_some_and(|wish| wish.eq_ignore_ascii_case("websocket"))
}

pub(super) async fn open(
    http: HttpRequest,
    face: web::Data<Face>,
    body: web::Payload,
) -> Result<HttpResponse, HttpError> {
    let app = http.app_data::<web::Data<App>>().ok_or_else(|| problem(Error::new(Code::Internal)))?;
    let seat = app
        .seats
        .enter(app.bounds.address(&http))
        .ok_or_else(|| problem(Error::new(Code::TooManyConnections)))?;
    let text = |name: &str| http.headers().get(name).and_then(|value| value.to_str().ok());
    let purpose = audit::purpose::read(text(audit::purpose::HEADER)).map_err(problem)?;
    let (response, session, messages) = actix_ws::handle_with_protocols(&http, body, &[PROTOCOL])?;
    let protocols =
        http.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).filter_map(|line| line.to_str().ok());
    let spoken = protocols.flat_map(|line| line.split(',')).any(|name| name.trim() == PROTOCOL);
    let talk = Talk {
        app: app.clone(),
        face,
        session: session.clone(),
        languages: Languages::accept(text("accept-language")),
        header: text("authorization").and_then(rest::bearer).map(str::to_owned),
        purpose,
        token: None,
        known: None,
        seat,
        answers: SelectAll::new(),
        running: HashMap::new(),
        heard: Instant::now(),
        pinged: Instant::now(),
    };
    let messages = messages.max_frame_size(MOST).aggregate_continuations().max_continuation_size(MOST);
    actix_web::rt::spawn(async move {
        let end =
            if spoken { talk.run(messages).await } else { End::Close(4406, "Subprotocol not acceptable") };
        if let End::Close(code, reason) = end {
            let reason = CloseReason { code: CloseCode::from(code), description: Some(reason.to_owned()) };
            let _ = timeout(PATIENCE, session.close(Some(reason))).await;
        }
    });
    Ok(response)
}

/// How a talk ends.
enum End {
    /// With these words.
    Close(u16, &'static str),
    /// There is nobody to say them to.
    Gone,
}

/// What a client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Json>>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Json>>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Map<String, Json>,
    },
    Complete {
        id: String,
    },
}

/// An answer of one operation; none: that was all.
type Answers = BoxStream<'static, (String, Option<Response>)>;

struct Talk {
    app: web::Data<App>,
    face: web::Data<Face>,
    session: Session,
    languages: Languages,
    /// The token in the header of the request.
    header: Option<String>,
    purpose: Option<String>,
    token: Option<String>,
    known: Option<Verified>,
    seat: Seat,
    answers: SelectAll<Answers>,
    running: HashMap<String, AbortHandle>,
    heard: Instant,
    pinged: Instant,
}

impl Talk {
    async fn run(mut self, mut messages: AggregatedMessageStream) -> End {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let begun = Instant::now();
        loop {
            let outcome = tokio::select! {
                message = messages.recv() => self.hear(message).await,
                Some((id, answer)) = self.answers.next(), if !self.answers.is_empty() => self.answer(id, answer).await,
                _ = look.tick() => self.look(begun).await,
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> Result<(), End> {
        self.heard = Instant::now();
        match message {
            None | Some(Ok(AggregatedMessage::Close(None))) => Err(End::Gone),
            // Said back, as the socket's own protocol wants it.
            Some(Ok(AggregatedMessage::Close(Some(_)))) => Err(End::Close(1000, "")),
            Some(Ok(AggregatedMessage::Text(text))) => self.take(&text).await,
            Some(Ok(AggregatedMessage::Binary(_))) => Err(End::Close(4400, "Invalid message: not text")),
            Some(Ok(AggregatedMessage::Ping(bytes))) => {
                timeout(PATIENCE, self.session.pong(&bytes)).await.ok().and_then(Result::ok).ok_or(End::Gone)
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Err(ProtocolError::Overflow)) => Err(End::Close(1009, "Message too long")),
            Some(Err(ProtocolError::Io(_))) => Err(End::Gone),
            Some(Err(_)) => Err(End::Close(1002, "Protocol error")),
        }
    }

    async fn take(&mut self, text: &str) -> Result<(), End> {
        let said: Said = serde_json::from_str(text).map_err(|_| End::Close(4400, "Invalid message"))?;
        match said {
            Said::ConnectionInit { payload } => self.init(payload).await,
            Said::Ping { payload: Some(payload) } => {
                self.say(json!({"type": "pong", "payload": payload})).await
            }
            Said::Ping { payload: None } => self.say(json!({"type": "pong"})).await,
            Said::Pong {} => Ok(()),
            Said::Subscribe { id, payload } => self.subscribe(id, payload).await,
            Said::Complete { id } => {
                if let Some(handle) = self.running.remove(&id) {
                    handle.abort();
                }
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: Option<Map<String, Json>>) -> Result<(), End> {
        if self.known.is_some() {
            return Err(End::Close(4429, "Too many initialisation requests"));
        }
        let said = payload.iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let said = said.and_then(|(_, value)| rest::bearer(value.as_str()?)).map(str::to_owned);
        let forbidden = || End::Close(4403, "Forbidden");
        let token = said.or_else(|| self.header.take()).ok_or_else(forbidden)?;
        let verified = self.app.admit(&token).map_err(|_| forbidden())?;
        if !self.seat.of(&verified.caller) {
            return Err(End::Close(4429, "Too many connections"));
        }
        (self.token, self.known) = (Some(token), Some(verified));
        self.say(json!({"type": "connection_ack"})).await
    }

    async fn subscribe(&mut self, id: String, payload: Map<String, Json>) -> Result<(), End> {
        let Some(token) = self.token.clone() else { return Err(End::Close(4401, "Unauthorized")) };
        if id.is_empty() || id.len() > MOST_ID {
            return Err(End::Close(4400, "Invalid message: id"));
        }
        if self.running.contains_key(&id) {
            return Err(End::Close(4409, "Subscriber already exists"));
        }
        if self.running.len() >= MOST_OPERATIONS {
            return self.refuse(id, vec![refused(Error::new(Code::TooManyConnections), &[])], "none").await;
        }
        let asked = request::request(payload).map_err(|_| End::Close(4400, "Invalid message: payload"))?;
        let way = Way { safe: false, keyed: false, streams: true };
        let ready = match self.face.look(asked, &way) {
            Ok(ready) if ready.kind.is_none() || ready.is_subscription() => ready,
            Ok(ready) => {
                let error = refused(Error::new(Code::OnlySubscriptionsHere), &[]);
                return self.refuse(id, vec![error], super::word(ready.kind)).await;
            }
            Err(Stop::Problem(_)) => return Err(End::Close(4400, "Invalid message: payload")),
            Err(Stop::Refused { errors, kind, .. }) => return self.refuse(id, errors, kind).await,
        };
        // As a request of its own: the token is looked at, and takes its units.
        let verified = self.app.admit(&token).map_err(|_| End::Close(4403, "Forbidden"))?;
        if let Err(refusal) = self.app.bounds.rates.request(&verified.caller) {
            return self.refuse(id, vec![refused(refusal.into(), &[])], "subscription").await;
        }
        let request_id = uuid::Uuid::now_v7().to_string();
        let caller = verified.caller.asking(self.languages.clone(), request_id, None, self.purpose.clone());
        let (request, _) = self.app.furnish(ready.request, self.app.scope(caller));
        let answers = follow(&self.app.schema, request, self.languages.clone());
        let name = id.clone();
        let tagged = answers.map(Some).chain(stream::iter([None])).map(move |answer| (name.clone(), answer));
        let (tagged, handle) = stream::abortable(tagged);
        self.answers.push(tagged.boxed());
        self.running.insert(id, handle);
        self.face.count("subscription", &Response::default());
        Ok(())
    }

    /// What an operation gives.
    async fn answer(&mut self, id: String, answer: Option<Response>) -> Result<(), End> {
        match answer {
            None => {
                self.running.remove(&id);
                self.say(json!({"type": "complete", "id": id})).await
            }
            // Nothing came of it, and nothing more will.
            Some(answer) if answer.is_err() && answer.data == Value::Null => {
                if let Some(handle) = self.running.remove(&id) {
                    handle.abort();
                }
                answer.errors.iter().filter_map(code_of).for_each(|code| self.app.meter.refusal(code));
                self.say(json!({"type": "error", "id": id, "payload": answer.errors})).await
            }
            Some(answer) => {
                self.app.meter.live_message("socket");
                self.say(json!({"type": "next", "id": id, "payload": answer})).await
            }
        }
    }

    async fn refuse(
        &mut self,
        id: String,
        mut errors: Vec<ServerError>,
        kind: &'static str,
    ) -> Result<(), End> {
        errors.iter_mut().for_each(|error| finish(error, &self.languages));
        let response = Response::from_errors(errors);
        self.face.count(kind, &response);
        self.say(json!({"type": "error", "id": id, "payload": response.errors})).await
    }

    async fn look(&mut self, begun: Instant) -> Result<(), End> {
        if self.app.ending.begun() {
            return Err(End::Close(1001, "Going away"));
        }
        match &self.known {
            None if begun.elapsed() >= self.app.bounds.body => {
                return Err(End::Close(4408, "Connection initialisation timeout"));
            }
            Some(known) if !self.app.still(&known.caller, &known.grant) => {
                return Err(End::Close(4403, "Forbidden"));
            }
            _ => {}
        }
        if self.heard.elapsed() >= SILENCE {
            return Err(End::Gone);
        }
        if self.pinged.elapsed() >= PING {
            self.pinged = Instant::now();
            let pinged = timeout(PATIENCE, self.session.ping(b"")).await;
            pinged.ok().and_then(Result::ok).ok_or(End::Gone)?;
        }
        Ok(())
    }

    /// Waits while there is no room for it: meanwhile nothing is read for this socket.
    async fn say(&mut self, what: Json) -> Result<(), End> {
        let said = timeout(PATIENCE, self.session.text(what.to_string())).await;
        said.ok().and_then(Result::ok).ok_or(End::Gone)
    }
}
