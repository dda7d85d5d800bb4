//! A provider's token, checked claim by claim: the library checks the signature alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, Jwk, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::rules::Issuer;

/// Providers put lists of groups into tokens.
const MAX_LENGTH: usize = 16 * 1024;
/// Clocks may differ by this much, in seconds.
const LEEWAY: i64 = 5;
/// A token that is good for longer is no sign of anybody being there.
const MAX_LIFE: i64 = 24 * 60 * 60;

/// What of a token's header is needed.
pub struct Header {
    pub kid: String,
    algorithm: Algorithm,
}

fn part(token: &str, at: usize) -> Option<Vec<u8>> {
    let parts: Vec<&str> = token.split('.').collect();
    if token.len() > MAX_LENGTH || parts.len() != 3 {
        return None;
    }
    BASE64.decode(parts.get(at)?).ok()
}

/// Who says to have made it: only to look up whether it is one we trust.
pub fn issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        iss: String,
    }
    serde_json::from_slice::<Claims>(&part(token, 1)?).ok().map(|claims| claims.iss)
}

/// A header with a key id and an algorithm that this provider may use, and nothing that points to other keys.
pub fn header(token: &str, issuer: &Issuer) -> Option<Header> {
    let header: Map<String, Value> = serde_json::from_slice(&part(token, 0)?).ok()?;
    if ["crit", "jku", "x5u", "jwk", "b64"].iter().any(|name| header.contains_key(*name)) {
        return None;
    }
    let typ = header.get("typ").map_or(Some("JWT"), Value::as_str)?.to_ascii_lowercase();
    if !["jwt", "at+jwt", "application/at+jwt"].contains(&typ.as_str()) {
        return None;
    }
    let name = header.get("alg")?.as_str()?;
    if !issuer.algorithms.iter().any(|allowed| allowed == name) {
        return None;
    }
    Some(Header { kid: header.get("kid")?.as_str()?.to_owned(), algorithm: name.parse().ok()? })
}

/// Does a key make signatures of this kind?
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match algorithm {
        Algorithm::RS256 | Algorithm::PS256 => matches!(key.algorithm, AlgorithmParameters::RSA(_)),
        Algorithm::ES256 => matches!(key.algorithm, AlgorithmParameters::EllipticCurve(_)),
        Algorithm::EdDSA => matches!(key.algorithm, AlgorithmParameters::OctetKeyPair(_)),
        _ => false,
    };
    let named = key
        .common
        .key_algorithm
        .is_none_or(|named| named.to_string().parse::<Algorithm>().is_ok_and(|named| named == algorithm));
    let signs = key.common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
    let verifies =
        key.common.key_operations.as_ref().is_none_or(|list| list.contains(&KeyOperations::Verify));
    kind && named && signs && verifies
}

/// The claims, when the signature is the key's and every claim is as it must be.
pub fn claims(
    token: &str,
    header: &Header,
    key: &Jwk,
    issuer: &Issuer,
    now: DateTime<Utc>,
) -> Option<Map<String, Value>> {
    if !fits(key, header.algorithm) {
        return None;
    }
    let mut validation = Validation::new(header.algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_jwk(key).ok()?;
    let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation).ok()?.claims;
    good(&claims, issuer, now.timestamp()).then_some(claims)
}

fn good(claims: &Map<String, Value>, issuer: &Issuer, now: i64) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    let (Some(exp), Some(iat)) = (time("exp"), time("iat")) else { return false };
    let begun = match claims.get("nbf") {
        None => true,
        Some(nbf) => nbf.as_i64().is_some_and(|nbf| nbf <= now.saturating_add(LEEWAY)),
    };
    text("iss") == Some(issuer.issuer.as_str())
        && text("sub").is_some_and(|sub| !sub.is_empty() && sub.len() <= 255)
        && now < exp.saturating_add(LEEWAY)
        && iat <= now.saturating_add(LEEWAY)
        && exp.saturating_sub(iat) <= MAX_LIFE
        && begun
        && for_us(claims, issuer)
}

/// For this node; for others too only when it was got by a client that is known.
fn for_us(claims: &Map<String, Value>, issuer: &Issuer) -> bool {
    let party = claims.get("azp").or_else(|| claims.get("client_id"));
    let known = match party {
        Some(party) => party.as_str().is_some_and(|p| issuer.clients.iter().any(|known| known == p)),
        None => false,
    };
    match claims.get("aud") {
        Some(Value::String(one)) => {
            *one == issuer.audience && (issuer.clients.is_empty() || party.is_none() || known)
        }
        Some(Value::Array(several)) => {
            several.iter().all(Value::is_string)
                && several.iter().any(|one| one.as_str() == Some(issuer.audience.as_str()))
                && (known || (several.len() == 1 && issuer.clients.is_empty()))
        }
        _ => false,
    }
}
