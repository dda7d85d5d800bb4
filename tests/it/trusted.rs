//! Documents that are named instead of sent, and a node that answers no others.

use std::{path::PathBuf, process::Command, sync::Arc};

use reqwest::Method;
use samvirke::{
    app::App,
    cli::explain,
    graphql::{
        self,
        trusted::{Hash, Trusted},
    },
};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

const ME: &str = "query Me { me { role } }";
const LIST: &str = "query List($first: Int!) { tenants(first: $first) { nodes { slug } } }";
const WRITE: &str = "mutation Write($id: ID!, $input: TenantChange!) { changeTenant(id: $id, input: $input, expectedVersion: 1) { slug } }";

/// A folder of an application's build, removed with its value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = Self(std::env::temp_dir().join(format!("samvirke-trusted-{}", uuid::Uuid::new_v4())));
        std::fs::create_dir(&folder.0).unwrap();
        folder
    }

    fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.0.join(name), text).unwrap();
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn hex(document: &str) -> String {
    // The suite's own, so that the service is not compared with itself.
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, document.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn id(document: &str) -> String {
    format!("sha256:{}", hex(document))
}

fn manifest(documents: &[&str]) -> String {
    let map: serde_json::Map<_, _> = documents.iter().map(|d| (hex(d), json!(d))).collect();
    json!(map).to_string()
}

async fn load(folder: &Folder, only: bool) -> Trusted {
    Trusted::load(Some(&folder.0), only, &graphql::schema())
        .await
        .unwrap_or_else(|e| panic!("{}", explain(&e)))
}

/// A node that knows the documents of two applications.
async fn node(kind: Kind, only: bool) -> (TestNode, Client) {
    let folder =
        Folder::new().with("persisted-documents.json", &manifest(&[ME, WRITE])).with("list.graphql", LIST);
    let trusted = Arc::new(load(&folder, only).await);
    let node = TestNode::adapted(kind, |app| App { trusted, ..app }).await;
    let oslo = node.tenant("oslo").await;
    (node, oslo)
}

async fn post(client: &Client, body: Value) -> Answer {
    let request =
        client.request(Method::POST, "/graphql").header("accept", "application/graphql-response+json");
    client.send(request.json(&body)).await
}

async fn get(client: &Client, query: &[(&str, &str)]) -> Answer {
    let request =
        client.request(Method::GET, "/graphql").header("accept", "application/graphql-response+json");
    client.send(request.query(query)).await
}

fn apollo(document: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hex(document)}})
}

#[track_caller]
fn refused(answer: Answer, code: &str) {
    let body = answer.expect(400);
    assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    assert!(body.get("data").is_none(), "{body}");
}

#[rstest]
#[actix_web::test]
async fn a_known_document_is_named_in_either_way(
    #[values(Sqlite, Postgres)] kind: Kind,
    #[values(false, true)] only: bool,
) {
    let (_node, oslo) = node(kind, only).await;
    let role = json!({"data": {"me": {"role": "ADMIN"}}});
    assert_eq!(post(&oslo, json!({"documentId": id(ME)})).await.ok(), role);
    assert_eq!(post(&oslo, json!({"extensions": apollo(ME)})).await.ok(), role);
    assert_eq!(post(&oslo, json!({"documentId": id(ME), "extensions": apollo(ME)})).await.ok(), role);
    assert_eq!(post(&oslo, json!({"documentId": id(ME), "query": ME})).await.ok(), role);
    assert_eq!(get(&oslo, &[("documentId", &id(ME))]).await.ok(), role);
    assert_eq!(get(&oslo, &[("extensions", &apollo(ME).to_string())]).await.ok(), role);
    // Its text is the document as well.
    assert_eq!(post(&oslo, json!({"query": ME})).await.ok(), role);
    // With variables, and from a file that holds one document.
    let listed = post(&oslo, json!({"documentId": id(LIST), "variables": {"first": 5}})).await.ok();
    assert_eq!(listed["data"]["tenants"]["nodes"][0]["slug"], "oslo");
    // All that holds for documents holds for these: what is missing, what GET may do, who is calling.
    refused(post(&oslo, json!({"documentId": id(LIST)})).await, "VARIABLE_MISSING");
    get(&oslo, &[("documentId", &id(WRITE))]).await.problem(405, "method_not_allowed");
}

