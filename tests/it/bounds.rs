//! How much, how long and from where a node is asked: rates, times, and what every answer tells a browser.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use reqwest::Method;
use samvirke::{
    app::Bounds,
    auth::Role,
    rate::{Figures, Rates},
    tenancy::Options,
};
use serde_json::json;

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest, unlimited};

fn rated(figures: Figures) -> Bounds {
    Bounds { rates: Rates::new(figures), ..unlimited() }
}

#[actix_web::test]
async fn who_asks_too_much_is_told_when_to_come_back() {
    let node = TestNode::bounded(Sqlite, rated(Figures { caller: 3, tenant: 5, ..Figures::NONE })).await;
    let oslo = node.tenant("oslo").await;
    let bergen = node.tenant("bergen").await;
    for left in ["2", "1", "0"] {
        let answer = oslo.get("/tenants").await;
        assert_eq!(answer.header("ratelimit-policy"), "\"caller\";q=3;w=60, \"tenant\";q=5;w=60");
        assert!(answer.header("ratelimit").starts_with(&format!("\"caller\";r={left};t=")), "{answer:?}");
        answer.ok();
    }
    let refused = oslo.clone().speaking("fi").get("/tenants").await;
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert!(refused.header("ratelimit").starts_with("\"caller\";r=0;t="), "{refused:?}");
    let problem = refused.problem(429, "too_many_requests");
    assert!(problem["detail"].as_str().unwrap().contains(&format!("Odota {seconds} sekuntia")), "{problem}");
    // GraphQL is the same door.
    oslo.graphql("{ me { role } }", json!({})).await.problem(429, "too_many_requests");
    // Another account of the library has what is left of the library's; another library has its own.
    let other = node.client(oslo.tenant, Role::Viewer);
    other.get("/tenants").await.ok();
    other.get("/tenants").await.ok();
    let refused = other.get("/tenants").await;
    assert!(refused.header("ratelimit").contains("\"tenant\";r=0"), "{refused:?}");
    refused.problem(429, "too_many_requests");
    bergen.get("/tenants").await.ok();
    assert_eq!(node.app.bounds.rates.refused(), 3);
    // Nobody is counted whose token is no good.
    assert_eq!(node.anonymous().get("/tenants").await.header("ratelimit"), "");
}

#[actix_web::test]
async fn a_costly_document_takes_more_than_one_unit() {
    let node = TestNode::bounded(Sqlite, rated(Figures { caller: 30, ..Figures::NONE })).await;
    let oslo = node.tenant("oslo").await;
    // 1 + 100 * 19 points: the request's unit and 19 more. Ten are left, or what has come back since.
    let page = "tenants(first: 100) { nodes { a: id b: id c: id d: id e: id f: id g: id h: id i: id j: id k: id l: id \
        m: id n: id o: id p: id q: id r: id } }";
    let answer = oslo.graphql(&format!("{{ {page} }}"), json!({})).await;
    assert!(answer.header("ratelimit").starts_with("\"caller\";r=1"), "{answer:?}");
    answer.ok();
    let before = node.app.db.statements();
    let refused = oslo.graphql(&format!("{{ {page} }}"), json!({})).await;
    assert_ne!(refused.header("retry-after"), "");
    refused.problem(429, "too_many_requests");
    assert_eq!(node.app.db.statements(), before, "something was asked of the database");
    // A light one still has its units.
    oslo.data("{ me { role } }", json!({})).await;
}

async fn sign_in(client: &Client, id: &str) -> Answer {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", "sv_wrong")];
    client.send(client.request(Method::POST, "/oauth2/token").form(&form)).await
}

#[actix_web::test]
async fn signing_in_is_tried_a_few_times_and_no_more() {
    let node = TestNode::bounded(Sqlite, rated(Figures { client: 2, address: 4, ..Figures::NONE })).await;
    let anybody = node.anonymous();
    let clients = [(); 3].map(|()| uuid::Uuid::new_v4().to_string());
    let [a, b, c] = clients.each_ref().map(String::as_str);
    sign_in(&anybody, a).await.problem(401, "invalid_client");
    sign_in(&anybody, a).await.problem(401, "invalid_client");
    let refused = sign_in(&anybody, a).await;
    assert!(refused.header("ratelimit").contains("\"client\";r=0"), "{refused:?}");
    assert_ne!(refused.header("retry-after"), "");
    refused.problem(429, "too_many_requests");
    // Another client from the same place has one attempt left.
    sign_in(&anybody, b).await.problem(401, "invalid_client");
    let refused = sign_in(&anybody, c).await;
    assert!(refused.header("ratelimit").contains("\"address\";r=0"), "{refused:?}");
    refused.problem(429, "too_many_requests");
}

