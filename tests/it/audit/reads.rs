//! Who was shown a library's rows: on what ground, for what, how often; and who was refused. Its own library sees it.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Method;
use samvirke::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// What the library's admin is told: reader, outcome, kind, ground and purpose, and how often.
async fn told(node: &TestNode, owner: &Client) -> BTreeMap<String, i64> {
    node.app.db.write_sights().await.unwrap();
    let told = node.client(owner.tenant, Role::Admin).get("/audit/reads?first=100").await.ok();
    let line = |row: &Value| {
        let words = ["readerId", "outcome", "subjectKind", "ground", "purpose"];
        let words = words.map(|name| row[name].as_str().unwrap_or("-").to_owned());
        (words.join(" "), row["times"].as_i64().unwrap())
    };
    told["items"].as_array().unwrap().iter().map(line).collect()
}

async fn entry(owner: &Client, phrase: &str, visibility: &str) -> String {
    let input = json!({"sourcePhrase": phrase, "language": "nb", "stance": "have", "visibility": visibility});
    owner.post("/competences", input).await.made()["id"].as_str().unwrap().to_owned()
}

async fn get_for(client: &Client, path: &str, purpose: &str) -> u16 {
    let request = client.request(Method::GET, &format!("/api/v1{path}"));
    client.send(request.header("samvirke-purpose", purpose)).await.status.as_u16()
}

#[rstest]
#[actix_web::test]
async fn a_library_sees_who_read_its_rows(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen, molde] =
        [node.tenant("oslo").await, node.tenant("bergen").await, node.tenant("molde").await];
    node.consortium("alle", &[&oslo, &bergen]).await;
    let open = entry(&oslo, "åpent", "public").await;
    let shared = entry(&oslo, "delt", "consortium").await;
    let own = entry(&oslo, "eget", "private").await;
    // One's own rows are no tale.
    oslo.get(&format!("/competences/{open}")).await.ok();
    assert!(told(&node, &oslo).await.is_empty());
    for _ in 0..3 {
        assert_eq!(get_for(&bergen, &format!("/competences/{shared}"), "plan:2027").await, 200);
    }
    bergen.get("/competences").await.ok();
    molde.data("query($id: ID!) { competence(id: $id) { id } }", json!({"id": open})).await;
    molde.get(&format!("/tenants/{}/profile", oslo.tenant)).await.ok();
    // Refused, hidden, and what is nobody's.
    let change = json!({"level": 2});
    molde.patch(&format!("/competences/{open}"), 1, change.clone()).await.problem(403, "forbidden");
    let viewer = node.client(bergen.tenant, Role::Viewer);
    viewer.patch(&format!("/competences/{shared}"), 1, change.clone()).await.problem(403, "forbidden");
    for id in [own, Uuid::now_v7().to_string()] {
        assert_eq!(get_for(&molde, &format!("/competences/{id}"), "curious").await, 404);
        molde.patch(&format!("/competences/{id}"), 1, change.clone()).await.problem(404, "not_found");
        molde.graphql("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
    }
    let (b, m) = (bergen.tenant, molde.tenant);
    let expected = BTreeMap::from([
        (format!("{b} read competenceEntry consortium plan:2027"), 3),
        (format!("{b} read competenceEntry consortium -"), 1),
        (format!("{b} read competenceEntry public -"), 1),
        (format!("{m} read competenceEntry public -"), 2),
        (format!("{m} refused competenceEntry public -"), 1),
        (format!("{b} refused competenceEntry consortium -"), 1),
        (format!("{m} hidden competenceEntry none curious"), 1),
        (format!("{m} hidden competenceEntry none -"), 2),
    ]);
    assert_eq!(told(&node, &oslo).await, expected);
    // It adds up over flushes, and nobody else is told anything.
    assert_eq!(get_for(&bergen, &format!("/competences/{shared}"), "plan:2027").await, 200);
    assert_eq!(told(&node, &oslo).await[&format!("{b} read competenceEntry consortium plan:2027")], 4);
    assert!(told(&node, &bergen).await.is_empty() && told(&node, &molde).await.is_empty());
    node.client(oslo.tenant, Role::Editor).get("/audit/reads").await.problem(403, "forbidden");
    let ask = "query($filter: AuditReadFilter) { auditReads(filter: $filter) { edges { node { outcome times } } } }";
    let filter = json!({"filter": {"readerId": m, "outcome": "REFUSED"}});
    let edges = oslo.data(ask, filter).await["auditReads"]["edges"].clone();
    assert_eq!(edges, json!([{"node": {"outcome": "REFUSED", "times": 1}}]));
}

/// Taking part in a project is a ground of its own, and so is its consortium.
#[rstest]
#[actix_web::test]
async fn a_project_tells_its_lead_on_what_ground(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let title = json!([{"language": "nb", "text": "felles"}]);
    let project = oslo.post("/projects", json!({"title": title})).await.made();
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    bergen.get(&path).await.problem(404, "not_found");
    let part = json!({"tenantId": bergen.tenant, "role": "partner"});
    oslo.post(&format!("{path}/participants"), part).await.made();
    bergen.get(&path).await.ok();
    let b = bergen.tenant;
    let told = told(&node, &oslo).await;
    assert_eq!(told.get(&format!("{b} read project participant -")), Some(&1), "{told:?}");
    assert_eq!(told.get(&format!("{b} hidden project none -")), Some(&1), "{told:?}");
}

/// A reader cannot fill another's table with purposes.
#[rstest]
#[actix_web::test]
async fn purposes_without_end_are_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let open = entry(&oslo, "åpent", "public").await;
    for n in 0..30 {
        get_for(&bergen, &format!("/competences/{open}"), &format!("p{n}")).await;
    }
    let told = told(&node, &oslo).await;
    assert_eq!(told.len(), 21);
    assert_eq!(told[&format!("{} read competenceEntry public other", bergen.tenant)], 10);
}

/// With a full database or none the answers are as ever, and what was counted is kept for the next time.
#[actix_web::test]
async fn what_cannot_be_written_is_kept() {
    use sqlx::Connection;
    let options = samvirke::tenancy::Options { patience: Duration::from_millis(100), ..Default::default() };
    let node = TestNode::start_with(Sqlite, options).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let open = entry(&oslo, "åpent", "public").await;
    let mut other = sqlx::SqliteConnection::connect(&node.database.superuser_url()).await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    bergen.get(&format!("/competences/{open}")).await.ok();
    node.app.db.write_sights().await.unwrap_err();
    held.rollback().await.unwrap();
    assert_eq!(told(&node, &oslo).await.values().collect::<Vec<_>>(), [&1]);
}
