//! An integration signs in with a key of its own: what it signs is for this node alone, for minutes, and good once.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use futures_util::future::join_all;
use samvirke::{auth::assertion, when};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Kind, Postgres, Sqlite, TestNode, rstest};

const ISSUER: &str = "https://node.test";

/// An integration with its key.
pub struct Machine {
    pair: Ed25519KeyPair,
    pub client_id: String,
}

impl Machine {
    pub fn new() -> Self {
        Self { pair: Ed25519KeyPair::generate().unwrap(), client_id: String::new() }
    }

    /// One with an account of this library.
    pub async fn of(admin: &Client) -> Self {
        let mut machine = Self::new();
        let body = json!({"role": "editor", "label": "Nettstedet", "publicKey": machine.jwk()});
        let made = admin.post("/service-accounts", body).await.made();
        machine.client_id = made["account"]["clientId"].as_str().unwrap().to_owned();
        machine
    }

    fn public(&self) -> String {
        BASE64.encode(self.pair.public_key().as_ref())
    }

    fn jwk(&self) -> String {
        json!({"kty": "OKP", "crv": "Ed25519", "x": self.public()}).to_string()
    }

    fn pem(&self) -> String {
        use base64::engine::general_purpose::STANDARD;
        let der = [
            &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..],
            self.pair.public_key().as_ref(),
        ];
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der.concat()))
    }

    /// As good as it gets.
    pub fn claims(&self) -> Value {
        let now = when::now().timestamp();
        let id = &self.client_id;
        let jti = uuid::Uuid::new_v4();
        json!({"iss": id, "sub": id, "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 120})
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_under(&json!({"alg": "EdDSA", "typ": assertion::TYPE}), claims)
    }

    fn sign_under(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        format!("{message}.{}", BASE64.encode(self.pair.sign(message.as_bytes())))
    }
}

fn form(assertion: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_assertion_type", assertion::ASSERTION_TYPE.to_owned()),
        ("client_assertion", assertion.to_owned()),
    ]
}

