//! Two hundred people write on one wall while two hundred follow it, half over sockets and half over server-sent events: nothing is
//! lost, nothing doubled, everybody sees what it may and no more, and soon.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt, future::join_all};
use reqwest::Method;
use samvirke::auth::Role;
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::Process;
use crate::harness::{Client, Events, Kind, Postgres, Sqlite, rstest};

const LIBRARIES: usize = 20;
/// Of each library; each writes and follows.
const PEOPLE: usize = 10;
const NOTES: usize = 20;
/// Every so many notes one is kept by its library.
const PRIVATE_EVERY: usize = 10;
/// Between two notes of one person: faster than anybody types.
const PAUSE: Duration = Duration::from_secs(3);

const ADDED: &str = "subscription($id: ID!) { noteAdded(exerciseId: $id) { id } }";

/// Which notes came to somebody, and when.
type Seen = Vec<(String, Instant)>;

/// What is expected of everybody.
struct Wall {
    exercise: String,
    /// How many notes each is to see.
    each: usize,
}

fn subscription(wall: &Wall) -> Value {
    json!({"query": ADDED, "variables": {"id": wall.exercise}})
}

fn note_of(payload: &Value) -> String {
    assert!(payload.get("errors").is_none(), "{payload}");
    payload["data"]["noteAdded"]["id"].as_str().unwrap().to_owned()
}

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// A socket that follows.
async fn opened(wall: &Wall, address: &str, client: &Client) -> Socket {
    let address = format!("{}/graphql", address.replace("http://", "ws://"));
    let mut request = address.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    headers.insert("authorization", format!("Bearer {}", client.token().unwrap()).parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    for said in [
        json!({"type": "connection_init"}),
        json!({"type": "subscribe", "id": "a", "payload": subscription(wall)}),
    ] {
        socket.send(Message::text(said.to_string())).await.unwrap();
    }
    let said = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(said.contains("connection_ack"), "{said}");
    socket
}

/// Hears over a socket until it has heard enough, or nothing for a while.
async fn by_socket(wall: Arc<Wall>, mut socket: Socket) -> Seen {
    let mut seen = Vec::new();
    while let Ok(Some(said)) = tokio::time::timeout(patience(&wall, &seen), socket.next()).await {
        match said.unwrap() {
            Message::Text(text) => {
                let said: Value = serde_json::from_str(&text).unwrap();
                match said["type"].as_str().unwrap() {
                    "next" => seen.push((note_of(&said["payload"]), Instant::now())),
                    "ping" => socket.send(Message::text(r#"{"type":"pong"}"#)).await.unwrap(),
                    other => panic!("{other}: {said}"),
                }
            }
            Message::Close(frame) => panic!("{frame:?}"),
            _ => {}
        }
    }
    seen
}

/// The same over server-sent events.
async fn by_events(wall: Arc<Wall>, mut events: Events) -> Seen {
    let mut seen = Vec::new();
    while let Ok(Some((kind, data))) = tokio::time::timeout(patience(&wall, &seen), events.next()).await {
        assert_eq!(kind, "next", "{data}");
        seen.push((note_of(&serde_json::from_str(&data).unwrap()), Instant::now()));
    }
    seen
}

/// Whoever has all waits a little for what should not come; the others until it is plain that something is lost.
fn patience(wall: &Wall, seen: &Seen) -> Duration {
    Duration::from_secs(if seen.len() >= wall.each { 3 } else { 60 })
}

/// Writes all notes of one person, and gives each with the moment of its answer and whether others see it.
async fn write(wall: Arc<Wall>, client: Client, number: usize) -> Vec<(String, Instant, bool)> {
    let on = format!("/exercises/{}/notes", wall.exercise);
    // Not all at the same moment.
    tokio::time::sleep(PAUSE / (LIBRARIES * PEOPLE) as u32 * number as u32).await;
    let mut beat = tokio::time::interval(PAUSE);
    let mut written = Vec::new();
    for note in 1..=NOTES {
        beat.tick().await;
        let shown = note % PRIVATE_EVERY != 0;
        let visibility = if shown { "consortium" } else { "private" };
        let text = format!("{number}: tanke {note}");
        let body = json!({"notes": [{"text": text, "language": "da", "visibility": visibility}]});
        let made = client.post(&on, body).await.made();
        written.push((made["notes"][0]["id"].as_str().unwrap().to_owned(), Instant::now(), shown));
    }
    written
}

#[rstest]
#[ignore = "long: tests/run --long"]
#[actix_web::test]
async fn everybody_sees_each_note_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, process) = Process::start(kind, &Process::released()).await;
    let mut libraries = Vec::new();
    for n in 0..LIBRARIES {
        libraries.push(node.tenant(&format!("bibliotek-{n}")).await);
    }
    let consortium = node.consortium("alle", &libraries.iter().collect::<Vec<_>>()).await;
    let title = json!([{"language": "da", "text": "Fælles tavle"}]);
    let meeting = json!({"title": title, "held": "2026-11-26"});
    let meeting = libraries[0].post(&format!("/consortia/{consortium}/meetings"), meeting).await.made();
    let exercise = json!({"kind": "strengths", "title": title, "prompts": [title]});
    let on = format!("/meetings/{}/exercises", meeting["id"].as_str().unwrap());
    let exercise = libraries[0].post(&on, exercise).await.made()["id"].as_str().unwrap().to_owned();
    libraries[0].post_from(&format!("/exercises/{exercise}/open"), 1, json!(null)).await.ok();

    let private = NOTES / PRIVATE_EVERY;
    let each = LIBRARIES * PEOPLE * (NOTES - private) + PEOPLE * private;
    let wall = Arc::new(Wall { exercise, each });
    let people: Vec<(usize, Client)> = libraries
        .iter()
        .enumerate()
        .flat_map(|(n, library)| (0..PEOPLE).map(move |_| (n, library)))
        .map(|(n, library)| (n, process.client(&node.client(library.tenant, Role::Contributor))))
        .collect();
    // One after another: an address has few connections before it is known whose they are.
    let mut following = Vec::new();
    for (n, (_, client)) in people.iter().enumerate() {
        following.push(if n % 2 == 0 {
            let socket = opened(&wall, &process.address(), client).await;
            actix_web::rt::spawn(by_socket(wall.clone(), socket))
        } else {
            let request = client.request(Method::POST, "/graphql").header("accept", "text/event-stream");
            let events = client.follow(request.json(&subscription(&wall))).await;
            actix_web::rt::spawn(by_events(wall.clone(), events))
        });
    }
    // A subscription is there when its first look is over, which nothing says.
    tokio::time::sleep(Duration::from_secs(3)).await;

    let began = Instant::now();
    let writing = people.iter().enumerate().map(|(n, (library, client))| {
        let writing = write(wall.clone(), process.client(client), n);
        async move { (*library, writing.await) }
    });
    let mut written: HashMap<String, (Instant, bool, usize)> = HashMap::new();
    for (library, notes) in join_all(writing).await {
        written.extend(notes.into_iter().map(|(id, at, shown)| (id, (at, shown, library))));
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(written.len(), LIBRARIES * PEOPLE * NOTES);

    let mut waits = Vec::new();
    for (seen, (library, _)) in join_all(following).await.into_iter().zip(&people) {
        let mut once = HashMap::new();
        for (id, at) in seen.unwrap() {
            let (accepted, shown, owner) = written[&id];
            assert!(shown || owner == *library, "another library's own note");
            assert!(once.insert(id, ()).is_none(), "a note twice");
            waits.push(at.saturating_duration_since(accepted));
        }
        assert_eq!(once.len(), wall.each, "lost");
    }
    waits.sort_unstable();
    let part = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64();
    let verdict = if part(0.99) < 1.0 { "in bounds" } else { "TOO LATE" };
    println!(
        "{kind:?}: {} people wrote {} notes in {seconds:.0} s and {} saw {} of them each, once: from accepted to seen p50 {:.2} s, p99 \
         {:.2} s, at most {:.2} s ({verdict}: p99 under 1 s)",
        people.len(),
        written.len(),
        people.len(),
        wall.each,
        part(0.5),
        part(0.99),
        part(1.0),
    );
}
