//! What is told while it happens: over a socket (graphql-transport-ws) and as server-sent events.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use samvirke::{
    app::{App, Bounds},
    auth::Role,
    graphql::{self, trusted::Trusted},
    id::{ServiceAccountId, TenantId},
    when,
};
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    harness::{Client, Events, Kind, Postgres, Sqlite, TestNode, rstest, unlimited},
    operating::{figures, operating, value},
};

const ADDED: &str = "subscription { eventAdded { sequence cursor kind subjectId } }";
const AFTER: &str =
    "subscription($after: String) { eventAdded(after: $after) { sequence cursor kind subjectId } }";

/// Somebody who talks over a socket.
struct Socket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

/// What came over it.
#[derive(Debug, PartialEq)]
enum Heard {
    Said(Value),
    Closed(u16),
}

impl Socket {
    async fn open(node: &TestNode) -> Self {
        Self::open_with(node, &[("sec-websocket-protocol", "graphql-transport-ws")]).await
    }

    async fn open_with(node: &TestNode, headers: &[(&'static str, &str)]) -> Self {
        let address = node.address.replace("http://", "ws://");
        let mut request = format!("{address}/graphql").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Self(connect_async(request).await.expect("a socket").0)
    }

    /// One whose caller is known.
    async fn of(node: &TestNode, client: &Client) -> Self {
        let mut socket = Self::open(node).await;
        socket.init(client.token().unwrap()).await;
        assert_eq!(socket.hear().await, Heard::Said(json!({"type": "connection_ack"})));
        socket
    }

    async fn say(&mut self, what: Value) {
        self.0.send(Message::text(what.to_string())).await.unwrap();
    }

    async fn init(&mut self, token: &str) {
        let payload = json!({"Authorization": format!("Bearer {token}")});
        self.say(json!({"type": "connection_init", "payload": payload})).await;
    }

    async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.say(json!({"type": "subscribe", "id": id, "payload": payload})).await;
    }

    async fn hear(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Heard::Said(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame.map_or(0, |f| f.code.into())),
                Some(Ok(_)) => {}
                // Without a word.
                None | Some(Err(_)) => return Heard::Closed(0),
            }
        }
    }

    /// The next event of an operation.
    async fn event(&mut self, id: &str) -> Value {
        match self.hear().await {
            Heard::Said(said) if said["type"] == "next" && said["id"] == id => {
                assert!(said["payload"].get("errors").is_none(), "{said}");
                said["payload"]["data"]["eventAdded"].clone()
            }
            other => panic!("{other:?}"),
        }
    }

    /// The code of the error with which an operation ends.
    async fn error(&mut self, id: &str) -> String {
        match self.hear().await {
            Heard::Said(said) if said["type"] == "error" && said["id"] == id => {
                said["payload"][0]["extensions"]["code"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{said}"))
                    .to_owned()
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn write(client: &Client, phrase: &str) -> Value {
    client
        .post("/competences", json!({"sourcePhrase": phrase, "language": "nb", "stance": "have"}))
        .await
        .made()
}

async fn followed(client: &Client, query: &str, variables: Value) -> Events {
    let request = client.request(Method::POST, "/graphql").header("accept", "text/event-stream");
    client.follow(request.json(&json!({"query": query, "variables": variables}))).await
}

async fn next(events: &mut Events) -> Value {
    let (kind, data) = events.next().await.expect("an event");
    assert_eq!(kind, "next", "{data}");
    serde_json::from_str(&data).unwrap()
}

/// A subscription is there when its first look is over, which nothing says: whoever writes waits for it.
async fn settled(node: &TestNode) {
    let mut before = node.app.db.statements();
    loop {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let now = node.app.db.statements();
        if now == before {
            return;
        }
        before = now;
    }
}

#[rstest]
#[actix_web::test]
async fn a_socket_tells_what_the_library_does(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    node.watch();
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let old = write(&oslo, "fra før").await;
    let mut socket = Socket::of(&node, &oslo).await;
    socket.say(json!({"type": "ping", "payload": {"n": 1}})).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({"type": "pong", "payload": {"n": 1}})));
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({"type": "pong"})));
    socket.say(json!({"type": "pong"})).await;
    socket.say(json!({"type": "complete", "id": "nobody"})).await;
    socket.subscribe("a", ADDED, json!({})).await;
    settled(&node).await;
    // Another library's changes are another's: what comes is the own one.
    write(&bergen, "musikk").await;
    let made = write(&oslo, "katalogisering").await;
    let first = socket.event("a").await;
    assert_eq!((&first["subjectId"], &first["kind"]), (&made["id"], &json!("competenceEntry.created")));
    // What another process writes comes as well, and nothing between is left out.
    let beside = node.client_beside(oslo.tenant, Role::Admin).await;
    let more = [write(&beside, "én").await, write(&oslo, "to").await, write(&beside, "tre").await];
    let mut place = first["sequence"].as_i64().unwrap();
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let event = socket.event("a").await;
        place += 1;
        assert_eq!(event["sequence"], place);
        if event["kind"] == "competenceEntry.created" {
            seen.push(event["subjectId"].clone());
        }
    }
    let mut expected = more.map(|entry| entry["id"].clone());
    // Two processes may be asked in another order than they write.
    expected.sort_by_key(ToString::to_string);
    seen.sort_by_key(ToString::to_string);
    assert_eq!(seen, expected);
    // It is ended, and its name free again: what was missed is read behind the cursor.
    socket.say(json!({"type": "complete", "id": "a"})).await;
    let missed = write(&oslo, "mens ingen så på").await;
    socket.subscribe("a", AFTER, json!({"after": first["cursor"]})).await;
    let mut expected = first["sequence"].as_i64().unwrap();
    loop {
        let event = socket.event("a").await;
        expected += 1;
        assert_eq!(event["sequence"], expected);
        assert_ne!(event["subjectId"], old["id"]);
        if event["subjectId"] == missed["id"] {
            break;
        }
    }
    // From the beginning, and beside the other one.
    let all = "subscription { eventAdded(fromStart: true) { sequence subjectId } }";
    socket.subscribe("b", all, json!({})).await;
    let first = socket.event("b").await;
    assert_eq!((&first["sequence"], &first["subjectId"]), (&json!(1), &old["id"]));
    // A cursor of another library is none.
    let mut theirs = Socket::of(&node, &bergen).await;
    theirs.subscribe("x", AFTER, json!({"after": missed["cursor"]})).await;
    theirs
        .subscribe("y", "subscription { eventAdded(fromStart: true) { sequence subjectId } }", json!({}))
        .await;
    assert_eq!(theirs.event("y").await["sequence"], 1);
}

