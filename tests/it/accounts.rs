//! How a library's integrations sign in, and who the one that calls is.

use samvirke::auth::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::harness::{Answer, Client, Database, Kind, Postgres, Sqlite, TestNode, rstest};

async fn sign_in(node: &TestNode, client_id: &Value, secret: &str) -> Answer {
    let nobody = node.anonymous();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id.as_str().unwrap()),
        ("client_secret", secret),
    ];
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await
}

fn secret(issued: &Value) -> String {
    issued["clientSecret"].as_str().unwrap().to_owned()
}

fn path(issued: &Value) -> String {
    format!("/service-accounts/{}", issued["account"]["id"].as_str().unwrap())
}

/// Everything that the database keeps, as text.
pub async fn whole_database(node: &TestNode) -> String {
    match &node.database {
        Database::Sqlite(file) => {
            let file = file.url().trim_start_matches("sqlite:").to_owned();
            let parts =
                ["", "-wal"].map(|suffix| std::fs::read(format!("{file}{suffix}")).unwrap_or_default());
            String::from_utf8_lossy(&parts.concat()).into_owned()
        }
        Database::Postgres(database) => {
            let mut superuser = PgConnection::connect(&database.superuser_url).await.unwrap();
            let mut out = String::new();
            for table in migration::tables::TABLES {
                let ask = AssertSqlSafe(format!("SELECT t::text FROM {} t", table.name));
                let rows: Vec<String> = sqlx::query_scalar(ask).fetch_all(&mut superuser).await.unwrap();
                out.push_str(&rows.join("\n"));
            }
            out
        }
    }
}

#[rstest]
#[actix_web::test]
async fn an_admin_makes_an_account_that_signs_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let body = json!({"role": "contributor", "label": "Nettstedet"});
    let made = oslo.post("/service-accounts", body).await;
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.made();
    assert_eq!((&made["account"]["role"], &made["account"]["version"]), (&json!("contributor"), &json!(1)));
    assert_eq!(made["account"]["tenantId"], json!(oslo.tenant));
    let token = sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.ok();
    let site = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo.tenant);
    let me = site.speaking("sv").get("/me").await.ok();
    assert_eq!((&me["role"], &me["principal"]), (&json!("contributor"), &made["account"]["id"]));
    assert_eq!((&me["tenant"]["slug"], &me["languages"][0]), (&json!("oslo"), &json!("sv")));
    sign_in(&node, &made["account"]["clientId"], "sv_wrong").await.problem(401, "invalid_client");
    // Nobody is shown it again.
    let list = oslo.get("/service-accounts").await.ok();
    let mut seen = made["account"].clone();
    seen["lastUsedAt"] = list["items"][0]["lastUsedAt"].clone();
    assert!(seen["lastUsedAt"].is_string());
    assert_eq!(list["items"], json!([seen]));
    assert_eq!(oslo.get(&path(&made)).await.ok(), seen);
    // Expired: it signs in no more.
    let account = made["account"]["id"].as_str().unwrap();
    expire(&node, account).await;
    sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.problem(401, "invalid_client");
}

/// Past the product: an account whose day has come.
async fn expire(node: &TestNode, account: &str) {
    let id = uuid::Uuid::parse_str(account).unwrap();
    past_the_product(node, "UPDATE service_account SET expires_at = '2026-01-02T03:04:05+00:00'", id).await;
}

