//! Access tokens of this node (RFC 9068, JWT): made after a service account signed in, and verified in one
//! function that refuses whatever it does not know. The library checks the signature; the claims are checked
//! here, because the library lets pass what it was told to require (no audience, an unknown `crit`, any `typ`).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Caller, Keys, Role, Scopes};
use crate::{
    error::{Code, Error, Result},
    id::{ServiceAccountId, TenantId},
};

/// How long a token lives, in seconds.
pub const LIFE: i64 = 15 * 60;
/// Clocks may differ by this much, in seconds.
pub(super) const LEEWAY: i64 = 5;
const TYPE: &str = "at+jwt";
/// A token of ours is about 500 bytes.
const MAX_LENGTH: usize = 2048;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    client_id: String,
    tenant: TenantId,
    role: Role,
    /// Left out: all that the role may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// What a token says of its holder.
pub struct Holder<'h> {
    pub subject: Uuid,
    pub client_id: &'h str,
    pub tenant: TenantId,
    pub role: Role,
    pub scopes: Scopes,
}

/// A verified token.
pub struct Verified {
    pub caller: Caller,
    pub subject: Uuid,
    pub issued: i64,
}

/// Makes and verifies the tokens of one node.
#[derive(Clone, Debug)]
pub struct Tokens {
    keys: Keys,
    issuer: String,
    audience: String,
}

impl Tokens {
    /// `base` is the node's public address: the issuer, and with `/api` the only audience.
    pub fn new(keys: Keys, base: &str) -> Self {
        let issuer = base.trim_end_matches('/').to_owned();
        Self { keys, audience: format!("{issuer}/api"), issuer }
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for an account that has just proved itself, living `life` seconds.
    pub fn issue(
        &self,
        account: ServiceAccountId,
        client_id: &str,
        tenant: TenantId,
        role: Role,
        now: DateTime<Utc>,
        life: i64,
    ) -> Result<String> {
        self.sign(&Holder { subject: account.0, client_id, tenant, role, scopes: Scopes::ALL }, now, life)
    }

    pub fn sign(&self, holder: &Holder<'_>, now: DateTime<Utc>, life: i64) -> Result<String> {
        let now = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: holder.subject,
            jti: Uuid::now_v7(),
            iat: now,
            nbf: now,
            exp: now + life,
            client_id: holder.client_id.to_owned(),
            tenant: holder.tenant,
            role: holder.role,
            scope: holder.scopes.list(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        let signer = self.keys.signer();
        header.kid = Some(signer.kid().into());
        jsonwebtoken::encode(&header, &claims, signer.key()).map_err(Error::internal)
    }

    /// The caller that a token names, or a refusal that does not say why.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified> {
        let refuse = || Error::new(Code::InvalidToken);
        if token.len() > MAX_LENGTH {
            return Err(refuse());
        }
        let kid = check_header(token).ok_or_else(refuse)?;
        let key = self.keys.for_tokens(&kid, now).ok_or_else(refuse)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|e| refuse().because(e))?.claims;
        let now = now.timestamp();
        let good = claims.iss == self.issuer
            && claims.aud == self.audience
            && now < claims.exp.saturating_add(LEEWAY)
            && claims.nbf <= now.saturating_add(LEEWAY)
            && claims.iat <= now.saturating_add(LEEWAY)
            && claims.exp.saturating_sub(claims.iat) <= MAX_LIFE
            && (claims.tenant == TenantId::NODE) == (claims.role == Role::Operator);
        if !good {
            return Err(refuse());
        }
        let scopes = match &claims.scope {
            None => Scopes::ALL,
            Some(list) => Scopes::parse(list).map_err(|_| refuse())?,
        };
        let caller = Caller::within(claims.tenant, claims.sub.to_string(), claims.role, scopes);
        Ok(Verified { caller, subject: claims.sub, issued: claims.iat })
    }
}

/// Exactly our header: algorithm, type, key, and nothing else (no crit, jku, x5u, jwk, b64). Gives the key's name.
fn check_header(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        alg: String,
        typ: String,
        kid: String,
    }
    let mut parts = token.split('.');
    let header = parts.next()?;
    if parts.count() != 2 {
        return None;
    }
    let header: Strict = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
    (header.alg == "EdDSA" && header.typ == TYPE).then_some(header.kid)
}