#[rstest]
#[actix_web::test]
async fn others_are_answered_where_they_may_be(#[values(Sqlite, Postgres)] kind: Kind) {
    let other = "{ me { role tenant { slug } } }";
    let introspection = "{ __schema { queryType { name } } }";
    let (_node, open) = node(kind, false).await;
    let (closed_node, closed) = node(kind, true).await;
    let before = closed_node.app.db.statements();
    for text in [other, introspection, "{ me { role } } # Me", "{"] {
        refused(post(&closed, json!({"query": text})).await, "UNTRUSTED_DOCUMENT");
        refused(get(&closed, &[("query", text)]).await, "UNTRUSTED_DOCUMENT");
    }
    refused(post(&closed, json!({"query": other, "extensions": apollo(other)})).await, "UNTRUSTED_DOCUMENT");
    assert_eq!(closed_node.app.db.statements(), before, "something was asked of the database");
    for text in [other, introspection] {
        post(&open, json!({"query": text})).await.ok();
    }
    // Apollo's clients name a document first, and send it when it is not known. It is answered, and not remembered.
    for (client, sent) in [(&open, 200), (&closed, 400)] {
        for _ in 0..2 {
            refused(post(client, json!({"extensions": apollo(other)})).await, "PERSISTED_QUERY_NOT_FOUND");
            post(client, json!({"query": other, "extensions": apollo(other)})).await.expect(sent);
        }
    }
    // The old type says it in a 200, as of every request that is wrong.
    let request = open.request(Method::POST, "/graphql").json(&json!({"documentId": id(other)}));
    let body = open.send(request).await.ok();
    assert_eq!(body["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND", "{body}");
}

#[actix_web::test]
async fn what_names_no_document_is_refused_clearly() {
    let (_node, oslo) = node(Sqlite, false).await;
    let hash = hex(ME);
    for (body, said) in [
        (json!({}), "`query` is missing"),
        (json!({"documentId": null}), "`query` is missing"),
        (json!({"documentId": 7}), "`documentId`"),
        (json!({"documentId": hash}), "`documentId`"),
        (json!({"documentId": format!("md5:{hash}")}), "`documentId`"),
        (json!({"documentId": format!("sha256:{}", &hash[1..])}), "`documentId`"),
        (json!({"documentId": format!("sha256:{}ø", &hash[2..])}), "`documentId`"),
        (json!({"documentId": {"sha256": hash}, "query": ME}), "`documentId`"),
        (json!({"extensions": {"persistedQuery": hash}}), "`extensions.persistedQuery`"),
        (
            json!({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": hash}}}),
            "`extensions.persistedQuery`",
        ),
        (
            json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 1}}}),
            "`extensions.persistedQuery`",
        ),
        (json!({"documentId": id(ME), "extensions": apollo(LIST)}), "two documents"),
        (json!({"documentId": id(ME), "query": LIST}), "not the document that is named"),
        (json!({"extensions": apollo(ME), "query": LIST}), "not the document that is named"),
    ] {
        let problem = post(&oslo, body.clone()).await.problem(400, "malformed_request");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{body}: {problem}");
    }
    get(&oslo, &[("documentId", "")]).await.problem(400, "malformed_request");
    get(&oslo, &[("documentId", &id(ME)), ("documentId", &id(ME))]).await.problem(400, "malformed_request");
}

