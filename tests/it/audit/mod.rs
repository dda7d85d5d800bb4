//! Who did what, who can look at it, and what shows that it was tampered with.

pub mod command;
mod reads;
pub mod tampering;

use std::time::Instant;

use futures_util::future::join_all;
use samvirke::{audit::service, auth::Role, id::TenantId, tenancy::TenantScope};
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// One write, which leaves one record.
pub async fn write(client: &Client, label: &str) -> Value {
    client.post("/service-accounts", json!({"role": "viewer", "label": label})).await.made()
}

async fn records(client: &Client) -> Vec<Value> {
    client.get("/audit/records?first=100").await.ok()["items"].as_array().unwrap().clone()
}

pub fn admin(node: &TestNode, client: &Client) -> TenantScope {
    node.scope(client.tenant, Role::Admin)
}

#[rstest]
#[actix_web::test]
async fn a_library_sees_what_was_done_and_for_what(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let made = write(&oslo, "a").await;
    let request = oslo.request(reqwest::Method::POST, "/api/v1/service-accounts");
    let request = request.header("samvirke-purpose", "plan:2027/4");
    oslo.send(request.json(&json!({"role": "viewer", "label": "b"}))).await.made();
    let all = records(&oslo).await;
    // The operator made the library.
    assert_eq!(all[0]["action"], "tenant.created");
    assert_eq!((&all[0]["ground"], &all[0]["tenantId"]), (&json!("operator"), &json!(TenantId::NODE)));
    for kept in ["principal", "requestId", "sequence", "hash", "previousHash"] {
        assert_eq!(all[0].get(kept), None, "{kept} of another's chain");
    }
    let [first, second] = [&all[all.len() - 2], &all[all.len() - 1]];
    assert_eq!((&first["action"], &first["ground"]), (&json!("serviceAccount.created"), &json!("own")));
    assert_eq!((&first["subjectId"], &first["version"]), (&made["account"]["id"], &json!(1)));
    assert_eq!((first.get("purpose"), &second["purpose"]), (None, &json!("plan:2027/4")));
    assert_eq!((&first["sequence"], &second["sequence"]), (&json!(1), &json!(2)));
    assert_eq!(second["previousHash"], first["hash"]);
    let me = oslo.get("/me").await.ok();
    assert_eq!(first["principal"], me["principal"]);
    // Of one thing, and by pages, on both faces.
    let of_one = format!("/audit/records?subjectId={}", made["account"]["id"].as_str().unwrap());
    assert_eq!(oslo.get(&of_one).await.ok()["items"], json!([first]));
    let page = oslo.get("/audit/records?first=1").await.ok();
    assert_eq!(page["items"], json!([all[0]]));
    let next = format!("/audit/records?first=1&after={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(oslo.get(&next).await.ok()["items"], json!([all[1]]));
    let ask = "query($filter: AuditFilter) { auditRecords(filter: $filter) { edges { node { id hash } } } }";
    let told = oslo.data(ask, json!({"filter": {"subjectId": made["account"]["id"]}})).await;
    let edges = json!([{"node": {"id": first["id"], "hash": first["hash"]}}]);
    assert_eq!(told["auditRecords"]["edges"], edges);
    // For the admin, and for nobody else's.
    node.client(oslo.tenant, Role::Editor).get("/audit/records").await.problem(403, "forbidden");
    let bergen = node.tenant("bergen").await;
    assert!(records(&bergen).await.iter().all(|r| r["ownerId"] == json!(bergen.tenant)));
}

#[rstest]
#[actix_web::test]
async fn a_purpose_is_a_word(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let request =
        oslo.request(reqwest::Method::GET, "/api/v1/tenants").header("samvirke-purpose", "two words");
    oslo.send(request).await.problem(400, "malformed_request");
}

#[rstest]
#[actix_web::test]
async fn many_at_once_make_one_chain(#[values(Sqlite, Postgres)] kind: Kind) {
    const EACH: usize = 20;
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let bergen = node.tenant("bergen").await;
    // Two processes of the node, and somebody else's writes between them.
    let beside = node.client_beside(oslo.tenant, Role::Admin).await;
    let begun = Instant::now();
    let writes = (0..EACH).flat_map(|_| [&oslo, &beside, &bergen]);
    join_all(writes.map(|client| write(client, "at once"))).await;
    println!("{kind:?}: {} writes in {:?}", 3 * EACH, begun.elapsed());
    let before = service::checkpoint(&admin(&node, &oslo)).await.unwrap();
    assert_eq!(before.sequence, 2 * EACH as i64);
    for client in [&oslo, &bergen] {
        let (entries, outcome) = service::verify(&admin(&node, client), vec![]).await.unwrap();
        assert_eq!((entries as usize % EACH, outcome), (0, Ok(())));
    }
}

/// One write that leaves many records, and one that leaves none.
#[rstest]
#[actix_web::test]
async fn a_chain_grows_by_what_was_done(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let empty = oslo.get("/audit/checkpoint").await.ok();
    assert_eq!(empty["sequence"], 0);
    let lines: String = (0..30).map(|n| format!("kompetanse nummer {n}\n")).collect();
    let paste = json!({"text": lines, "language": "nb", "stance": "have"});
    oslo.post("/competences/paste", paste).await.ok();
    let checkpoint = oslo.get("/audit/checkpoint").await.ok();
    assert_eq!(checkpoint["sequence"], 30);
    oslo.post("/service-accounts", json!({"role": "operator", "label": "x"})).await.expect(422);
    assert_eq!(oslo.get("/audit/checkpoint").await.ok()["hash"], checkpoint["hash"]);
    let told = oslo.data("{ auditCheckpoint { tenantId sequence hash keyId signature } }", json!({})).await;
    assert_eq!(told["auditCheckpoint"]["hash"], checkpoint["hash"]);
    assert_eq!(told["auditCheckpoint"]["tenantId"], json!(oslo.tenant));
    // Everybody's, the node's too.
    node.consortium("alle", &[&oslo, &bergen]).await;
    node.observer(node.consortium("noen", &[&oslo]).await, &oslo, &bergen).await;
    for scope in [admin(&node, &oslo), admin(&node, &bergen), node.operator_scope()] {
        let (entries, outcome) = service::verify(&scope, vec![]).await.unwrap();
        assert!(entries > 0);
        assert_eq!(outcome, Ok(()));
    }
}
