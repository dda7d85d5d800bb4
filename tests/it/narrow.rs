//! Tokens that carry one area alone: what they are refused has changed nothing, and what they may do they are told of.

use migration::registers::concept_id;
use samvirke::id::TenantId;
use serde_json::{Value, json};

use crate::harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// A client of this library with these scopes and no other.
async fn narrow(node: &TestNode, library: &Client, scopes: &[&str]) -> Client {
    let made = json!({"role": "admin", "label": "Smal", "scopes": scopes});
    let made = library.post("/service-accounts", made).await.made();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", text(&made["account"]["clientId"])),
        ("client_secret", text(&made["clientSecret"])),
    ];
    let nobody = node.anonymous();
    let token = nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await.ok();
    let tenant: TenantId = library.tenant;
    Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), tenant)
}

#[rstest]
#[actix_web::test]
async fn a_refused_request_has_changed_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let consortium = node.consortium("to", &[&oslo, &bergen]).await;

    // Figures are put together from several areas, and a claim is answered with figures.
    let claims = format!("/consortia/{consortium}/strength-claims");
    let claim = json!({"conceptId": concept_id("c:music"), "text": "Felles", "language": "nb"});
    let competence = narrow(&node, &bergen, &["competence:read", "competence:write"]).await;
    competence.post(&claims, claim.clone()).await.problem(403, "forbidden");
    assert_eq!(oslo.get(&claims).await.ok()["items"], json!([]));
    let both = narrow(&node, &bergen, &["competence:read", "competence:write", "consortium:read"]).await;
    both.post(&claims, claim).await.made();

    // What is another's of another area is left out, and what was done is told.
    let product = json!({"kind": "guide", "title": "Musikk", "language": "nb", "consortiumId": consortium, "visibility": "consortium"});
    let product = oslo.post("/products", product).await.made();
    let at = format!("/products/{}", product["id"].as_str().unwrap());
    oslo.post(&format!("{at}/credits"), json!({"tenantId": bergen.tenant, "role": "author"})).await.made();
    let projects = narrow(&node, &bergen, &["project:read", "project:write"]).await;
    assert_eq!(projects.get("/products").await.ok()["items"].as_array().unwrap().len(), 1);
    let taken =
        projects.send(projects.request(reqwest::Method::DELETE, &format!("/api/v1{at}/credit"))).await.ok();
    assert_eq!((&taken["credits"], taken.get("consortiumId")), (&json!([]), None));
    assert_eq!(bergen.get(&at).await.ok()["consortiumId"], json!(consortium));

    let course = json!({"kind": "course", "title": "Kurs", "language": "nb", "consortiumId": consortium, "visibility": "consortium"});
    let course = oslo.post("/activities", course).await.made();
    let at = format!("/activities/{}", course["id"].as_str().unwrap());
    oslo.post_from(&format!("{at}/state"), 1, json!({"state": "open"})).await.ok();
    let activities = narrow(&node, &bergen, &["activity:read", "activity:write"]).await;
    let told = activities.post(&format!("{at}/registration"), json!({"places": 3})).await.ok();
    assert_eq!((&told["places"], told.get("consortiumId")), (&json!(3), None));
    let told = activities.patch(&format!("{at}/registration"), 1, json!({"places": 2})).await.ok();
    assert_eq!(told["places"], 2);
    activities.delete(&format!("{at}/registration"), 2).await.ok();
    // A filter that names what the token does not reach is refused.
    activities.get(&format!("/activities?consortiumId={consortium}")).await.problem(403, "forbidden");

    let promise =
        json!({"text": "Vi vil", "language": "nb", "consortiumId": consortium, "visibility": "consortium"});
    let promise = bergen.post("/commitments", promise).await.made();
    let commitments = narrow(&node, &bergen, &["commitment:read", "commitment:write"]).await;
    let at = format!("/commitments/{}", promise["id"].as_str().unwrap());
    let told = commitments.post_from(&format!("{at}/follow-up"), 1, json!({"status": "done"})).await.ok();
    assert_eq!((&told["status"], told.get("consortiumId")), (&json!("done"), None));

    let said = json!({"kind": "strength", "text": "Vi kan", "language": "nb", "visibility": "consortium"});
    let said = oslo.post("/statements", said).await.made();
    let statements = narrow(&node, &bergen, &["statement:read", "statement:write"]).await;
    let at = format!("/statements/{}/endorsement", said["id"].as_str().unwrap());
    assert_eq!(statements.post(&at, json!(null)).await.ok()["endorsements"], 1);
}
