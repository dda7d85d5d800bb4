//! Signing in with a key instead of a secret (`private_key_jwt`, RFC 7523 with the audience rules of RFC 10070): the client
//! signs a short statement for this node, and the node knows its public key. The statement is good once.
//!
//! As with our own tokens, the library checks the signature alone.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use sea_orm::entity::prelude::*;
use serde::Deserialize;

use crate::id::{ServiceAccountId, TenantId};

/// What a form says beside the statement.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Of the statement: no other kind of token is taken for one.
pub const TYPE: &str = "client-authentication+jwt";
/// A client's clock may differ by this much, in seconds.
pub const LEEWAY: i64 = 30;
/// How long a statement may be good for, in seconds.
pub const LIFE: i64 = 5 * 60;
const MAX_LENGTH: usize = 2048;
const MAX_ID: usize = 128;

/// Statements that were used, by the hash of their id: none is good twice, on any process of the node.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "used_assertion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: ServiceAccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti_hash: String,
    pub expires_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    jti: String,
    iat: i64,
    exp: i64,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<i64>,
}

/// A number where the claim is there: null is none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}

/// What a good statement leaves to be written down.
#[derive(Debug, PartialEq, Eq)]
pub struct Once {
    pub jti_hash: String,
    pub expires_at: DateTime<Utc>,
}