async fn ask(address: &str, form: &[(&'static str, String)]) -> Answer {
    let nobody = Client::new(address, None, samvirke::id::TenantId::NODE);
    nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(form)).await
}

#[rstest]
#[actix_web::test]
async fn an_integration_signs_in_with_its_key(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let mut machine = Machine::new();
    let body = json!({"role": "editor", "label": "x", "publicKey": machine.pem()});
    let made = oslo.post("/service-accounts", body).await.made();
    assert_eq!(made.get("clientSecret"), None, "there is no secret");
    assert_eq!(made["account"]["publicKeyId"].as_str().unwrap().len(), 43);
    machine.client_id = made["account"]["clientId"].as_str().unwrap().to_owned();
    let metadata = node.anonymous();
    let path = "/.well-known/oauth-authorization-server";
    let metadata = metadata.send(metadata.request(reqwest::Method::GET, path)).await.ok();
    assert_eq!(metadata["token_endpoint_auth_methods_supported"][0], "private_key_jwt");
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], json!(["EdDSA"]));
    assert_eq!(metadata["issuer"], ISSUER);

    let token = ask(&node.address, &form(&machine.sign(&machine.claims()))).await.ok();
    assert_eq!(token["token_type"], "Bearer");
    let site = Client::new(&node.address, token["access_token"].as_str().map(str::to_owned), oslo.tenant);
    assert_eq!(site.get("/me").await.ok()["principal"], made["account"]["id"]);
    // With its name said twice, and a key's name that the node does not ask for.
    let mut named = form(
        &machine
            .sign_under(&json!({"alg": "EdDSA", "typ": assertion::TYPE, "kid": "2026"}), &machine.claims()),
    );
    named.extend([("client_id", machine.client_id.clone()), ("scope", "project:read".into())]);
    assert_eq!(ask(&node.address, &named).await.ok()["scope"], "project:read");

    // The one way or the other, and not both; and a secret of nothing is none.
    let refused = async |form: &[(&'static str, String)]| {
        ask(&node.address, form).await.problem(401, "invalid_client");
    };
    let mut both = form(&machine.sign(&machine.claims()));
    both.extend([("client_id", machine.client_id.clone()), ("client_secret", "x".into())]);
    refused(&both).await;
    for secret in ["", "x", &machine.public()] {
        let by_secret = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", machine.client_id.clone()),
            ("client_secret", secret.to_owned()),
        ];
        refused(&by_secret).await;
    }
    let mut other_name = form(&machine.sign(&machine.claims()));
    other_name.push(("client_id", uuid::Uuid::new_v4().to_string()));
    refused(&other_name).await;
    let mut other_kind = form(&machine.sign(&machine.claims()));
    other_kind[1].1 = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer".into();
    refused(&other_kind).await;
    refused(&form(&machine.sign(&machine.claims()))[..2]).await;
    // A stranger in its name, and an account that has a secret.
    let stranger = Machine { client_id: machine.client_id.clone(), ..Machine::new() };
    refused(&form(&stranger.sign(&stranger.claims()))).await;
    let by_secret = oslo.post("/service-accounts", json!({"role": "viewer", "label": "y"})).await.made();
    let client_id = by_secret["account"]["clientId"].as_str().unwrap().to_owned();
    let stranger = Machine { client_id, ..Machine::new() };
    refused(&form(&stranger.sign(&stranger.claims()))).await;
    let nobody = Machine { client_id: uuid::Uuid::new_v4().to_string(), ..Machine::new() };
    refused(&form(&nobody.sign(&nobody.claims()))).await;

    // What is wrong with a statement by itself is in the unit's own tests; here that each is asked about at all.
    let now = when::now().timestamp();
    type Spoil = fn(&mut Value, i64);
    let spoils: [(&str, Spoil); 9] = [
        ("aud of the token endpoint", |c, _| c["aud"] = format!("{ISSUER}/oauth2/token").into()),
        ("aud as a list", |c, _| c["aud"] = json!([ISSUER])),
        ("aud of another node", |c, _| c["aud"] = "https://elsewhere.test".into()),
        ("another iss", |c, _| c["iss"] = "x".into()),
        ("over", |c, now| (c["iat"], c["exp"]) = ((now - 200).into(), (now - 31).into())),
        ("good for an hour", |c, now| c["exp"] = (now + 3600).into()),
        ("of the future", |c, now| (c["iat"], c["exp"]) = ((now + 60).into(), (now + 120).into())),
        ("without jti", |c, _| drop(c.as_object_mut().unwrap().remove("jti"))),
        ("without exp", |c, _| drop(c.as_object_mut().unwrap().remove("exp"))),
    ];
    for (name, spoil) in spoils {
        let mut claims = machine.claims();
        spoil(&mut claims, now);
        println!("{name}");
        refused(&form(&machine.sign(&claims))).await;
    }
    // Of a token of ours, and of no statement at all.
    for text in [site.token().unwrap(), "", "a.b.c", &"x".repeat(5000)] {
        refused(&form(text)).await;
    }
    ask(&node.address, &form(&machine.sign(&machine.claims()))).await.ok();
    // A statement is no token.
    let claims = machine.claims();
    let as_token = Client::new(&node.address, Some(machine.sign(&claims)), oslo.tenant);
    as_token.get("/me").await.problem(401, "invalid_token");
    let revoke = format!("/service-accounts/{}/revoke", made["account"]["id"].as_str().unwrap());
    oslo.post_from(&revoke, 1, json!({})).await.ok();
    refused(&form(&machine.sign(&machine.claims()))).await;
}