/// Past the product: one row is written otherwise.
async fn past_the_product(node: &TestNode, update: &str, id: uuid::Uuid) {
    match &node.database {
        Database::Sqlite(file) => {
            let mut connection = sqlx::SqliteConnection::connect(&file.url()).await.unwrap();
            let sql = format!("{update} WHERE id = x'{}'", id.simple());
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        Database::Postgres(database) => {
            let mut connection = PgConnection::connect(&database.superuser_url).await.unwrap();
            let sql = format!("{update} WHERE id = '{id}'");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_suspended_librarys_accounts_do_not_sign_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/service-accounts", json!({"role": "editor", "label": "Nettstedet"})).await.made();
    sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.ok();
    past_the_product(&node, "UPDATE tenant SET status = 'suspended'", oslo.tenant.0).await;
    sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.problem(401, "invalid_client");
    past_the_product(&node, "UPDATE tenant SET status = 'active'", oslo.tenant.0).await;
    sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.ok();
}

#[rstest]
#[actix_web::test]
async fn a_secret_is_shown_once_and_kept_nowhere(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await.with_key("k1");
    let body = json!({"role": "viewer", "label": "Etikett", "days": 10});
    let first = oslo.post("/service-accounts", body.clone()).await.made();
    // The repetition is of the same account, and tells no secret: by REST and by GraphQL.
    let again = oslo.post("/service-accounts", body).await.made();
    assert_eq!(again, json!({"account": first["account"]}));
    let query = "mutation($i: NewServiceAccount!) { createServiceAccount(input: $i) { account { id version } clientSecret } }";
    let input = json!({"i": {"role": "VIEWER", "label": "Etikett", "days": 10}});
    let data = oslo.data(query, input).await;
    assert_eq!(data["createServiceAccount"]["account"]["id"], first["account"]["id"]);
    assert_eq!(data["createServiceAccount"]["clientSecret"], Value::Null);
    let rotate = format!("{}/rotate-secret", path(&first));
    let rotating = oslo.clone().with_key("k2");
    let second = rotating.post_from(&rotate, 1, json!({})).await.ok();
    assert_ne!(secret(&first), secret(&second));
    assert_eq!(rotating.post_from(&rotate, 1, json!({})).await.ok(), json!({"account": second["account"]}));
    let kept = whole_database(&node).await;
    assert!(kept.contains("Etikett") && kept.contains("k1"), "the search finds what is there");
    for secret in [secret(&first), secret(&second)] {
        assert!(secret.len() > 40 && !kept.contains(&secret), "a secret is kept");
        assert!(!kept.contains(secret.trim_start_matches("sv_")), "a secret is kept");
    }
    let client = &first["account"]["clientId"];
    sign_in(&node, client, &secret(&first)).await.problem(401, "invalid_client");
    sign_in(&node, client, &secret(&second)).await.ok();
}

#[rstest]
#[actix_web::test]
async fn a_revoked_account_is_done_with(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let made = oslo.post("/service-accounts", json!({"role": "editor", "label": "x"})).await.made();
    let revoke = format!("{}/revoke", path(&made));
    bergen.post_from(&revoke, 1, json!({})).await.problem(404, "not_found");
    bergen.get(&path(&made)).await.problem(404, "not_found");
    oslo.post_from(&revoke, 2, json!({})).await.problem(412, "stale_version");
    oslo.post(&revoke, json!({})).await.problem(428, "version_required");
    let editor = node.client(oslo.tenant, Role::Editor);
    editor.post_from(&revoke, 1, json!({})).await.problem(403, "forbidden");
    editor.get("/service-accounts").await.problem(403, "forbidden");
    let revoked = oslo.post_from(&revoke, 1, json!({})).await.ok();
    assert!(revoked["revokedAt"].is_string() && revoked["version"] == 2);
    sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.problem(401, "invalid_client");
    oslo.post_from(&revoke, 2, json!({})).await.problem(409, "conflict");
    let rotate = format!("{}/rotate-secret", path(&made));
    oslo.post_from(&rotate, 2, json!({})).await.problem(409, "conflict");
}

#[rstest]
#[actix_web::test]
async fn nobody_gives_a_role_that_is_not_theirs_to_give(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let fault = |answer: Answer| {
        let problem = answer.problem(422, "invalid_input");
        let fault = &problem["errors"][0];
        (fault["pointer"].as_str().unwrap().to_owned(), fault["code"].as_str().unwrap().to_owned())
    };
    let is = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let post = async |who: &Client, body: Value| who.post("/service-accounts", body).await;
    let operator = json!({"role": "operator", "label": "x"});
    assert_eq!(fault(post(&oslo, operator.clone()).await), is("/role", "operator_role"));
    let other = json!({"role": "viewer", "label": "x", "tenantId": bergen.tenant});
    post(&oslo, other.clone()).await.problem(403, "forbidden");
    let node_itself = json!({"role": "viewer", "label": "x", "tenantId": uuid::Uuid::nil()});
    post(&oslo, node_itself.clone()).await.problem(403, "forbidden");
    post(&node.client(oslo.tenant, Role::Editor), json!({"role": "viewer", "label": "x"}))
        .await
        .problem(403, "forbidden");
    for (body, pointer, code) in [
        (json!({"role": "viewer", "label": " "}), "/label", "required"),
        (json!({"role": "viewer", "label": "x".repeat(101)}), "/label", "too_long"),
        (json!({"role": "viewer", "label": "x", "days": 0}), "/days", "between"),
        (json!({"role": "viewer", "label": "x", "days": 731}), "/days", "between"),
        (json!({"role": "king", "label": "x"}), "/role", "unknown_value"),
        (json!({"label": "x"}), "/role", "required"),
        (json!({"role": "viewer", "label": "x", "secret": "s"}), "/secret", "unknown_field"),
    ] {
        assert_eq!(fault(post(&oslo, body).await), is(pointer, code));
    }
    // The operator makes a library's first account, in any of its roles, and reads none.
    let made = post(&node.operator(), other).await.made();
    let token = sign_in(&node, &made["account"]["clientId"], &secret(&made)).await.ok();
    let viewer = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), bergen.tenant);
    assert_eq!(viewer.get("/me").await.ok()["tenant"]["id"], json!(bergen.tenant));
    node.operator().get(&path(&made)).await.problem(403, "forbidden");
    node.operator().get("/service-accounts").await.problem(403, "forbidden");
    let operators = |body: Value| async { fault(post(&node.operator(), body).await) };
    let unknown = json!({"role": "viewer", "label": "x", "tenantId": uuid::Uuid::now_v7()});
    assert_eq!(operators(unknown).await, is("/tenantId", "unknown_tenant"));
    assert_eq!(operators(node_itself).await, is("/tenantId", "required"));
    assert_eq!(operators(json!({"role": "viewer", "label": "x"})).await, is("/tenantId", "required"));
    let of_a_library = json!({"role": "operator", "label": "x", "tenantId": oslo.tenant});
    assert_eq!(operators(of_a_library).await, is("/role", "operator_role"));
    let second = post(&node.operator(), operator).await.made();
    let token = sign_in(&node, &second["account"]["clientId"], &secret(&second)).await.ok();
    let colleague =
        Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo.tenant);
    let me = colleague.get("/me").await.ok();
    assert_eq!((&me["role"], me.get("tenant"), &me["seats"]), (&json!("operator"), None, &json!([])));
}