#[rstest]
#[actix_web::test]
async fn a_read_that_takes_too_long_is_given_up_and_a_change_is_not(#[values(Sqlite, Postgres)] kind: Kind) {
    // One connection to read with, and somebody has it: who comes after waits, longer than a read may.
    let options = Options { connections: 1, patience: Duration::from_secs(60), ..Options::default() };
    let bounds = Bounds { read: Duration::from_millis(100), ..unlimited() };
    let node = TestNode::bounded_on(kind, options, bounds).await;
    let oslo = node.tenant("oslo").await;
    let input =
        json!({ "sourcePhrase": "strikking", "language": "nb", "stance": "have", "visibility": "private" });
    let held = node.scope(oslo.tenant, Role::Viewer).read().await.unwrap();
    // On PostgreSQL the change waits for that connection all the while, on SQLite it has one of its own.
    let change = actix_web::rt::spawn({
        let oslo = oslo.clone();
        async move { oslo.post("/competences", input).await }
    });
    let late = oslo.get("/tenants").await;
    assert_eq!(late.header("retry-after"), "2");
    assert_eq!(late.header("x-content-type-options"), "nosniff");
    assert_ne!(late.header("x-request-id"), "");
    late.problem(503, "unavailable");
    let query = oslo.graphql("{ tenants { nodes { id } } }", json!({})).await;
    assert_eq!(query.header("retry-after"), "2");
    query.problem(503, "unavailable");
    drop(held);
    change.await.unwrap().made();
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let node = TestNode::bounded(Sqlite, Bounds { body: Duration::from_millis(50), ..unlimited() }).await;
    let oslo = node.tenant("oslo").await;
    for (path, kind) in [
        ("/api/v1/competences", "application/json"),
        ("/graphql", "application/json"),
        ("/oauth2/token", "application/x-www-form-urlencoded"),
    ] {
        let address = node.address.trim_start_matches("http://").to_owned();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {}\r\ncontent-type: {kind}\r\n\
             accept-language: da\r\ncontent-length: 100\r\n\r\n{{",
            oslo.token().unwrap()
        );
        let answer = actix_web::web::block(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            let mut text = Vec::new();
            // The node may hang up in the middle of what it never read.
            let _ = stream.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
        .await
        .unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        assert!(answer.contains("Resten af forespørgslen kom ikke i tide"), "{path}: {answer}");
    }
}

#[actix_web::test]
async fn every_answer_is_armoured() {
    let plain = TestNode::start(Sqlite).await;
    let node = TestNode::bounded(Sqlite, Bounds { https: true, ..unlimited() }).await;
    let oslo = node.tenant("oslo").await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/docs"),
        (Method::GET, "/graphiql"),
        (Method::GET, "/assets/own/page.css"),
        (Method::GET, "/assets/nothing"),
        (Method::GET, "/openapi.json"),
        (Method::GET, "/healthz"),
        (Method::GET, "/.well-known/jwks.json"),
        (Method::GET, "/api/v1/tenants"),
        (Method::GET, "/api/v1/tenants/nothing"),
        (Method::DELETE, "/api/v1/tenants"),
        (Method::GET, "/nothing"),
        (Method::GET, "/graphql?query={me{role}}"),
        (Method::PUT, "/graphql"),
        (Method::POST, "/oauth2/token"),
    ] {
        let answer = oslo.send(oslo.request(method.clone(), path)).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path} {policy}"
        );
        let is_page = matches!(path, "/" | "/docs" | "/graphiql");
        assert_eq!(
            policy.contains("script-src 'self'"),
            is_page || path.ends_with(".css"),
            "{path} {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(answer.header(name), value, "{method} {path} {name}");
        }
        let anybody = plain.anonymous();
        let answer = anybody.send(anybody.request(method, path)).await;
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[actix_web::test]
async fn pages_of_listed_origins_may_call_and_no_others() {
    let listed = "https://kart.example.org";
    let node = TestNode::bounded(Sqlite, Bounds { origins: vec![listed.into()], ..unlimited() }).await;
    let oslo = node.tenant("oslo").await;
    let from = |origin: &str, method: Method, path: &str| {
        let request = oslo.request(method, path).header("origin", origin);
        let request = request.header("access-control-request-method", "PATCH");
        oslo.send(request.header("access-control-request-headers", "authorization,if-match"))
    };
    let allowed = |answer: &Answer| answer.header("access-control-allow-origin").to_owned();
    for path in ["/api/v1/tenants", "/api/v1/tenants/nothing", "/graphql?query={me{role}}"] {
        let answer = from(listed, Method::GET, path).await;
        assert_eq!(allowed(&answer), listed, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(answer.header("access-control-expose-headers").contains("ratelimit"), "{answer:?}");
        assert_eq!(allowed(&from("https://evil.example.org", Method::GET, path).await), "", "{path}");
    }
    let preflight = from(listed, Method::OPTIONS, "/api/v1/tenants").await;
    assert_eq!((preflight.status.as_u16(), allowed(&preflight).as_str()), (200, listed));
    assert!(preflight.header("access-control-allow-methods").contains("PATCH"));
    let refused = from("https://evil.example.org", Method::OPTIONS, "/api/v1/tenants").await;
    assert_eq!((refused.status.as_u16(), allowed(&refused).as_str()), (400, ""));
}

/// More at once than are taken in at once.
#[actix_web::test]
async fn a_crowd_of_large_bodies_is_answered_one_after_another() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    let body = format!(
        "{{\"sourcePhrase\": \"musikk\", \"language\": \"nb\", \"stance\": \"have\", \"note\": \"{}\"}}",
        "x".repeat(900_000)
    );
    let crowd = (0..60).map(|_| {
        let request =
            oslo.request(Method::POST, "/api/v1/competences").header("content-type", "application/json");
        oslo.send(request.body(body.clone()))
    });
    for answer in futures_util::future::join_all(crowd).await {
        let refused = answer.problem(422, "invalid_input");
        assert_eq!(refused["errors"][0]["code"], "too_long");
    }
}