#[rstest]
#[actix_web::test]
async fn a_statement_is_good_once_on_any_process(#[values(Sqlite, Postgres)] kind: Kind) {
    const COPIES: usize = 12;
    let node = TestNode::start(kind).await;
    let beside = node.process_beside(node.app.tokens.keys().clone()).await;
    let oslo = node.tenant("oslo").await;
    let machine = Machine::of(&oslo).await;
    let claims = machine.claims();
    let once = form(&machine.sign(&claims));
    ask(&node.address, &once).await.ok();
    ask(&node.address, &once).await.problem(401, "invalid_client");
    ask(&beside, &once).await.problem(401, "invalid_client");
    // Signed again, with other times: the same statement still.
    let mut again = claims.clone();
    again["exp"] = json!(again["exp"].as_i64().unwrap() + 1);
    ask(&beside, &form(&machine.sign(&again))).await.problem(401, "invalid_client");
    // Another client may happen upon the same id.
    let other = Machine::of(&oslo).await;
    let mut same = other.claims();
    same["jti"] = claims["jti"].clone();
    ask(&node.address, &form(&other.sign(&same))).await.ok();
    // All at once, on both.
    for _ in 0..3 {
        let once = form(&machine.sign(&machine.claims()));
        let copies = (0..COPIES).map(|n| ask(if n % 2 == 0 { &node.address } else { &beside }, &once));
        let answers: Vec<u16> = join_all(copies).await.iter().map(|a| a.status.as_u16()).collect();
        let taken = answers.iter().filter(|status| **status == 200).count();
        assert_eq!((taken, answers.iter().filter(|status| **status == 401).count()), (1, COPIES - 1));
    }
    // One that was refused for another reason is not used up.
    let claims = machine.claims();
    let mut spoilt = claims.clone();
    spoilt["aud"] = "https://elsewhere.test".into();
    ask(&node.address, &form(&machine.sign(&spoilt))).await.problem(401, "invalid_client");
    ask(&node.address, &form(&machine.sign(&claims))).await.ok();
    // Written down by a hash, and not for long.
    let count =
        async || node.database.raw("SELECT CAST(count(*) AS text) FROM used_assertion").await.remove(0);
    assert_eq!(count().await, "6");
    samvirke::tenancy::sweep(&node.app.db).await.unwrap();
    assert_eq!(count().await, "6", "one that might come again is kept");
    node.database.raw("UPDATE used_assertion SET expires_at = '2026-01-02T03:04:05+00:00'").await;
    samvirke::tenancy::sweep(&node.app.db).await.unwrap();
    assert_eq!(count().await, "0");
}

#[rstest]
#[actix_web::test]
async fn a_key_follows_a_secret_and_another_key_follows_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let made = oslo.post("/service-accounts", json!({"role": "viewer", "label": "x"})).await.made();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let client_id = word(&made["account"]["clientId"]);
    let secret = |issued: &Value| {
        vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", client_id.clone()),
            ("client_secret", word(&issued["clientSecret"])),
        ]
    };
    let [first, second] = [(); 2].map(|_| Machine { client_id: client_id.clone(), ..Machine::new() });
    let by_key = async |machine: &Machine| ask(&node.address, &form(&machine.sign(&machine.claims()))).await;
    let path = format!("/service-accounts/{}/rotate-secret", word(&made["account"]["id"]));
    ask(&node.address, &secret(&made)).await.ok();
    by_key(&first).await.problem(401, "invalid_client");
    for (text, code) in [("sv_x", "ed25519_key"), (r#"{"kty":"oct","k":"c2VjcmV0"}"#, "private_key")] {
        let fault = oslo.post_from(&path, 1, json!({"publicKey": text})).await.problem(422, "invalid_input");
        assert_eq!(
            (&fault["errors"][0]["pointer"], &fault["errors"][0]["code"]),
            (&json!("/publicKey"), &json!(code))
        );
    }
    let body = json!({"publicKey": first.jwk(), "overlapHours": 1});
    let rotated = oslo.post_from(&path, 1, body).await.ok();
    assert_eq!(rotated.get("clientSecret"), None);
    by_key(&first).await.ok();
    ask(&node.address, &secret(&made)).await.ok();
    // Over GraphQL, from key to key; the secret is over.
    let query = "mutation($id: ID!, $i: SecretRotation!) { rotateServiceAccountSecret(id: $id, expectedVersion: 2, \
        input: $i) { account { publicKeyId version } clientSecret } }";
    let input = json!({"id": made["account"]["id"], "i": {"publicKey": second.jwk(), "overlapHours": 1}});
    let data = oslo.data(query, input).await;
    let account = &data["rotateServiceAccountSecret"]["account"];
    assert!(
        account["publicKeyId"].is_string() && account["publicKeyId"] != rotated["account"]["publicKeyId"]
    );
    by_key(&first).await.ok();
    by_key(&second).await.ok();
    ask(&node.address, &secret(&made)).await.problem(401, "invalid_client");
    // Without an overlap, back to a secret.
    let issued = oslo.post_from(&path, 3, json!({})).await.ok();
    assert_eq!(issued["account"].get("publicKeyId"), None);
    by_key(&first).await.problem(401, "invalid_client");
    by_key(&second).await.problem(401, "invalid_client");
    ask(&node.address, &secret(&issued)).await.ok();
}