#[rstest]
#[actix_web::test]
async fn server_sent_events_tell_the_same(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let mut events = followed(&oslo, ADDED, json!({})).await;
    assert_eq!(events.kind, "text/event-stream");
    settled(&node).await;
    write(&bergen, "musikk").await;
    let made = write(&oslo, "katalogisering").await;
    let first = next(&mut events).await["data"]["eventAdded"].clone();
    assert_eq!(first["subjectId"], made["id"]);
    let again = write(&oslo, "arkiv").await;
    // By GET, behind the cursor.
    let request = oslo.request(Method::GET, "/graphql").header("accept", "text/event-stream");
    let variables = json!({"after": first["cursor"]}).to_string();
    let mut resumed = oslo.follow(request.query(&[("query", AFTER), ("variables", &variables)])).await;
    let mut event = next(&mut resumed).await["data"]["eventAdded"].clone();
    assert_eq!(event["sequence"], first["sequence"].as_i64().unwrap() + 1);
    while event["subjectId"] != again["id"] {
        event = next(&mut resumed).await["data"]["eventAdded"].clone();
    }
    drop(resumed);
    // One answer is a stream of one.
    let mut one = followed(&oslo, "{ me { role } }", json!({})).await;
    assert_eq!(next(&mut one).await, json!({"data": {"me": {"role": "ADMIN"}}}));
    assert_eq!(one.next().await, Some(("complete".to_owned(), String::new())));
    assert_eq!(one.next().await, None);
    // What is refused is told, and that was all.
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { eventAdded { kind } b: eventAdded { kind } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { ...F } fragment F on Subscription { eventAdded { kind } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription($a: String!) { eventAdded(after: $a) { kind } }", "VARIABLE_MISSING"),
        ("subscription { eventAdded(after: \"x\") { kind } }", "BAD_CURSOR"),
    ] {
        let mut events = followed(&oslo, query, json!({})).await;
        let answer = next(&mut events).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}: {answer}");
        assert_eq!(events.next().await.map(|(kind, _)| kind).as_deref(), Some("complete"), "{query}");
    }
    let viewer = node.client(oslo.tenant, Role::Viewer);
    let answer = next(&mut followed(&viewer, ADDED, json!({})).await).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    // Who is not known is told in HTTP.
    let nobody = node.anonymous();
    let request = nobody.request(Method::POST, "/graphql").header("accept", "text/event-stream");
    nobody.send(request.json(&json!({"query": ADDED}))).await.problem(401, "unauthenticated");
    // Who takes JSON as gladly gets it where one answer is all, and a stream where it is not.
    let both = "application/graphql-response+json, application/json, text/event-stream";
    let ask =
        |query| oslo.request(Method::POST, "/graphql").header("accept", both).json(&json!({"query": query}));
    assert_eq!(oslo.send(ask("{ me { role } }")).await.ok()["data"]["me"]["role"], "ADMIN");
    assert_eq!(oslo.follow(ask(ADDED)).await.kind, "text/event-stream");
    let refused = oslo.graphql(ADDED, json!({})).await.expect(400);
    assert_eq!(refused["errors"][0]["extensions"]["code"], "SUBSCRIPTION_NOT_HERE");
}

