//! People sign in through a provider: an independent one, started by the test run, with everything that goes wrong with it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};

use samvirke::{
    auth::{
        Role,
        oidc::{Issuers, rules::Issuer},
    },
    id::TenantId,
};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

/// The provider: npm's oidc-provider in a process of its own, told what to do line by line.
struct Provider {
    process: Child,
    answers: BufReader<std::process::ChildStdout>,
    issuer: String,
}

impl Provider {
    #[allow(clippy::disallowed_methods, reason = "the test run says where it is")]
    fn start() -> Self {
        let folder = std::env::var_os("TEST_OIDC_FOLDER").expect("tests/run installs the provider");
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node");
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut provider = Self { process, answers, issuer: String::new() };
        provider.issuer = provider.read()["issuer"].as_str().unwrap().to_owned();
        provider
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the provider's answer");
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"))
    }

    fn tell(&mut self, what: Value) -> Value {
        writeln!(self.process.stdin.as_mut().unwrap(), "{what}").unwrap();
        self.read()
    }

    /// A token that somebody was given, signed by the provider.
    fn token(&mut self, claims: Value) -> String {
        self.tell(json!({"do": "token", "claims": claims}))["token"].as_str().unwrap().to_owned()
    }

    /// A token that the provider gives a client over its own protocol.
    fn granted(&mut self) -> String {
        self.tell(json!({"do": "grant"}))["token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn trusted(issuer: &str) -> Issuer {
    serde_json::from_value(json!({
        "issuer": issuer, "audience": "https://node.test/api", "keep_keys": 3600, "ask_again": 0,
        "rules": [
            {"claims": {"org": "oslo-kommune"}, "tenant": "oslo", "role": "viewer"},
            {"claims": {"org": "oslo-kommune", "affiliation": "librarian"}, "tenant": "oslo", "role": "editor"},
            {"claims": {"org": "bergen-kommune"}, "tenant": "bergen", "role": "admin"},
            {"claims": {"client_id": "integration"}, "tenant": "oslo", "role": "contributor"},
        ],
    }))
    .unwrap()
}

async fn node(kind: Kind, issuer: Issuer) -> (TestNode, TenantId, TenantId) {
    let node = TestNode::start_trusting(kind, Issuers::new(&[issuer]).expect("issuers")).await;
    let oslo = node.tenant("oslo").await.tenant;
    let bergen = node.tenant("bergen").await.tenant;
    (node, oslo, bergen)
}

async fn exchange(node: &TestNode, token: &str, more: &[(&str, &str)]) -> Answer {
    let nobody = node.anonymous();
    let mut form = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
    ];
    form.extend(more);
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await
}

async fn caller(node: &TestNode, token: &str, tenant: TenantId) -> Client {
    let answer = exchange(node, token, &[]).await.ok();
    assert_eq!(answer["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(900)));
    Client::new(&node.address, answer["access_token"].as_str().map(str::to_owned), tenant)
}

#[rstest]
#[actix_web::test]
async fn somebody_signs_in_through_a_provider(#[values(Sqlite, Postgres)] kind: Kind) {
    let mut provider = Provider::start();
    let (node, oslo, _) = node(kind, trusted(&provider.issuer)).await;
    node.watch();
    let token =
        provider.token(json!({"sub": "kari", "org": "oslo-kommune", "affiliation": ["staff", "librarian"]}));
    let kari = caller(&node, &token, oslo).await;
    let me = kari.get("/me").await.ok();
    assert_eq!((&me["role"], &me["tenant"]["slug"]), (&json!("editor"), &json!("oslo")));
    // Seen once, as a pseudonym that stays the same.
    let admin = node.client(oslo, Role::Admin);
    let seen = admin.get("/principals").await.ok();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["role"]), (&me["principal"], &json!("editor")));
    assert!(!seen.to_string().contains("kari"));
    let again = provider.token(json!({"sub": "kari", "org": "oslo-kommune"}));
    let less = caller(&node, &again, oslo).await.get("/me").await.ok();
    assert_eq!((&less["role"], &less["principal"]), (&json!("viewer"), &me["principal"]));
    assert_eq!(admin.get("/principals").await.ok()["items"][0]["role"], "viewer");
    kari.get("/principals").await.problem(403, "forbidden");
    // Narrower when asked.
    let narrow = exchange(&node, &again, &[("scope", "competence:read")]).await.ok();
    assert_eq!(narrow["scope"], "competence:read");
    exchange(&node, &again, &[("scope", "all")]).await.problem(400, "invalid_scope");
    // A token that the provider's own protocol gave.
    let granted = provider.granted();
    assert_eq!(caller(&node, &granted, oslo).await.get("/me").await.ok()["role"], "contributor");
    // Blocked: what it holds is refused, and it gets no more.
    let path = format!("/principals/{}", me["principal"].as_str().unwrap());
    let blocked = admin.post_from(&format!("{path}/block"), 1, json!(null)).await.ok();
    assert!(blocked["blockedAt"].is_string());
    exchange(&node, &token, &[]).await.problem(403, "no_library");
    for _ in 0..100 {
        if kari.get("/me").await.status == 401 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    kari.get("/me").await.problem(401, "invalid_token");
    admin.post_from(&format!("{path}/unblock"), 2, json!(null)).await.ok();
    tokio::time::sleep(std::time::Duration::from_millis(6_100)).await;
    caller(&node, &token, oslo).await.get("/me").await.ok();
}

#[rstest]
#[actix_web::test]
async fn a_library_is_given_by_rules_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let mut provider = Provider::start();
    let (node, _, bergen) = node(kind, trusted(&provider.issuer)).await;
    for nobody in [
        json!({"sub": "x"}),
        json!({"sub": "x", "org": "tromso-kommune"}),
        json!({"sub": "x", "email": "x@oslo-kommune"}),
        json!({"sub": "x", "org": "Oslo-kommune"}),
    ] {
        let token = provider.token(nobody);
        exchange(&node, &token, &[]).await.problem(403, "no_library");
    }
    let both = provider.token(json!({"sub": "ola", "org": ["oslo-kommune", "bergen-kommune"]}));
    let which = exchange(&node, &both, &[]).await.problem(400, "several_libraries");
    assert!(which["detail"].as_str().unwrap().contains("bergen, oslo"), "{which}");
    let answer = exchange(&node, &both, &[("tenant", "bergen")]).await.ok();
    let ola = Client::new(&node.address, answer["access_token"].as_str().map(str::to_owned), bergen);
    assert_eq!(ola.get("/me").await.ok()["role"], "admin");
    exchange(&node, &both, &[("tenant", "tromso")]).await.problem(403, "no_library");
    // A suspended library lets nobody in.
    node.operator().post_from(&format!("/tenants/{bergen}/suspend"), 1, json!(null)).await.ok();
    exchange(&node, &both, &[("tenant", "bergen")]).await.problem(403, "no_library");
}

#[rstest]
#[actix_web::test]
async fn whom_no_rule_knows_is_invited_once_and_let_in_from_then_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let mut provider = Provider::start();
    let (node, oslo, bergen) = node(kind, trusted(&provider.issuer)).await;
    let invited = json!({"tenantId": oslo, "role": "admin"});
    let made = node.operator().post("/access-invitations", invited).await.made();
    let with = |made: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        [("client_id", text(&made["invitation"]["clientId"])), ("client_secret", text(&made["clientSecret"]))]
    };
    let pair = with(&made);
    let pair: Vec<(&str, &str)> = pair.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let token = provider.token(json!({"sub": "turid"}));
    exchange(&node, &token, &[]).await.problem(403, "no_library");
    exchange(&node, &token, &[("tenant", "oslo")]).await.problem(403, "no_library");
    // Not with a provider's token that is no good: the invitation is not used up by it.
    exchange(&node, &provider.token(json!({"sub": "turid", "aud": "x"})), &pair)
        .await
        .problem(400, "invalid_grant");
    let wrong = [pair[0], ("client_secret", "sv_x")];
    exchange(&node, &token, &wrong).await.problem(401, "invalid_client");
    exchange(&node, &token, &[("client_id", "x"), ("client_secret", "x")])
        .await
        .problem(401, "invalid_client");
    let answer = exchange(&node, &token, &pair).await.ok();
    let turid = Client::new(&node.address, answer["access_token"].as_str().map(str::to_owned), oslo);
    let me = turid.get("/me").await.ok();
    assert_eq!((&me["role"], &me["tenant"]["slug"]), (&json!("admin"), &json!("oslo")));
    // Used: by nobody else, and by herself no second time.
    let other = provider.token(json!({"sub": "knut"}));
    exchange(&node, &other, &pair).await.problem(401, "invalid_client");
    exchange(&node, &token, &pair).await.problem(401, "invalid_client");
    // From then on she says which library, and is let in there alone.
    let again = exchange(&node, &token, &[("tenant", "oslo")]).await.ok();
    let turid = Client::new(&node.address, again["access_token"].as_str().map(str::to_owned), oslo);
    assert_eq!(turid.get("/me").await.ok()["principal"], me["principal"]);
    exchange(&node, &token, &[("tenant", "bergen")]).await.problem(403, "no_library");
    exchange(&node, &other, &[("tenant", "oslo")]).await.problem(403, "no_library");
    // A rule that gives less does not take away what she was given; a new invitation does.
    let ruled = provider.token(json!({"sub": "turid", "org": "oslo-kommune"}));
    assert_eq!(caller(&node, &ruled, oslo).await.get("/me").await.ok()["role"], "admin");
    let less = turid.post("/access-invitations", json!({"role": "contributor"})).await.made();
    let pair = with(&less);
    let pair: Vec<(&str, &str)> = pair.iter().map(|(name, value)| (*name, value.as_str())).collect();
    exchange(&node, &token, &pair).await.ok();
    assert_eq!(caller(&node, &ruled, oslo).await.get("/me").await.ok()["role"], "contributor");
    // Blocked she is not let in, invited or not.
    let admin = node.client(oslo, Role::Admin);
    let path = format!("/principals/{}/block", me["principal"].as_str().unwrap());
    admin.post_from(&path, 1, json!(null)).await.ok();
    let third = admin.post("/access-invitations", json!({"role": "viewer"})).await.made();
    let pair = with(&third);
    let pair: Vec<(&str, &str)> = pair.iter().map(|(name, value)| (*name, value.as_str())).collect();
    exchange(&node, &token, &pair).await.problem(403, "no_library");
    assert!(
        node.client(bergen, Role::Admin).get("/principals").await.ok()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[actix_web::test]
async fn what_is_not_for_this_node_is_refused() {
    let mut provider = Provider::start();
    let (node, _, _) = node(Sqlite, trusted(&provider.issuer)).await;
    let now = samvirke::when::now().timestamp();
    let oslo = |more: Value| {
        let mut claims = json!({"sub": "kari", "org": "oslo-kommune"});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let good = provider.token(oslo(json!({})));
    exchange(&node, &good, &[]).await.ok();
    let odd = [
        json!({"aud": "https://other.test/api"}),
        json!({"aud": ["https://node.test/api", "https://other.test/api"]}),
        json!({"aud": null}),
        json!({"aud": [1]}),
        json!({"iss": "https://other.test"}),
        json!({"exp": now - 6}),
        json!({"exp": null}),
        json!({"exp": "later"}),
        json!({"exp": now + 25 * 3600}),
        json!({"iat": null}),
        json!({"iat": now + 60}),
        json!({"nbf": now + 60}),
        json!({"nbf": "now"}),
        json!({"sub": ""}),
        json!({"sub": null}),
        json!({"sub": 7}),
        json!({"sub": "x".repeat(300)}),
    ];
    for claims in odd {
        let token = provider.token(oslo(claims.clone()));
        assert_eq!(exchange(&node, &token, &[]).await.status, 400, "{claims}");
    }
    for header in [
        json!({"crit": ["x"]}),
        json!({"jku": "https://evil.test"}),
        json!({"jwk": {}}),
        json!({"typ": "logout+jwt"}),
        json!({"kid": "none"}),
        json!({"kid": null}),
    ] {
        let told = json!({"do": "token", "claims": oslo(json!({})), "header": header});
        let token = provider.tell(told)["token"].as_str().unwrap().to_owned();
        assert_eq!(exchange(&node, &token, &[]).await.status, 400, "{header}");
    }
    // Another key under the same name, a broken signature, no token at all, and one of our own.
    let forged = provider.tell(json!({"do": "forge", "claims": oslo(json!({}))}))["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let half = good.rsplit_once('.').unwrap().0;
    let own = node.operator().token().unwrap().to_owned();
    for token in
        [forged, format!("{half}."), format!("{half}.AAAA"), half.to_owned(), "x".into(), String::new(), own]
    {
        let answer = exchange(&node, &token, &[]).await;
        assert_eq!(answer.status, 400, "{token}: {}", answer.text);
    }
    exchange(&node, &"x.".repeat(20_000), &[]).await.problem(400, "invalid_grant");
    exchange(&node, &good, &[("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")])
        .await
        .problem(400, "malformed_request");
}

#[actix_web::test]
async fn keys_change_and_the_provider_goes_away() {
    let mut provider = Provider::start();
    let (node, oslo, _) = node(Sqlite, trusted(&provider.issuer)).await;
    let claims = || json!({"sub": "kari", "org": "oslo-kommune"});
    let before = provider.token(claims());
    caller(&node, &before, oslo).await;
    // A new key that the node has not seen makes it ask again.
    provider.tell(json!({"do": "rotate"}));
    let after = provider.token(claims());
    assert_ne!(before.split('.').next(), after.split('.').next());
    caller(&node, &after, oslo).await;
    // The old one is withdrawn with the keys that the node has asked for since.
    exchange(&node, &before, &[]).await.problem(400, "invalid_grant");
    // Away: the keys that are known go on; an unknown one is refused, and the node lives.
    provider.tell(json!({"do": "away"}));
    caller(&node, &after, oslo).await;
    let unknown = json!({"do": "token", "claims": claims(), "header": {"kid": "unheard-of"}});
    let token = provider.tell(unknown)["token"].as_str().unwrap().to_owned();
    exchange(&node, &token, &[]).await.problem(400, "invalid_grant");
    // A node that never reached it says so.
    let (other, _, _) = self::node(Sqlite, trusted(&provider.issuer)).await;
    let away = exchange(&other, &after, &[]).await;
    assert_eq!(away.header("retry-after"), "2");
    away.problem(503, "unavailable");
    // Back again.
    provider.tell(json!({"do": "back"}));
    caller(&other, &after, oslo).await;
}
