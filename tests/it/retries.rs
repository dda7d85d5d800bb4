//! An Idempotency-Key while the first request is still at work, and long after it.

use std::time::Duration;

use samvirke::{auth::Role, tenancy::Options};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

fn idea(title: &str) -> Value {
    json!({"title": [{"language": "nb", "text": title}]})
}

const MAKE: &str = "mutation($input: NewProject!) { createProject(input: $input) { id } }";

/// A request with the key `k`, made by another connection and not committed.
const HELD: &str = "INSERT INTO idempotency (tenant_id, principal, operation, key, request_hash, created_at) \
    SELECT tenant_id, principal, operation, 'k', request_hash, created_at FROM idempotency WHERE key = 'before'";

/// What both faces answer while somebody else is at it.
async fn refused(oslo: &Client, status: u16, code: &str) {
    let answer = oslo.post("/projects", idea("To")).await;
    assert_eq!(answer.header("retry-after"), "2");
    answer.problem(status, code);
    let input = json!({"input": {"title": [{"language": "NB", "text": "To"}]}});
    let extensions = oslo.graphql(MAKE, input).await.ok()["errors"][0]["extensions"].clone();
    assert_eq!(extensions["code"], code.to_ascii_uppercase());
    assert_eq!((&extensions["status"], &extensions["retryAfter"]), (&json!(status), &json!(2)));
}

/// On PostgreSQL the second request waits for the key, on SQLite for the one writer: both are told to come back.
#[rstest]
#[actix_web::test]
async fn a_second_request_is_told_that_the_first_is_at_work(#[values(Sqlite, Postgres)] kind: Kind) {
    let options = Options { patience: Duration::from_millis(200), ..Options::default() };
    let node = TestNode::start_with(kind, options).await;
    let oslo = node.tenant("oslo").await;
    oslo.clone().with_key("before").post("/projects", idea("En")).await.made();
    let oslo = oslo.with_key("k");
    let url = node.database.superuser_url();
    if kind == Postgres {
        let mut first = PgConnection::connect(&url).await.unwrap();
        let mut held = first.begin().await.unwrap();
        held.execute(HELD).await.unwrap();
        refused(&oslo, 409, "in_progress").await;
        held.rollback().await.unwrap();
    } else {
        let mut first = SqliteConnection::connect(&url).await.unwrap();
        let mut held = first.begin_with("BEGIN IMMEDIATE").await.unwrap();
        held.execute(HELD).await.unwrap();
        refused(&oslo, 503, "unavailable").await;
        held.rollback().await.unwrap();
    }
    let made = oslo.post("/projects", idea("To")).await.made();
    assert_eq!(oslo.post("/projects", idea("To")).await.made(), made);
    assert_eq!(oslo.get("/projects").await.ok()["items"].as_array().unwrap().len(), 2);
}

/// A lock that has nothing to do with a key is no fault of the node's either.
#[actix_web::test]
async fn whoever_waits_too_long_for_a_row_is_told_to_come_back() {
    let options = Options { patience: Duration::from_millis(200), ..Options::default() };
    let node = TestNode::start_with(Postgres, options).await;
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/projects", idea("En")).await.made();
    let mut other = PgConnection::connect(&node.database.superuser_url()).await.unwrap();
    let mut held = other.begin().await.unwrap();
    held.execute(AssertSqlSafe("SELECT * FROM project FOR UPDATE")).await.unwrap();
    let path = format!("/projects/{}", made["id"].as_str().unwrap());
    let answer = oslo.patch(&path, 1, idea("To")).await;
    assert_eq!(answer.header("retry-after"), "2");
    answer.problem(503, "unavailable");
    held.rollback().await.unwrap();
    oslo.patch(&path, 1, idea("To")).await.ok();
}