/// Who says to have made it: only to look up whose key it must be.
pub fn client(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    if assertion.len() > MAX_LENGTH {
        return None;
    }
    let claims = BASE64.decode(assertion.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Subject>(&claims).ok().map(|claims| claims.sub)
}

/// Checks a client's statement for this node against its public keys.
pub fn verify(
    assertion: &str,
    client: &str,
    issuer: &str,
    keys: &[&str],
    now: DateTime<Utc>,
) -> Option<Once> {
    if assertion.len() > MAX_LENGTH {
        return None;
    }
    check_header(assertion)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = keys.iter().find_map(|key| {
        let key = DecodingKey::from_ed_der(&BASE64.decode(key).ok()?);
        Some(jsonwebtoken::decode::<Claims>(assertion, &key, &validation).ok()?.claims)
    })?;
    let second = now.timestamp();
    let good = claims.iss == client
        && claims.sub == client
        // One string: whoever else it was for could hand it on to us.
        && claims.aud == issuer
        && (1..=MAX_ID).contains(&claims.jti.len())
        && second < claims.exp.saturating_add(LEEWAY)
        && claims.exp <= second.saturating_add(LIFE + LEEWAY)
        && claims.iat <= second.saturating_add(LEEWAY)
        && (0..=LIFE).contains(&claims.exp.saturating_sub(claims.iat))
        && claims.nbf.is_none_or(|nbf| nbf <= second.saturating_add(LEEWAY));
    if !good {
        return None;
    }
    let jti_hash = BASE64.encode(digest::digest(&digest::SHA256, claims.jti.as_bytes()));
    Some(Once { jti_hash, expires_at: DateTime::from_timestamp(claims.exp, 0)? })
}

/// Algorithm and type, a key's name when the client wishes, and nothing else (no crit, jku, x5u, jwk, b64).
fn check_header(assertion: &str) -> Option<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        alg: String,
        typ: String,
        #[serde(default)]
        #[allow(dead_code, reason = "which of its keys it was is found by trying: there are two at most")]
        kid: Option<String>,
    }
    let mut parts = assertion.split('.');
    let header = parts.next()?;
    if parts.count() != 2 {
        return None;
    }
    let header: Strict = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    (header.alg == "EdDSA" && header.typ == TYPE).then_some(())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::{Value, json};

    use super::*;
    use crate::when;

    const US: &str = "https://node.example";

    struct Client {
        pair: Ed25519KeyPair,
        public: String,
    }

    impl Client {
        fn new() -> Self {
            let pair = Ed25519KeyPair::generate().unwrap();
            let public = BASE64.encode(pair.public_key().as_ref());
            Self { pair, public }
        }

        fn sign(&self, header: &str, claims: &str) -> String {
            let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
            format!("{message}.{}", BASE64.encode(self.pair.sign(message.as_bytes())))
        }
    }

    fn good(now: i64) -> (Value, Value) {
        let claims =
            json!({"iss": "c", "sub": "c", "aud": US, "jti": "j", "iat": now, "exp": now + 60, "nbf": now});
        (json!({"alg": "EdDSA", "typ": TYPE}), claims)
    }

    #[test]
    fn the_edges_of_time_are_where_they_are_said_to_be() {
        let client = Client::new();
        let now = when::now();
        let at = now.timestamp();
        let says = |name: &str, iat: i64, exp: i64, nbf: i64| {
            let (header, mut claims) = good(at);
            (claims["iat"], claims["exp"], claims["nbf"]) =
                ((at + iat).into(), (at + exp).into(), (at + nbf).into());
            let signed = client.sign(&header.to_string(), &claims.to_string());
            let taken = verify(&signed, "c", US, &[&client.public], now).is_some();
            println!("{name}: {taken}");
            taken
        };
        for (name, iat, exp, nbf, taken) in [
            ("ended just so long ago", -200, -LEEWAY + 1, 0, true),
            ("ended too long ago", -200, -LEEWAY, 0, false),
            ("made just so far ahead", LEEWAY, LEEWAY + 60, 0, true),
            ("made too far ahead", LEEWAY + 1, LEEWAY + 60, 0, false),
            ("begins just so far ahead", 0, 60, LEEWAY, true),
            ("begins too far ahead", 0, 60, LEEWAY + 1, false),
            ("good for just so long", 0, LIFE, 0, true),
            ("good for too long", 0, LIFE + 1, 0, false),
            ("good for just so long, by a clock that is ahead", LEEWAY, LEEWAY + LIFE, 0, true),
            ("over before it was made", 10, 9, 0, false),
        ] {
            assert_eq!(says(name, iat, exp, nbf), taken, "{name}");
        }
    }

    #[test]
    fn it_is_taken_whole_or_not_at_all() {
        let client = Client::new();
        let now = when::now();
        let taken = |header: &Value, claims: &Value| {
            let signed = client.sign(&header.to_string(), &claims.to_string());
            verify(&signed, "c", US, &[&client.public], now).is_some()
        };
        let (header, claims) = good(now.timestamp());
        assert!(taken(&header, &claims));
        let mut without = claims.clone();
        without.as_object_mut().unwrap().remove("nbf");
        assert!(taken(&header, &without), "the one claim that may be left out");
        for name in claims.as_object().unwrap().keys() {
            for wrong in [json!(null), json!(["x"]), json!({}), json!(true), json!(1e300), json!("")] {
                let mut claims = claims.clone();
                claims[name] = wrong.clone();
                assert!(!taken(&header, &claims), "{name}: {wrong}");
            }
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(taken(&header, &claims), name == "nbf", "without {name}");
        }
        for (name, value) in [
            ("aud", json!([US])),
            ("aud", json!(format!("{US}/oauth2/token"))),
            ("aud", json!(format!("{US}/"))),
            ("aud", json!(format!("{US}/api"))),
            ("iss", json!("d")),
            ("sub", json!("d")),
            ("jti", json!("j".repeat(MAX_ID + 1))),
        ] {
            let mut claims = claims.clone();
            claims[name] = value.clone();
            assert!(!taken(&header, &claims), "{name}: {value}");
        }
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("HS256")),
            ("alg", json!("Ed25519")),
            ("typ", json!("JWT")),
            ("typ", json!("at+jwt")),
            ("crit", json!(["exp"])),
            ("jku", json!("https://evil.example")),
            ("x5u", json!("https://evil.example")),
            ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": client.public})),
            ("b64", json!(false)),
            ("kid", json!(1)),
        ] {
            let mut header = header.clone();
            header[name] = value.clone();
            assert!(!taken(&header, &claims), "{name}: {value}");
        }
        // Another client's key, no key, and the one before.
        let signed = client.sign(&header.to_string(), &claims.to_string());
        let other = Client::new();
        assert_eq!(verify(&signed, "c", US, &[&other.public], now), None);
        assert_eq!(verify(&signed, "c", US, &[], now), None);
        assert!(verify(&signed, "c", US, &[&other.public, &client.public], now).is_some());
        assert!(verify(&format!("{signed}="), "c", US, &[&client.public], now).is_none());
    }
}
