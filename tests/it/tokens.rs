//! How far a token goes: what it carries, and until when.

use std::time::Duration;

use samvirke::{
    auth::{Role, revoked::Revoked},
    id::TenantId,
    tenancy::{Db, Options},
};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

async fn account(admin: &Client, more: Value) -> Value {
    let mut body = json!({"role": "editor", "label": "Nettstedet"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin.post("/service-accounts", body).await.made()
}

async fn ask(node: &TestNode, issued: &Value, scope: Option<&str>) -> Answer {
    let nobody = node.anonymous();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let mut form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", word(&issued["account"]["clientId"])),
        ("client_secret", word(&issued["clientSecret"])),
    ];
    form.extend(scope.map(|scope| ("scope", scope.to_owned())));
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await
}

async fn caller(node: &TestNode, issued: &Value, scope: Option<&str>, tenant: TenantId) -> Client {
    let token = ask(node, issued, scope).await.ok();
    Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), tenant)
}

#[rstest]
#[actix_web::test]
async fn a_token_carries_what_its_account_may_and_less_when_asked(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let scopes = json!(["competence:read", "competence:write", "project:read"]);
    let issued = account(&oslo, json!({"scopes": scopes})).await;
    assert_eq!(issued["account"]["scopes"], scopes);
    let entry = json!({"stance": "have", "conceptId": migration::registers::concept_id("c:music")});
    let project = json!({"title": [{"language": "nb", "text": "Musikk i lag"}]});

    let token = ask(&node, &issued, None).await.ok();
    assert_eq!(token["scope"], "competence:read competence:write project:read");
    let site = caller(&node, &issued, None, oslo.tenant).await;
    site.post("/competences", entry.clone()).await.made();
    site.get("/projects").await.ok();
    site.post("/projects", project.clone()).await.problem(403, "forbidden");
    site.get("/consortia").await.problem(403, "forbidden");
    site.get("/tenants").await.ok();
    // The same over GraphQL, and its schema is not shown.
    let refused = site.graphql("{ consortia { nodes { id } } }", json!({})).await;
    assert!(refused.text.contains("FORBIDDEN"), "{}", refused.text);
    let schema = site.graphql("{ __schema { queryType { name } } }", json!({})).await;
    assert!(!schema.text.contains("\"Query\""), "{}", schema.text);

    let narrow = caller(&node, &issued, Some("competence:read"), oslo.tenant).await;
    narrow.get("/competences").await.ok();
    narrow.post("/competences", entry).await.problem(403, "forbidden");
    ask(&node, &issued, Some("project:write")).await.problem(400, "invalid_scope");
    ask(&node, &issued, Some("competence:read everything")).await.problem(400, "invalid_scope");

    // Without any it carries all.
    let whole = account(&oslo, json!({})).await;
    assert_eq!(whole["account"].get("scopes"), None);
    assert_eq!(ask(&node, &whole, None).await.ok().get("scope"), None);
    let whole = caller(&node, &whole, None, oslo.tenant).await;
    whole.post("/projects", project).await.made();
    let schema = whole.graphql("{ __schema { queryType { name } } }", json!({})).await;
    assert!(schema.text.contains("\"Query\""), "{}", schema.text);
    let body = json!({"role": "viewer", "label": "x", "scopes": ["project:read", "all"]});
    let problem = oslo.post("/service-accounts", body).await.problem(422, "invalid_input");
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/scopes/1"), &json!("unknown_scope"))
    );
}

#[rstest]
#[actix_web::test]
async fn a_revoked_accounts_tokens_are_refused_on_every_process(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    node.watch();
    let oslo = node.tenant("oslo").await;
    let (one, other) = (account(&oslo, json!({})).await, account(&oslo, json!({})).await);
    let site = caller(&node, &one, None, oslo.tenant).await;
    let bystander = caller(&node, &other, None, oslo.tenant).await;
    site.get("/me").await.ok();
    oslo.post_from(
        &format!("/service-accounts/{}/revoke", one["account"]["id"].as_str().unwrap()),
        1,
        json!(null),
    )
    .await
    .ok();
    // Another process over the same database learns of it too.
    let beside = Db::connect(&node.database.url(), Options::default()).await.unwrap();
    let there = Revoked::default();
    there.refresh(&beside).await.unwrap();
    let id = one["account"]["id"].as_str().unwrap().parse().unwrap();
    assert!(there.holds(id, oslo.tenant, 0));
    refused_within_ten_seconds(&site).await;
    bystander.get("/me").await.ok();
    ask(&node, &one, None).await.problem(401, "invalid_client");
}