/// Tokens printed by `demo` and `token` for a person to try live longer, but never past a working day.
pub const MAX_LIFE: i64 = 12 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::when;

    fn tokens() -> Tokens {
        Tokens::new(Keys::fresh().unwrap(), "https://node.example/")
    }

    fn signed(tokens: &Tokens, header: serde_json::Value, claims: serde_json::Value) -> String {
        let part = |v: &serde_json::Value| BASE64.encode(v.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), tokens.keys.signer().key(), Algorithm::EdDSA)
                .unwrap();
        format!("{message}.{signature}")
    }

    fn good(tokens: &Tokens) -> (serde_json::Value, serde_json::Value) {
        let now = when::now().timestamp();
        let header = serde_json::json!({"alg": "EdDSA", "typ": TYPE, "kid": tokens.keys.kid()});
        let claims = serde_json::json!({
            "iss": "https://node.example", "aud": "https://node.example/api", "sub": Uuid::now_v7(), "jti": Uuid::now_v7(),
            "iat": now, "nbf": now, "exp": now + 60, "client_id": "c", "tenant": Uuid::now_v7(), "role": "editor",
        });
        (header, claims)
    }

    #[test]
    fn a_good_token_names_its_caller() {
        let tokens = tokens();
        let (header, claims) = good(&tokens);
        let caller = tokens.verify(&signed(&tokens, header, claims), when::now()).unwrap().caller;
        assert_eq!(caller.role(), Role::Editor);
        let tenant = TenantId::new();
        let token =
            tokens.issue(ServiceAccountId::new(), "c", tenant, Role::Viewer, when::now(), LIFE).unwrap();
        assert_eq!(tokens.verify(&token, when::now()).unwrap().caller.tenant(), tenant);
    }

    #[test]
    fn every_missing_or_wrong_claim_is_refused() {
        let tokens = tokens();
        let (_, claims) = good(&tokens);
        for name in claims.as_object().unwrap().keys() {
            for wrong in [
                None,
                Some(serde_json::json!(["x"])),
                Some(serde_json::json!({})),
                Some(serde_json::json!(null)),
            ] {
                let (header, mut claims) = good(&tokens);
                match wrong {
                    None => _ = claims.as_object_mut().unwrap().remove(name),
                    Some(value) => claims[name] = value,
                }
                assert!(tokens.verify(&signed(&tokens, header, claims), when::now()).is_err(), "{name}");
            }
        }
    }

    #[test]
    fn odd_headers_times_and_audiences_are_refused() {
        let tokens = tokens();
        let now = when::now().timestamp();
        type Spoil = fn(&mut serde_json::Value, &mut serde_json::Value, i64);
        let spoils: [(&str, Spoil); 14] = [
            ("typ", |h, _, _| h["typ"] = "JWT".into()),
            ("alg", |h, _, _| h["alg"] = "HS256".into()),
            ("none", |h, _, _| h["alg"] = "none".into()),
            ("kid", |h, _, _| h["kid"] = "other".into()),
            ("crit", |h, _, _| h["crit"] = serde_json::json!(["x"])),
            ("jku", |h, _, _| h["jku"] = "https://evil.example".into()),
            ("jwk", |h, _, _| h["jwk"] = serde_json::json!({})),
            ("aud array", |_, c, _| c["aud"] = serde_json::json!(["https://node.example/api", "x"])),
            ("aud", |_, c, _| c["aud"] = "https://node.example".into()),
            ("iss", |_, c, _| c["iss"] = "https://other.example".into()),
            ("exp", |_, c, now| c["exp"] = (now - 6).into()),
            ("nbf", |_, c, now| c["nbf"] = (now + 60).into()),
            ("too long", |_, c, now| c["exp"] = (now + 13 * 3600).into()),
            ("operator of a tenant", |_, c, _| c["role"] = "operator".into()),
        ];
        for (name, spoil) in spoils {
            let (mut header, mut claims) = good(&tokens);
            spoil(&mut header, &mut claims, now);
            assert!(tokens.verify(&signed(&tokens, header, claims), when::now()).is_err(), "{name}");
        }
        let other = Tokens::new(Keys::fresh().unwrap(), "https://node.example");
        let (header, claims) = good(&other);
        assert!(tokens.verify(&signed(&other, header, claims), when::now()).is_err(), "another node's key");
    }
}
