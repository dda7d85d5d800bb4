//! GraphQL over HTTP as others read its specification: the public audit suite, npm's graphql-http, asks a running node.

use std::process::Command;

use serde_json::Value;

use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

/// Audits that ask for what the specification does not any more, each with the reason. There are none.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Every audit of the suite with what became of it.
#[allow(clippy::disallowed_methods, reason = "the test run says where it is")]
fn audits(url: &str, token: &str) -> Vec<Value> {
    let folder = std::env::var_os("TEST_GRAPHQL_HTTP_FOLDER").expect("tests/run installs the suite");
    let mut node = Command::new("node");
    let output = node.args(["audit.mjs", url, token]).current_dir(folder).output().expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What must or should be and is not.
fn failed(audits: &[Value]) -> Vec<&Value> {
    let bad = |audit: &&Value| {
        let name = audit["name"].as_str().unwrap();
        let asked = name.starts_with("MUST") || name.starts_with("SHOULD");
        let excepted = EXCEPTIONS.iter().any(|(id, _)| audit["id"] == *id);
        asked && !excepted && audit["status"] != "ok"
    };
    audits.iter().filter(bad).collect()
}

#[rstest]
#[actix_web::test]
async fn the_public_audits_of_graphql_over_http_pass(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let audits = audits(&format!("{}/graphql", node.address), oslo.token().unwrap());
    let asked = |word: &str| audits.iter().filter(|a| a["name"].as_str().unwrap().starts_with(word)).count();
    let may: Vec<_> = audits.iter().filter(|a| a["status"] != "ok").collect();
    println!("{} MUST, {} SHOULD, {} MAY; not ok: {may:#?}", asked("MUST"), asked("SHOULD"), asked("MAY"));
    // The whole suite ran.
    assert_eq!((asked("MUST"), asked("SHOULD"), asked("MAY")), (13, 23, 25));
    assert_eq!(failed(&audits), Vec::<&Value>::new());
}

#[actix_web::test]
async fn the_public_audits_find_what_is_no_graphql() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    let audits = audits(&format!("{}/api/v1/tenants", node.address), oslo.token().unwrap());
    assert!(failed(&audits).len() > 20, "{audits:#?}");
}
