//! Access tokens of this node (RFC 9068, JWT): made after a service account signed in, and verified in one
//! function that refuses whatever it does not know. The library checks the signature; the claims are checked
//! here, because the library lets pass what it was told to require (no audience, an unknown `crit`, any `typ`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest;
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
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// A text where the claim is there: null is not the same as left out.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
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
    pub grant: Grant,
}

/// What is looked at again while something goes on that a token has opened.
#[derive(Clone, Debug)]
pub struct Grant {
    pub subject: Uuid,
    pub issued: i64,
    expires: i64,
    kid: String,
}

/// Makes and verifies the tokens of one node.
#[derive(Clone, Debug)]
pub struct Tokens {
    keys: Keys,
    issuer: String,
    audience: String,
    met: Met,
}

impl Tokens {
    /// `base` is the node's public address: the issuer, and with `/api` the only audience.
    pub fn new(keys: Keys, base: &str) -> Self {
        let issuer = base.trim_end_matches('/').to_owned();
        Self { keys, audience: format!("{issuer}/api"), issuer, met: Met::default() }
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

    /// Is the time of a token that was good not over, and its key still one of ours?
    pub fn still(&self, grant: &Grant, now: DateTime<Utc>) -> bool {
        now.timestamp() < grant.expires.saturating_add(LEEWAY)
            && self.keys.for_tokens(&grant.kid, now).is_some()
    }

    /// The caller that a token names, or a refusal that does not say why. A signature that was found good stays so and is not reckoned
    /// again; what time and keys have to say is asked each time.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified> {
        let refuse = || Error::new(Code::InvalidToken);
        if token.len() > MAX_LENGTH {
            return Err(refuse());
        }
        let print = digest::digest(&digest::SHA256, token.as_bytes());
        let print: Print = print.as_ref().try_into().map_err(|_| refuse())?;
        let (signed, met) = match self.met.find(&print) {
            Some(signed) => (signed, true),
            None => (Arc::new(self.signed(token, now)?), false),
        };
        if met && self.keys.for_tokens(&signed.kid, now).is_none() {
            return Err(refuse());
        }
        let Signed { claims, kid, scopes } = &*signed;
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
        if !met {
            self.met.note(print, signed.clone());
        }
        let caller = Caller::within(claims.tenant, claims.sub.to_string(), claims.role, *scopes);
        let grant = Grant { subject: claims.sub, issued: claims.iat, expires: claims.exp, kid: kid.clone() };
        Ok(Verified { caller, grant })
    }

    /// What a token says, when it is signed with a key whose tokens are good.
    fn signed(&self, token: &str, now: DateTime<Utc>) -> Result<Signed> {
        let refuse = || Error::new(Code::InvalidToken);
        let kid = check_header(token).ok_or_else(refuse)?;
        let key = self.keys.for_tokens(&kid, now).ok_or_else(refuse)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|e| refuse().because(e))?.claims;
        let scopes = match &claims.scope {
            None => Scopes::ALL,
            Some(list) => Scopes::parse(list).map_err(|_| refuse())?,
        };
        Ok(Signed { claims, kid, scopes })
    }
}

/// SHA-256 of a token: the token itself is kept nowhere.
type Print = [u8; 32];

/// A token whose signature was found good.
struct Signed {
    claims: Claims,
    kid: String,
    scopes: Scopes,
}

/// Tokens that were met, about the last so many that were used. None comes in that this node did not sign.
#[derive(Clone, Default)]
struct Met(Arc<Mutex<Generations>>);

#[derive(Default)]
struct Generations {
    young: HashMap<Print, Arc<Signed>>,
    old: HashMap<Print, Arc<Signed>>,
}

/// Of one generation.
const MOST_MET: usize = 1_000;

impl Met {
    fn generations(&self) -> MutexGuard<'_, Generations> {
        // Poisoned, it is a map all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, print: &Print) -> Option<Arc<Signed>> {
        let mut met = self.generations();
        if let Some(signed) = met.young.get(print) {
            return Some(signed.clone());
        }
        let signed = met.old.remove(print)?;
        met.note(*print, signed.clone());
        Some(signed)
    }

    fn note(&self, print: Print, signed: Arc<Signed>) {
        self.generations().note(print, signed);
    }
}

impl Generations {
    fn note(&mut self, print: Print, signed: Arc<Signed>) {
        if self.young.len() >= MOST_MET {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(print, signed);
    }
}

impl std::fmt::Debug for Met {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Met")
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
    use chrono::Timelike;

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