#[rstest]
#[actix_web::test]
async fn an_answer_is_kept_a_day_and_then_removed_a_few_at_a_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let post = async |who: &Client, key: &str| {
        who.clone().with_key(key).post("/projects", idea(key)).await.made();
    };
    post(&bergen, "first").await;
    post(&oslo, "first").await;
    let age = async |hours: i64, from: usize, to: usize| {
        let then = (samvirke::when::now() - chrono::Duration::hours(hours)).to_rfc3339();
        let then = if kind == Postgres { format!("'{then}'::timestamptz") } else { format!("'{then}'") };
        let rows = format!(
            "INSERT INTO idempotency SELECT tenant_id, principal, operation, 'old ' || n, request_hash, response, asked, {then} \
             FROM idempotency, (WITH RECURSIVE t(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM t WHERE n < {to}) \
             SELECT n FROM t) AS numbers WHERE key = 'first'"
        );
        node.database.raw(&rows).await;
    };
    age(25, 1, 150).await;
    age(23, 151, 160).await;
    let left = async |who: &Client| {
        let me = match kind {
            Postgres => format!("'{}'", who.tenant),
            Sqlite => format!("x'{}'", who.tenant.0.simple()),
        };
        let count = format!(
            "SELECT CAST(count(*) AS text) FROM idempotency WHERE key LIKE 'old %' AND tenant_id = {me}"
        );
        node.database.raw(&count).await[0].parse::<u32>().unwrap()
    };
    assert_eq!((left(&oslo).await, left(&bergen).await), (160, 160));
    // Another node knows nothing of what was looked for before.
    let oslo = node.client_beside(oslo.tenant, Role::Admin).await;
    // Without a key nothing is written, and nothing removed.
    oslo.post("/projects", idea("uten nøkkel")).await.made();
    assert_eq!(left(&oslo).await, 160);
    post(&oslo, "second").await;
    assert_eq!((left(&oslo).await, left(&bergen).await), (60, 160));
    post(&oslo, "third").await;
    assert_eq!((left(&oslo).await, left(&bergen).await), (10, 160));
    // Nothing was left: for a while nobody looks.
    age(25, 200, 209).await;
    post(&oslo, "fourth").await;
    assert_eq!(left(&oslo).await, 20);
    let later = node.client_beside(oslo.tenant, Role::Admin).await;
    post(&later, "fifth").await;
    assert_eq!(left(&later).await, 10);
}

#[actix_web::test]
async fn a_key_goes_with_one_mutation_and_must_be_readable() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await.with_key("k");
    let create = |alias: &str| {
        format!("{alias}: createProject(input: {{title: [{{language: NB, text: \"{alias}\"}}]}}) {{ id }}")
    };
    let both = format!("mutation {{ {} {} }}", create("a"), create("b"));
    let fragment =
        format!("mutation {{ ...two }} fragment two on Mutation {{ {} {} }}", create("a"), create("b"));
    for document in [both, fragment] {
        let refused = oslo.graphql(&document, serde_json::json!({})).await;
        assert!(refused.text.contains("MALFORMED_REQUEST"), "{}", refused.text);
    }
    assert_eq!(oslo.get("/projects").await.ok()["items"], serde_json::json!([]));
    let one = oslo.data(&format!("mutation {{ {} }}", create("a")), serde_json::json!({})).await;
    assert_eq!(oslo.data(&format!("mutation {{ {} }}", create("a")), serde_json::json!({})).await, one);
    // What cannot be read is not taken for no key at all.
    let plain = node.client(oslo.tenant, samvirke::auth::Role::Admin);
    let body = serde_json::json!({"title": [{"language": "nb", "text": "b"}]});
    let odd = reqwest::header::HeaderValue::from_bytes("nøkkel".as_bytes()).unwrap();
    let request =
        plain.request(reqwest::Method::POST, "/api/v1/projects").json(&body).header("idempotency-key", odd);
    plain.send(request).await.problem(400, "malformed_request");
    let head = plain.send(plain.request(reqwest::Method::HEAD, "/api/v1/me")).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
}