async fn refused_within_ten_seconds(client: &Client) {
    for _ in 0..100 {
        let answer = client.get("/me").await;
        if answer.status == 401 {
            answer.problem(401, "invalid_token");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the token is still good");
}

#[rstest]
#[actix_web::test]
async fn a_suspended_library_is_shut_out_and_let_in_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    node.watch();
    let oslo = node.tenant("oslo").await;
    let bergen = node.tenant("bergen").await;
    let issued = account(&oslo, json!({})).await;
    let site = caller(&node, &issued, None, oslo.tenant).await;
    let path = format!("/tenants/{}", oslo.tenant);
    oslo.post_from(&format!("{path}/suspend"), 1, json!(null)).await.problem(403, "forbidden");
    bergen.post_from(&format!("{path}/suspend"), 1, json!(null)).await.problem(403, "forbidden");
    let operator = node.operator();
    operator.post_from(&format!("{path}/suspend"), 7, json!(null)).await.problem(412, "stale_version");
    let suspended = operator.post_from(&format!("{path}/suspend"), 1, json!(null)).await.ok();
    assert_eq!(suspended["status"], "suspended");
    refused_within_ten_seconds(&site).await;
    ask(&node, &issued, None).await.problem(401, "invalid_client");
    bergen.get("/me").await.ok();
    let active = operator.post_from(&format!("{path}/resume"), 2, json!(null)).await.ok();
    assert_eq!(active["status"], "active");
    // Tokens from before stay refused; new ones are good as soon as no clock can be so far ahead.
    refused_within_ten_seconds(&site).await;
    tokio::time::sleep(Duration::from_millis(6_100)).await;
    caller(&node, &issued, None, oslo.tenant).await.get("/me").await.ok();
}

#[rstest]
#[actix_web::test]
async fn a_rotated_secret_may_overlap_with_the_old_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let first = account(&oslo, json!({})).await;
    assert_eq!(first["account"].get("lastUsedAt"), None);
    ask(&node, &first, None).await.ok();
    let path = format!("/service-accounts/{}", first["account"]["id"].as_str().unwrap());
    let used = oslo.get(&path).await.ok();
    assert!(used["lastUsedAt"].is_string() && used["version"] == 1, "{used}");

    let rotate = format!("{path}/rotate-secret");
    oslo.post_from(&rotate, 1, json!({"overlapHours": 169})).await.problem(422, "invalid_input");
    let second = oslo.post_from(&rotate, 1, json!({"overlapHours": 24})).await.ok();
    assert!(second["account"]["previousSecretUntil"].is_string());
    ask(&node, &first, None).await.ok();
    ask(&node, &second, None).await.ok();
    // The one before the one before is not good any more, and without an overlap the old one ends at once.
    let third = oslo.post_from(&rotate, 2, json!({"overlapHours": 1})).await.ok();
    ask(&node, &first, None).await.problem(401, "invalid_client");
    ask(&node, &second, None).await.ok();
    let fourth = oslo.post_from(&rotate, 3, json!({})).await.ok();
    ask(&node, &third, None).await.problem(401, "invalid_client");
    ask(&node, &fourth, None).await.ok();
    // An overlap that is over.
    let fifth = oslo.post_from(&rotate, 4, json!({"overlapHours": 1})).await.ok();
    node.database.raw("UPDATE service_account SET previous_until = '2026-01-02T03:04:05+00:00' WHERE previous_until IS NOT NULL").await;
    ask(&node, &fourth, None).await.problem(401, "invalid_client");
    ask(&node, &fifth, None).await.ok();
}

#[actix_web::test]
async fn a_role_is_not_widened_by_scopes() {
    let node = TestNode::start(Sqlite).await;
    let oslo = node.tenant("oslo").await;
    let viewer = account(&oslo, json!({"role": "viewer", "scopes": ["project:read", "project:write"]})).await;
    let site = caller(&node, &viewer, None, oslo.tenant).await;
    let project = json!({"title": [{"language": "nb", "text": "Musikk i lag"}]});
    site.post("/projects", project).await.problem(403, "forbidden");
    assert_eq!(node.client(oslo.tenant, Role::Viewer).get("/me").await.ok()["role"], "viewer");
}

#[rstest]
#[actix_web::test]
async fn an_export_is_for_who_may_read_all_that_is_in_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let narrow =
        account(&oslo, json!({"role": "admin", "scopes": ["account:read", "competence:read"]})).await;
    let narrow = caller(&node, &narrow, None, oslo.tenant).await;
    narrow.get("/service-accounts").await.ok();
    narrow.get("/export").await.problem(403, "forbidden");
    let whole = account(&oslo, json!({"role": "admin"})).await;
    caller(&node, &whole, None, oslo.tenant).await.get("/export").await.ok();
    // What stands in a list is no object, whatever the order of its parts.
    let list = json!(["strength", "Vi formidler musikk", "nb", [], null, null]);
    let refused = oslo.post("/statements", list).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "wrong_type");
}