    /// At each edge the second that is still good and the one that is not.
    #[test]
    fn the_edges_of_time_are_where_they_are_said_to_be() {
        let tokens = tokens();
        let now = when::now();
        let at = now.timestamp();
        for (name, iat, nbf, exp, taken) in [
            ("over just now", -60, -60, 0, true),
            ("over as long ago as clocks may differ, less a second", -60, -60, -LEEWAY + 1, true),
            ("over as long ago as clocks may differ", -60, -60, -LEEWAY, false),
            ("begins when clocks that differ say so", 0, LEEWAY, 60, true),
            ("begins a second later", 0, LEEWAY + 1, 60, false),
            ("made when clocks that differ say so", LEEWAY, 0, 60, true),
            ("made a second later", LEEWAY + 1, 0, 60, false),
            ("lives as long as a token may", 0, 0, MAX_LIFE, true),
            ("lives a second longer", 0, 0, MAX_LIFE + 1, false),
            ("lived as long as a token may", -MAX_LIFE, -MAX_LIFE, 0, true),
            ("thirty seconds over", -60, -60, -30, false),
            ("thirty seconds ahead", 30, 30, 90, false),
            ("sixty seconds over", -90, -90, -60, false),
            ("sixty seconds ahead", 60, 60, 90, false),
        ] {
            let (header, mut claims) = good(&tokens);
            (claims["iat"], claims["nbf"], claims["exp"]) =
                ((at + iat).into(), (at + nbf).into(), (at + exp).into());
            // Of a second that has begun, its end counts as its beginning.
            for part in [0, 999_999] {
                let then = now.with_nanosecond(part * 1_000).unwrap();
                let verified = tokens.verify(&signed(&tokens, header.clone(), claims.clone()), then);
                assert_eq!(verified.is_ok(), taken, "{name}");
            }
        }
    }

    /// 2038 is the end of 32 bits with a sign, 2106 of those without; what is over or to come then is so by the same rule.
    #[test]
    fn every_year_has_its_tokens_and_none_a_panic() {
        let tokens = tokens();
        let mut days = 0;
        let mut then = DateTime::from_timestamp(0, 0).unwrap();
        let last = DateTime::parse_from_rfc3339("2106-12-31T00:00:00Z").unwrap();
        while then <= last {
            let token = tokens
                .issue(ServiceAccountId::new(), "c", TenantId::new(), Role::Viewer, then, LIFE)
                .unwrap();
            let after =
                |seconds: i64| tokens.verify(&token, then + chrono::Duration::seconds(seconds)).is_ok();
            assert!(after(0) && after(LIFE + LEEWAY - 1) && !after(LIFE + LEEWAY), "{then}");
            assert!(after(-LEEWAY) && !after(-LEEWAY - 1), "{then}");
            days += 1;
            // No whole number of days, so that every hour has its turn.
            then += chrono::Duration::hours(24 * 37 + 5);
        }
        assert!(days > 1300);
        for wrap in [i32::MAX.into(), i64::from(u32::MAX)] {
            let then = DateTime::from_timestamp(wrap, 0).unwrap();
            for seconds in [-2, -1, 0, 1, 2] {
                let made = then + chrono::Duration::seconds(seconds);
                let token = tokens
                    .issue(ServiceAccountId::new(), "c", TenantId::new(), Role::Viewer, made, LIFE)
                    .unwrap();
                assert!(tokens.verify(&token, then).is_ok());
            }
        }
        // The ends of what a clock can say, and of what a claim can.
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            for name in ["iat", "nbf", "exp"] {
                for value in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
                    let (header, mut claims) = good(&tokens);
                    claims[name] = value.into();
                    assert!(tokens.verify(&signed(&tokens, header, claims), now).is_err(), "{name} {value}");
                }
            }
        }
    }

    #[test]
    fn a_token_that_was_met_is_held_to_all_that_may_have_changed() {
        let tokens = tokens();
        let now = when::now();
        let token = |life| {
            tokens.issue(ServiceAccountId::new(), "c", TenantId::new(), Role::Viewer, now, life).unwrap()
        };
        let good = token(LIFE);
        let first = tokens.verify(&good, now).unwrap();
        let again = tokens.verify(&good, now).unwrap();
        assert_eq!(first.caller.principal(), again.caller.principal());
        assert_ne!(first.caller.request_id(), again.caller.request_id());
        // It is over, and it is not yet, whoever met it.
        let at = |seconds| tokens.verify(&good, now + chrono::Duration::seconds(seconds)).is_ok();
        assert!(at(LIFE + LEEWAY - 1) && !at(LIFE + LEEWAY) && at(0) && !at(-LEEWAY - 1));
        // One that is like it is another.
        let last = if good.ends_with('A') { "Q" } else { "A" };
        assert!(tokens.verify(&format!("{}{last}", &good[..good.len() - 1]), now).is_err());
        assert!(tokens.verify(&format!("{good}="), now).is_err());
        // Another node's is none of ours.
        let other = Tokens::new(Keys::fresh().unwrap(), "https://node.example");
        assert!(other.verify(&good, now).is_err() && tokens.verify(&good, now).is_ok());
        // There is an end to how many are remembered.
        for _ in 0..2 * MOST_MET + 10 {
            tokens.verify(&token(LIFE), now).unwrap();
        }
        let met = tokens.met.generations();
        assert!(met.young.len() <= MOST_MET && met.old.len() <= MOST_MET);
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