#[rstest]
#[actix_web::test]
async fn who_follows_is_told_when_the_node_is_about_to_stop(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let mut socket = Socket::of(&node, &oslo).await;
    socket.subscribe("a", ADDED, json!({})).await;
    let mut events = followed(&oslo, ADDED, json!({})).await;
    settled(&node).await;
    write(&oslo, "katalogisering").await;
    let seen = socket.event("a").await;
    assert_eq!(next(&mut events).await["data"]["eventAdded"], seen);
    node.app.ending.begin();
    assert_eq!(socket.hear().await, Heard::Closed(1001));
    // No `complete`, after which nobody would come back.
    assert_eq!(events.next().await, None);
    let ask = async |path| {
        let nobody = node.anonymous();
        nobody.send(nobody.request(Method::GET, path)).await
    };
    ask("/readyz").await.problem(503, "unavailable");
    assert_eq!(ask("/healthz").await.text, "ok");
    // What is asked is answered until the end.
    write(&oslo, "formidling").await;
}

#[actix_web::test]
async fn a_socket_is_closed_with_the_protocols_own_codes() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    let token = oslo.token().unwrap();
    // Before the caller is known.
    for (said, code) in [
        (json!({"type": "subscribe", "id": "a", "payload": {"query": ADDED}}), 4401),
        (json!({"type": "connection_init"}), 4403),
        (json!({"type": "connection_init", "payload": {"authorization": "Bearer nonsense"}}), 4403),
        (json!({"type": "connection_init", "payload": {"authorization": token}}), 4403),
        (json!({"type": "connection_init", "payload": 7}), 4400),
        (json!({"type": "connection_terminate"}), 4400),
        (json!({"id": "a"}), 4400),
        (json!([]), 4400),
    ] {
        let mut socket = Socket::open(&node).await;
        socket.say(said.clone()).await;
        assert_eq!(socket.hear().await, Heard::Closed(code), "{said}");
    }
    for (message, code) in [
        (Message::text("{"), 4400),
        (Message::binary(b"{\"type\":\"ping\"}".to_vec()), 4400),
        (
            Message::text(format!("{{\"type\":\"ping\",\"payload\":{{\"a\":\"{}\"}}}}", "x".repeat(70_000))),
            1009,
        ),
    ] {
        let mut socket = Socket::open(&node).await;
        socket.0.send(message).await.unwrap();
        assert_eq!(socket.hear().await, Heard::Closed(code));
    }
    let mut other = Socket::open_with(&node, &[]).await;
    assert_eq!(other.hear().await, Heard::Closed(4406));
    // Afterwards.
    let mut twice = Socket::of(&node, &oslo).await;
    twice.init(token).await;
    assert_eq!(twice.hear().await, Heard::Closed(4429));
    let mut same = Socket::of(&node, &oslo).await;
    same.subscribe("a", ADDED, json!({})).await;
    same.subscribe("a", ADDED, json!({})).await;
    assert_eq!(same.hear().await, Heard::Closed(4409));
    for said in [
        json!({"type": "subscribe", "id": "", "payload": {"query": ADDED}}),
        json!({"type": "subscribe", "id": "x".repeat(200), "payload": {"query": ADDED}}),
        json!({"type": "subscribe", "id": 7, "payload": {"query": ADDED}}),
        json!({"type": "subscribe", "id": "a", "payload": {}}),
        json!({"type": "subscribe", "id": "a", "payload": {"query": 1}}),
        json!({"type": "subscribe", "id": "a"}),
    ] {
        let mut socket = Socket::of(&node, &oslo).await;
        socket.say(said.clone()).await;
        assert_eq!(socket.hear().await, Heard::Closed(4400), "{said}");
    }
    // The token may come in the header.
    let bearer = format!("Bearer {token}");
    let headers = [("sec-websocket-protocol", "x, graphql-transport-ws"), ("authorization", bearer.as_str())];
    let mut socket = Socket::open_with(&node, &headers).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({"type": "connection_ack"})));
    // Who says nothing is not waited for.
    let bounds = Bounds { body: Duration::from_millis(300), ..unlimited() };
    let hasty = TestNode::bounded(Sqlite, bounds).await;
    assert_eq!(Socket::open(&hasty).await.hear().await, Heard::Closed(4408));
}

