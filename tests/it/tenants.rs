//! The directory of libraries.

use serde_json::json;

use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

fn new(slug: &str) -> serde_json::Value {
    json!({
        "slug": slug, "kind": "county_library", "country": "NO",
        "name": [{"language": "nb", "text": "Østfold fylkesbibliotek"}, {"language": "en", "text": "Østfold County Library"}],
        "regionIds": ["no-31"],
    })
}

/// Shows 1 by createTenant, tenant, changeTenant.
#[rstest]
#[actix_web::test]
async fn the_operator_makes_a_library_and_its_admin_renames_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let made = node.operator().post("/tenants", new("ostfold")).await.made();
    let id: samvirke::id::TenantId = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(made["regionIds"], json!(["no-31"]));
    let admin = node.client(id, samvirke::auth::Role::Admin);
    let path = format!("/tenants/{id}");
    let read = admin.get(&path).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.ok()["name"]["text"], "Østfold fylkesbibliotek");
    assert_eq!(admin.clone().speaking("fi").get(&path).await.ok()["name"]["fallback"], true);

    let change = json!({"name": [{"language": "nb", "text": "Østfold"}]});
    admin
        .send(admin.request(reqwest::Method::PATCH, &format!("/api/v1{path}")).json(&change))
        .await
        .problem(428, "version_required");
    admin.patch(&path, 7, change.clone()).await.problem(412, "stale_version");
    assert_eq!(admin.patch(&path, 1, change.clone()).await.ok()["version"], 2);
    admin.patch(&path, 1, change).await.problem(412, "stale_version");
}

#[rstest]
#[actix_web::test]
async fn one_library_cannot_rename_another_nor_make_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    bergen.get(&format!("/tenants/{}", oslo.tenant)).await.ok();
    let change = json!({"name": [{"language": "nb", "text": "Bergen er best"}]});
    bergen.patch(&format!("/tenants/{}", oslo.tenant), 1, change).await.problem(403, "forbidden");
    bergen.post("/tenants", new("tromso")).await.problem(403, "forbidden");
    node.anonymous().get("/tenants").await.problem(401, "unauthenticated");
}

#[rstest]
#[actix_web::test]
async fn a_retried_creation_happens_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let operator = node.operator().with_key("k1");
    let first = operator.post("/tenants", new("ostfold")).await.made();
    assert_eq!(operator.post("/tenants", new("ostfold")).await.made(), first);
    operator.post("/tenants", new("other")).await.problem(422, "key_reused");
    node.operator().post("/tenants", new("ostfold")).await.problem(409, "conflict");
}

#[rstest]
#[actix_web::test]
async fn pages_follow_each_other_and_a_foreign_cursor_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let mut last = node.tenant("t0").await;
    for n in 1..5 {
        last = node.tenant(&format!("t{n}")).await;
    }
    let first = last.get("/tenants?first=3").await.ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = last.get(&format!("/tenants?first=3&after={cursor}")).await.ok();
    let slugs = |page: &serde_json::Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["slug"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (slugs(&first), slugs(&second)),
        (vec!["t0".into(), "t1".into(), "t2".into()], vec!["t3".into(), "t4".into()])
    );
    assert!(second.get("nextCursor").is_none());
    node.operator().get(&format!("/tenants?after={cursor}")).await.problem(400, "bad_cursor");
    last.get(&format!("/tenants?country=NO&after={cursor}")).await.problem(400, "bad_cursor");
    last.get("/tenants?first=101").await.problem(422, "invalid_input");
}

#[rstest]
#[actix_web::test]
async fn graphql_and_rest_tell_the_same(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let rest = oslo.get(&format!("/tenants/{}", oslo.tenant)).await.ok();
    let query = "query($id: ID!) { tenant(id: $id) { id slug kind country version name { text language fallback } } }";
    let graphql = oslo.data(query, json!({"id": oslo.tenant})).await;
    assert_eq!(graphql["tenant"]["id"], rest["id"]);
    assert_eq!(graphql["tenant"]["name"]["text"], rest["name"]["text"]);
    let hidden = oslo.graphql(query, json!({"id": uuid::Uuid::now_v7()})).await.ok();
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let list = oslo
        .data("{ tenants(first: 1) { pageInfo { hasNextPage } edges { cursor node { slug } } } }", json!({}))
        .await;
    assert_eq!(list["tenants"]["edges"][0]["node"]["slug"], "oslo");
}

#[rstest]
#[actix_web::test]
async fn every_refusal_is_a_problem_document(#[values(Sqlite, Postgres)] kind: Kind) {
    use reqwest::Method;
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    oslo.get("/nothing").await.problem(404, "not_found");
    let nobody = node.anonymous();
    let ask = || nobody.request(Method::POST, "/oauth2/token");
    nobody.send(ask().json(&json!({}))).await.problem(415, "unsupported_media_type");
    nobody.send(ask().form(&[("client_id", "x")])).await.problem(400, "malformed_request");
    let client = [("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "y")];
    nobody.send(ask().form(&client)).await.problem(401, "invalid_client");
    oslo.get("/tenants/no-id").await.problem(404, "not_found");
    let wrong = oslo.send(oslo.request(Method::PUT, "/api/v1/tenants")).await;
    assert_eq!(wrong.header("allow"), "GET, POST");
    wrong.problem(405, "method_not_allowed");
    // A path of its own where others have an id.
    let wrong = oslo.send(oslo.request(Method::PATCH, "/api/v1/competences/paste")).await;
    assert_eq!(wrong.header("allow"), "POST");
    wrong.problem(405, "method_not_allowed");
    oslo.send(oslo.request(Method::PATCH, "/api/v1/competences/pasta")).await.problem(404, "not_found");
    let operator = node.operator();
    let post = || operator.request(Method::POST, "/api/v1/tenants");
    operator.send(post().body("x")).await.problem(415, "unsupported_media_type");
    let json = || post().header("content-type", "application/json");
    operator
        .send(json().header("content-encoding", "gzip").body("{}"))
        .await
        .problem(415, "unsupported_media_type");
    operator
        .send(json().header("content-encoding", "identity").body("{}"))
        .await
        .problem(422, "invalid_input");
    operator.send(json().body("{")).await.problem(400, "malformed_request");
    operator.send(json().body(b"\"\xff\"".to_vec())).await.problem(400, "malformed_request");
    operator.send(json().body("[]")).await.problem(422, "invalid_input");
    operator.send(json().body(" ".repeat((1 << 20) + 1))).await.problem(413, "payload_too_large");
    let mut unknown = new("x1");
    unknown["colour"] = "red".into();
    let fault = operator.post("/tenants", unknown).await.problem(422, "invalid_input");
    assert_eq!(fault["errors"][0]["code"], "unknown_field");
    let mut wrong = new("x1");
    wrong["name"][0]["text"] = 7.into();
    let fault = operator.post("/tenants", wrong).await.problem(422, "invalid_input");
    assert_eq!(fault["errors"][0]["pointer"], "/name/0/text");
    assert_eq!(
        operator.get("/tenants").await.ok()["items"].as_array().unwrap().len(),
        1,
        "nothing was written"
    );
    node.anonymous()
        .send(node.anonymous().request(Method::GET, "/api/v1/tenants").bearer_auth("x.y.z"))
        .await
        .problem(401, "invalid_token");
}