#[rstest]
#[actix_web::test]
async fn one_asks_who_one_is_and_where_one_has_a_seat(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    let b = node.consortium("b-ring", &[&oslo, &bergen]).await;
    let a = node.consortium("a-ring", &[&bergen]).await;
    let me = bergen.get("/me").await.ok();
    let seats: Vec<_> =
        me["seats"].as_array().unwrap().iter().map(|s| (&s["consortiumId"], &s["role"])).collect();
    assert_eq!(seats, [(&json!(a), &json!("coordinator")), (&json!(b), &json!("member"))]);
    assert_eq!(me["seats"][0]["name"]["text"], "a-ring");
    let query = "{ me { tenant { id slug name { text } } role principal languages seats { consortiumId role name { text } } } }";
    let data = bergen.data(query, json!({})).await;
    assert_eq!(data["me"]["tenant"]["id"], me["tenant"]["id"]);
    assert_eq!((&data["me"]["role"], &data["me"]["seats"][1]["role"]), (&json!("ADMIN"), &json!("MEMBER")));
    assert_eq!(data["me"]["languages"].as_array().unwrap().len(), 7);
    node.anonymous().get("/me").await.problem(401, "unauthenticated");
}

/// Who has less than its role gives no more than it has, whichever way it is.
#[rstest]
#[actix_web::test]
async fn a_narrow_account_makes_no_wide_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let wide = oslo.post("/service-accounts", json!({"role": "admin", "label": "Vid"})).await.made();
    let scopes = ["account:read", "account:write"];
    let narrow = oslo
        .post("/service-accounts", json!({"role": "admin", "label": "Smal", "scopes": scopes}))
        .await
        .made();
    let token = sign_in(&node, &narrow["account"]["clientId"], &secret(&narrow)).await.ok();
    let narrow = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo.tenant);
    let make = async |more: Value| {
        let mut account = json!({"role": "viewer", "label": "Ny"});
        account.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        narrow.post("/service-accounts", account).await
    };
    make(json!({})).await.problem(403, "forbidden");
    make(json!({"scopes": ["competence:read"]})).await.problem(403, "forbidden");
    make(json!({"scopes": ["account:read"]})).await.made();
    narrow.post("/access-invitations", json!({"role": "viewer"})).await.problem(403, "forbidden");
    let rotate = format!("{}/rotate-secret", path(&wide));
    narrow.post_from(&rotate, 1, json!({})).await.problem(403, "forbidden");
    oslo.post_from(&rotate, 1, json!({})).await.ok();
}

/// A repetition is answered from what was kept, and only to whoever may still do what was done.
#[rstest]
#[actix_web::test]
async fn a_repetition_asks_what_the_first_request_asked(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/service-accounts", json!({"role": "admin", "label": "Nettstedet"})).await.made();
    let (client_id, secret) = (made["account"]["clientId"].as_str().unwrap(), secret(&made));
    let with = async |scope: &str| {
        let mut form =
            vec![("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", &secret)];
        if !scope.is_empty() {
            form.push(("scope", scope));
        }
        let nobody = node.anonymous();
        let request = nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form);
        let token = nobody.send(request).await.ok()["access_token"].as_str().map(str::to_owned);
        Client::new(&node.address, token, oslo.tenant).with_key("en gang")
    };
    let idea = json!({"title": [{"language": "nb", "text": "Felles"}]});
    let first = with("project:read project:write").await.post("/projects", idea.clone()).await.made();
    for narrow in ["project:read", "competence:read competence:write"] {
        with(narrow).await.post("/projects", idea.clone()).await.problem(403, "forbidden");
    }
    for wide in ["project:read project:write", ""] {
        assert_eq!(with(wide).await.post("/projects", idea.clone()).await.made(), first);
    }
}
