//! What those who run a node ask it, at an address of its own.

use std::collections::BTreeSet;

use reqwest::Method;
use samvirke::{app, id::TenantId};
use serde_json::json;

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// The operating address of a node.
pub fn operating(node: &TestNode) -> Client {
    let (server, addresses) = app::operate(node.app.clone(), "127.0.0.1:0").expect("bind");
    actix_web::rt::spawn(server);
    Client::new(&format!("http://{}", addresses[0]), None, TenantId::NODE)
}

async fn ask(client: &Client, path: &str) -> Answer {
    client.send(client.request(Method::GET, path)).await
}

pub async fn figures(client: &Client) -> String {
    let answer = ask(client, "/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

/// Names and labels, without values.
fn series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

pub fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series}:\n{text}")).parse().unwrap()
}

/// Whatever somebody may ask, with words of its own everywhere.
async fn ask_odd_things(client: &Client, round: &str) {
    for n in 0..30 {
        let word = format!("kanarifugl{round}{n}");
        let id = uuid::Uuid::new_v4();
        for path in
            [format!("/{word}"), format!("/api/v1/{word}/{id}"), format!("/api/v1/tenants/{id}/{word}")]
        {
            client.send(client.request(Method::GET, &path)).await;
        }
        client.get(&format!("/tenants/{id}")).await.problem(404, "not_found");
        client.get(&format!("/tenants?{word}={word}")).await.problem(422, "invalid_input");
        let method = Method::from_bytes(word.to_uppercase().as_bytes()).unwrap();
        client.send(client.request(method, &format!("/api/v1/tenants/{id}")).header("x-name", &word)).await;
        client.data(&format!("query {word} {{ {word}: me {{ role }} }}"), json!({})).await;
        client.graphql(&format!("{{ {word} }}"), json!({})).await;
        client.graphql(&format!("{{ {word} "), json!({})).await;
        client.graphql(&format!("mutation {word} {{ {word} }}"), json!({})).await;
    }
}

#[rstest]
#[actix_web::test]
async fn the_figures_are_bounded_and_tell_nothing_of_anybody(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let scraper = operating(&node);
    let canary = node.tenant("kanarifugl-bibliotek").await;
    ask_odd_things(&canary, "A").await;
    let first = figures(&scraper).await;
    ask_odd_things(&canary, "B").await;
    let second = figures(&scraper).await;
    assert_eq!(series(&first), series(&second), "what callers write makes series");
    let lower = second.to_lowercase();
    assert!(!lower.contains("kanari") && !lower.contains(&canary.tenant.to_string()), "{second}");
    // And the same were counted: nothing is bounded by not being there.
    let none = r#"samvirke_requests_total{method="GET",route="none",status="4xx"}"#;
    assert_eq!((value(&first, none), value(&second, none)), (90.0, 180.0));
    let odd = r#"samvirke_requests_total{method="other",route="/api/v1/tenants/{id}",status="4xx"}"#;
    assert_eq!(value(&second, odd), 60.0);
    let answered = |kind, outcome| {
        value(
            &second,
            &format!("samvirke_graphql_operations_total{{operation=\"{kind}\",outcome=\"{outcome}\"}}"),
        )
    };
    assert_eq!(
        [("query", "data"), ("query", "errors"), ("mutation", "errors"), ("none", "errors")]
            .map(|(kind, outcome)| answered(kind, outcome)),
        [60.0, 60.0, 60.0, 60.0]
    );
    let told = |code| value(&second, &format!("samvirke_refusals_total{{code=\"{code}\"}}"));
    assert_eq!(told("graphql_parse_failed"), 60.0);
    assert_eq!(told("graphql_validation_failed"), 120.0);
    assert_eq!(told("not_found"), 240.0);
    assert_eq!(told("method_not_allowed"), 60.0);
    let took = r#"samvirke_request_duration_seconds_count{route="/api/v1/tenants/{id}"}"#;
    assert_eq!(value(&second, took), 120.0);
    assert!(value(&second, "samvirke_statements_total") > value(&first, "samvirke_statements_total"));
    let pool = if kind == Sqlite { "read" } else { "all" };
    assert_eq!(value(&second, &format!("samvirke_database_connections_most{{pool=\"{pool}\"}}")), 8.0);
    assert!(
        value(&second, &format!("samvirke_database_connections{{pool=\"{pool}\",state=\"idle\"}}")) >= 1.0
    );
    assert!(value(&second, "process_start_time_seconds") > 1.7e9);
    assert_eq!(value(&second, "samvirke_rate_refusals_total"), 0.0);
    assert!(second.contains("samvirke_build_info{version=\""), "{second}");
}

#[actix_web::test]
async fn the_figures_are_not_at_the_public_address_and_signs_of_life_are_at_both() {
    let node = TestNode::start(Sqlite).await;
    let scraper = operating(&node);
    let oslo = node.tenant("oslo").await;
    for client in [&node.anonymous(), &oslo, &node.operator()] {
        ask(client, "/metrics").await.problem(404, "not_found");
        ask(client, "/api/v1/metrics").await.problem(404, "not_found");
    }
    for client in [&node.anonymous(), &scraper] {
        assert_eq!(ask(client, "/healthz").await.text, "ok");
        assert_eq!(ask(client, "/readyz").await.text, "ready");
    }
    // Nothing else is at the operating address.
    for path in ["/", "/api/v1/tenants", "/graphql", "/openapi.json"] {
        ask(&scraper, path).await.problem(404, "not_found");
    }
    // A node whose database is away lives and is not ready, and says no more than that.
    node.app.db.close().await;
    assert_eq!(ask(&scraper, "/healthz").await.text, "ok");
    for client in [&node.anonymous(), &scraper] {
        let problem = ask(client, "/readyz").await.problem(503, "unavailable").to_string();
        assert!(!problem.contains("sqlite") && !problem.to_lowercase().contains("pool"), "{problem}");
    }
    assert!(figures(&scraper).await.contains("samvirke_requests_total"));
}

#[actix_web::test]
async fn the_figures_come_in_the_words_that_are_asked_for() {
    let node = TestNode::start(Sqlite).await;
    let scraper = operating(&node);
    ask(&node.anonymous(), "/healthz").await;
    let open = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = "text/plain; version=0.0.4; charset=utf-8";
    for (accept, kind) in [
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            open,
        ),
        ("Application/OpenMetrics-Text", open),
        ("text/plain", text),
        ("*/*", text),
        ("", text),
        ("application/openmetrics-text;q=0, text/plain", text),
        ("application/openmetrics-text;q=0.3, text/plain;q=0.9", text),
    ] {
        let answer = scraper.send(scraper.request(Method::GET, "/metrics").header("accept", accept)).await;
        assert_eq!(answer.header("content-type"), kind, "{accept}");
        assert_eq!(answer.text.ends_with("# EOF\n"), kind == open, "{accept}");
        let declared = if kind == open {
            "# TYPE samvirke_requests counter"
        } else {
            "# TYPE samvirke_requests_total counter"
        };
        assert!(answer.text.contains(declared), "{}", answer.text);
    }
}