#[actix_web::test]
async fn a_node_without_documents_says_so() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    refused(post(&oslo, json!({"documentId": id(ME)})).await, "PERSISTED_QUERY_NOT_SUPPORTED");
    refused(post(&oslo, json!({"extensions": apollo(ME)})).await, "PERSISTED_QUERY_NOT_SUPPORTED");
    post(&oslo, json!({"query": ME, "extensions": apollo(ME)})).await.ok();
}

#[actix_web::test]
async fn what_could_never_be_answered_is_found_at_the_start() {
    let schema = graphql::schema();
    let deep = format!("{{ me {}{} }}", "{ tenant ".repeat(20), "}".repeat(20));
    let page = |n| format!("p{n}: tenants(first: 100) {{ nodes {{ id slug kind country isil version }} }}");
    let pages: Vec<String> = (0..9).map(page).collect();
    let dear =
        format!("query($first: Int!) {{ {} tenants(first: $first) {{ nodes {{ id }} }} }}", pages.join(" "));
    for (name, text, said) in [
        ("x.json", "[]".to_owned(), "no manifest"),
        ("x.json", json!({"a": 1}).to_string(), "no manifest"),
        ("x.json", "{}".to_owned(), "no document"),
        ("x.json", json!({hex(ME): LIST}).to_string(), "is not the SHA-256"),
        ("x.json", json!({"List": LIST}).to_string(), "is not the SHA-256"),
        ("x.json", manifest(&[ME, "{ me { rolle } }"]), "rolle"),
        ("x.graphql", "{ me {".to_owned(), "expected"),
        ("x.graphql", deep, "levels of fields"),
        ("x.graphql", dear, "complex"),
        ("x.graphql", "query A { me { role } } query B { you }".to_owned(), "you"),
        ("x.txt", ME.to_owned(), "no document"),
    ] {
        let folder = Folder::new().with(name, &text);
        let error = Trusted::load(Some(&folder.0), false, &schema).await.err().map(|e| explain(&e));
        let error = error.unwrap_or_else(|| panic!("taken: {text}"));
        assert!(error.starts_with("trusted documents: ") && error.contains(said), "{said}: {error}");
        assert!(said == "no document" || error.contains(name), "{error}");
    }
    for (place, said) in
        [(None, "without trusted_documents"), (Some(PathBuf::from("/nowhere/x.json")), "/nowhere/x.json")]
    {
        let error = Trusted::load(place.as_deref(), true, &schema).await.err().map(|e| explain(&e));
        assert!(error.as_deref().is_some_and(|e| e.contains(said)), "{error:?}");
    }
    // Looking runs nothing: a document that writes is taken as well, and several operations.
    let folder = Folder::new().with(
        "a.json",
        &manifest(&[ME, WRITE, LIST, "query A { me { role } } query B { me { principal } }"]),
    );
    assert_eq!(load(&folder, true).await.choose(None, Hash::parse(&hex(WRITE))).unwrap(), WRITE);
}

#[actix_web::test]
async fn the_command_refuses_to_serve_with_a_bad_document() {
    let folder = Folder::new().with("documents.json", &manifest(&["{ nothing }"]));
    let serve = |folder: &Folder| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvirke"));
        command.arg("serve").current_dir(&folder.0).env("SAMVIRKE_LISTEN", "127.0.0.1:0");
        command.env_remove("SAMVIRKE_TEST_PG").env_remove("SAMVIRKE_PG_BIN");
        command
            .env("SAMVIRKE_DATABASE_URL", "sqlite:node.db")
            .env("SAMVIRKE_TRUSTED_DOCUMENTS", "documents.json");
        command
    };
    let output = serve(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("documents.json") && said.contains("nothing"),
        "{said}"
    );
    // With a good one it serves until it is stopped.
    std::fs::write(folder.0.join("documents.json"), manifest(&[ME])).unwrap();
    let mut running = serve(&folder).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut greeting = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(running.stdout.take().unwrap()), &mut greeting)
        .unwrap();
    assert!(greeting.contains("Samvirke is at"), "{greeting}");
    running.kill().unwrap();
    running.wait().unwrap();
}