#[actix_web::test]
async fn a_socket_goes_on_when_an_operation_is_refused() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    let mut socket = Socket::of(&node, &oslo).await;
    let deep = format!("subscription {{ eventAdded {}{} }}", "{ a ".repeat(20), "}".repeat(20));
    let statements = node.app.db.statements();
    for (query, code) in [
        ("{ me { role } }", "ONLY_SUBSCRIPTIONS_HERE"),
        ("mutation { a }", "ONLY_SUBSCRIPTIONS_HERE"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { eventAdded { kind } b: eventAdded { kind } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription A { eventAdded { kind } } subscription B { eventAdded { kind } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription($a: String!) { eventAdded(after: $a) { kind } }", "VARIABLE_MISSING"),
        ("subscription { eventAdded(after: \"x\") { kind } }", "BAD_CURSOR"),
        (&deep, "QUERY_TOO_COMPLEX"),
    ] {
        socket.subscribe("a", query, json!({})).await;
        assert_eq!(socket.error("a").await, code, "{query}");
    }
    assert_eq!(node.app.db.statements(), statements, "something was asked of the database");
    let mut viewer = Socket::of(&node, &node.client(oslo.tenant, Role::Viewer)).await;
    viewer.subscribe("a", ADDED, json!({})).await;
    assert_eq!(viewer.error("a").await, "FORBIDDEN");
    // So many at once, and one more when one has ended.
    for n in 0..10 {
        socket.subscribe(&format!("n{n}"), ADDED, json!({})).await;
    }
    socket.subscribe("more", ADDED, json!({})).await;
    assert_eq!(socket.error("more").await, "TOO_MANY_CONNECTIONS");
    socket.say(json!({"type": "complete", "id": "n7"})).await;
    socket.subscribe("more", "subscription { eventAdded(fromStart: true) { kind } }", json!({})).await;
    write(&oslo, "katalogisering").await;
    let mut told = std::collections::BTreeSet::new();
    while told.len() < 10 {
        let Heard::Said(said) = socket.hear().await else { panic!("closed") };
        told.insert(said["id"].as_str().unwrap().to_owned());
    }
    assert!(told.contains("more") && !told.contains("n7"), "{told:?}");
    // And so many sockets of one caller, streams counted with them.
    let caller = node.client(oslo.tenant, Role::Admin);
    let mut sockets = Vec::new();
    for _ in 0..9 {
        sockets.push(Socket::of(&node, &caller).await);
    }
    let stream = followed(&caller, ADDED, json!({})).await;
    let mut last = Socket::open(&node).await;
    last.init(caller.token().unwrap()).await;
    assert_eq!(last.hear().await, Heard::Closed(4429));
    let request = caller.request(Method::POST, "/graphql").header("accept", "text/event-stream");
    caller.send(request.json(&json!({"query": ADDED}))).await.problem(429, "too_many_connections");
    drop((sockets, stream));
}

#[actix_web::test]
async fn trusted_documents_are_the_only_ones_here_as_well() {
    let file = std::env::temp_dir().join(format!("samvirke-{}.graphql", uuid::Uuid::new_v4()));
    std::fs::write(&file, ADDED).unwrap();
    let trusted =
        Trusted::load(Some(&file), true, &graphql::schema()).await.map_err(|e| samvirke::cli::explain(&e));
    std::fs::remove_file(&file).unwrap();
    let trusted = Arc::new(trusted.unwrap());
    let node = TestNode::adapted(Sqlite, |app| App { trusted, ..app }).await;
    let oslo = node.tenant("oslo").await;
    let mut socket = Socket::of(&node, &oslo).await;
    socket.subscribe("a", AFTER, json!({})).await;
    assert_eq!(socket.error("a").await, "UNTRUSTED_DOCUMENT");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, ADDED.as_bytes());
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let payload = json!({"documentId": format!("sha256:{hex}")});
    socket.say(json!({"type": "subscribe", "id": "a", "payload": payload})).await;
    settled(&node).await;
    write(&oslo, "katalogisering").await;
    assert_eq!(socket.event("a").await["kind"], "competenceEntry.created");
}

/// A token's end is the end of what it opened.
#[rstest]
#[actix_web::test]
async fn what_a_token_opened_ends_with_it(#[values(Sqlite, Postgres)] kind: Kind) {
    const SOON: Duration = Duration::from_secs(10);
    let node = TestNode::start(kind).await;
    node.watch();
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/service-accounts", json!({"label": "kart", "role": "admin"})).await.made();
    let (id, secret) =
        (made["account"]["clientId"].as_str().unwrap(), made["clientSecret"].as_str().unwrap());
    let nobody = node.anonymous();
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let granted = nobody.send(nobody.request(Method::POST, "/oauth2/token").form(&form)).await.ok();
    let account =
        Client::new(&node.address, granted["access_token"].as_str().map(str::to_owned), oslo.tenant);
    // And one that is over in two seconds, the clocks' leeway included.
    let long_ago = when::now() - chrono::Duration::seconds(603);
    let short = |tenant: TenantId| {
        let token = node
            .app
            .tokens
            .issue(ServiceAccountId::new(), "test", tenant, Role::Admin, long_ago, 600)
            .unwrap();
        Client::new(&node.address, Some(token), tenant)
    };
    let over = short(oslo.tenant);
    let (mut revoked_socket, mut over_socket) =
        (Socket::of(&node, &account).await, Socket::of(&node, &over).await);
    let mut still = Socket::of(&node, &oslo).await;
    for socket in [&mut revoked_socket, &mut over_socket, &mut still] {
        socket.subscribe("a", ADDED, json!({})).await;
    }
    let mut revoked_stream = followed(&account, ADDED, json!({})).await;
    let mut over_stream = followed(&over, ADDED, json!({})).await;
    settled(&node).await;
    let path = format!("/service-accounts/{}/revoke", made["account"]["id"].as_str().unwrap());
    oslo.post_from(&path, made["account"]["version"].as_i64().unwrap(), json!(null)).await.ok();
    for socket in [&mut revoked_socket, &mut over_socket] {
        let closed = async {
            // The revocation is an event itself.
            loop {
                if let Heard::Closed(code) = socket.hear().await {
                    return code;
                }
            }
        };
        assert_eq!(tokio::time::timeout(SOON, closed).await, Ok(4403));
    }
    for stream in [&mut revoked_stream, &mut over_stream] {
        let ended = async {
            let mut last = Value::Null;
            while let Some((kind, data)) = stream.next().await {
                if kind == "complete" {
                    return last["errors"][0]["extensions"]["code"].clone();
                }
                last = serde_json::from_str(&data).unwrap();
            }
            panic!("no end: {last}")
        };
        assert_eq!(tokio::time::timeout(SOON, ended).await, Ok(json!("INVALID_TOKEN")));
    }
    // Others' go on.
    let made = write(&oslo, "katalogisering").await;
    while still.event("a").await["subjectId"] != made["id"] {}
}

/// Who does not read holds no more than a few answers, however much there is to tell.
#[actix_web::test]
async fn a_slow_reader_is_read_for_as_slowly() {
    const MANY: i64 = 8_000;
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    write(&oslo, "katalogisering").await;
    let first = oslo.get("/events?first=1").await.ok();
    let mine = format!("x'{}'", oslo.tenant.0.simple());
    let before: i64 = node.database.raw("SELECT CAST(max(seq) AS TEXT) FROM event").await[0].parse().unwrap();
    // Long ones, past the service: 32 MB in all.
    let insert = format!(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY}) \
         INSERT INTO event (tenant_id, id, seq, kind, subject_kind, subject_id, visibility, version, at) \
         SELECT {mine}, randomblob(16), n + {before}, hex(zeroblob(2000)), 'x', randomblob(16), 'private', 1, \
         '2026-01-02T03:04:05+00:00' FROM n"
    );
    node.database.raw(&insert).await;
    let scraper = operating(&node);
    let after = json!({"after": first["items"][0]["cursor"]});
    let last = MANY + before;
    let mut socket = Socket::of(&node, &oslo).await;
    socket.subscribe("a", AFTER, after.clone()).await;
    let mut stream = followed(&oslo, AFTER, after).await;
    for transport in ["socket", "sse"] {
        let series = format!("samvirke_live_messages_total{{transport=\"{transport}\"}}");
        // Until nothing more goes out.
        let (mut sent, mut same) = (0.0, 0);
        while same < 5 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let text = figures(&scraper).await;
            let now = if text.contains(&series) { value(&text, &series) } else { 0.0 };
            same = if now == sent && now > 0.0 { same + 1 } else { 0 };
            sent = now;
        }
        println!("{transport}: {sent} of {MANY} went out to a reader that did not read");
        assert!(sent < MANY as f64 / 2.0, "{transport}: {sent} of {MANY}");
    }
    assert!(figures(&scraper).await.contains("samvirke_live_connections 2"));
    // And when they read, all is there.
    for place in 2..=last {
        assert_eq!(socket.event("a").await["sequence"], place);
        assert_eq!(next(&mut stream).await["data"]["eventAdded"]["sequence"], place);
    }
}
