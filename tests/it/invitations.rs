//! How the first administrator gets into a library, and everybody whom no rule knows.

use samvirke::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

async fn sign_in(node: &TestNode, invitation: &Value) -> Answer {
    let nobody = node.anonymous();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", invitation["invitation"]["clientId"].as_str().unwrap()),
        ("client_secret", invitation["clientSecret"].as_str().unwrap()),
    ];
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await
}

fn path(invitation: &Value) -> String {
    format!("/access-invitations/{}", invitation["invitation"]["id"].as_str().unwrap())
}

#[rstest]
#[actix_web::test]
async fn a_librarys_first_administrator_comes_in_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let operator = node.operator();
    let oslo = node.tenant("oslo").await.tenant;
    let made = operator
        .post("/access-invitations", json!({"tenantId": oslo, "role": "admin", "days": 2}))
        .await
        .made();
    assert_eq!(
        (&made["invitation"]["role"], &made["invitation"]["byOperator"]),
        (&json!("admin"), &json!(true))
    );
    // The secret is shown once.
    let seen = operator.get(&path(&made)).await.ok();
    assert!(seen.get("clientSecret").is_none() && seen.get("usedAt").is_none());
    let token = sign_in(&node, &made).await.ok();
    let first = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo);
    let me = first.get("/me").await.ok();
    assert_eq!((&me["role"], &me["tenant"]["slug"]), (&json!("admin"), &json!("oslo")));
    // From here on it stands on its own feet.
    first.post("/service-accounts", json!({"role": "admin", "label": "Katalogen"})).await.made();
    // Once is once, and it is seen that it was used.
    sign_in(&node, &made).await.problem(401, "invalid_client");
    assert!(operator.get(&path(&made)).await.ok()["usedAt"].is_string());
    assert!(first.get("/access-invitations").await.ok()["items"][0]["usedAt"].is_string());
}

#[rstest]
#[actix_web::test]
async fn of_many_who_use_one_at_once_one_comes_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/access-invitations", json!({"role": "editor"})).await.made();
    let all = futures_util::future::join_all((0..8).map(|_| sign_in(&node, &made))).await;
    let came = all.iter().filter(|answer| answer.status == 200).count();
    let refused = all.iter().filter(|answer| answer.status == 401).count();
    assert_eq!((came, refused), (1, 7));
}

#[rstest]
#[actix_web::test]
async fn what_is_over_or_revoked_lets_nobody_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    node.watch();
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/access-invitations", json!({"role": "editor"})).await.made();
    let revoke = format!("{}/revoke", path(&made));
    oslo.post_from(&revoke, 7, json!(null)).await.problem(412, "stale_version");
    oslo.post_from(&revoke, 1, json!(null)).await.ok();
    oslo.post_from(&revoke, 2, json!(null)).await.problem(409, "conflict");
    sign_in(&node, &made).await.problem(401, "invalid_client");
    // Its day is over.
    let late = oslo.post("/access-invitations", json!({"role": "editor"})).await.made();
    let past = "UPDATE invitation SET expires_at = '2026-01-01T00:00:00+00:00' WHERE used_at IS NULL";
    node.database.raw(past).await;
    sign_in(&node, &late).await.problem(401, "invalid_client");
    // Another's secret is no good.
    let [mut mixed, other] = [
        oslo.post("/access-invitations", json!({"role": "editor"})).await.made(),
        oslo.post("/access-invitations", json!({"role": "editor"})).await.made(),
    ];
    let right = std::mem::replace(&mut mixed["clientSecret"], other["clientSecret"].clone());
    sign_in(&node, &mixed).await.problem(401, "invalid_client");
    mixed["clientSecret"] = right;
    // A wrong try does not use it up, nor does a scope that is none.
    let token = sign_in(&node, &mixed).await.ok();
    // Revoked after it was used: the token that it gave is refused.
    let guest = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo.tenant);
    guest.get("/competences").await.ok();
    oslo.post_from(&format!("{}/revoke", path(&mixed)), 2, json!(null)).await.ok();
    for _ in 0..100 {
        if guest.get("/competences").await.status == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("still let in");
}

#[rstest]
#[actix_web::test]
async fn nobody_invites_beyond_what_is_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let (oslo, bergen) = (node.tenant("oslo").await, node.tenant("bergen").await);
    let invite = async |who: &Client, body: Value| who.post("/access-invitations", body).await;
    invite(&oslo, json!({"tenantId": bergen.tenant, "role": "viewer"})).await.problem(403, "forbidden");
    invite(&oslo, json!({"role": "operator"})).await.problem(422, "invalid_input");
    invite(&oslo, json!({"role": "editor", "days": 32})).await.problem(422, "invalid_input");
    invite(&oslo, json!({"role": "editor", "days": 0})).await.problem(422, "invalid_input");
    invite(&oslo, json!({"role": "editor", "for": "Kari"})).await.problem(422, "invalid_input");
    let operator = node.operator();
    let told = invite(&operator, json!({"tenantId": oslo.tenant, "role": "editor"})).await;
    assert_eq!(told.problem(422, "invalid_input")["errors"][0]["code"], "first_admin");
    invite(&operator, json!({"role": "admin"})).await.problem(422, "invalid_input");
    let nowhere = json!({"tenantId": samvirke::id::TenantId::new(), "role": "admin"});
    invite(&operator, nowhere).await.problem(422, "invalid_input");
    invite(&node.client(oslo.tenant, Role::Editor), json!({"role": "viewer"}))
        .await
        .problem(403, "forbidden");
    // The operator sees none of a library's own, and the other library none at all.
    let own = invite(&oslo, json!({"role": "editor"})).await.made();
    for other in [&operator, &bergen] {
        assert_eq!(other.get("/access-invitations").await.ok()["items"], json!([]));
        other.get(&path(&own)).await.problem(404, "not_found");
    }
}
