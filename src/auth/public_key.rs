//! A client's public key as it is registered: Ed25519 alone, as PEM or as a JWK. What is kept is the key itself, in base64url.

use aws_lc_rs::digest;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64},
};
use serde_json::{Map, Value};

/// An Ed25519 key's SubjectPublicKeyInfo up to the key itself (RFC 8410).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Why a text is not taken: the code of a violation.
pub type Fault = &'static str;

/// The key in a text.
pub fn read(text: &str) -> Result<String, Fault> {
    const NOT_ONE: Fault = "ed25519_key";
    if text.contains("PRIVATE KEY-----") {
        return Err("private_key");
    }
    let text = text.trim();
    let bytes = match text.strip_prefix("-----BEGIN PUBLIC KEY-----") {
        Some(rest) => pem(rest).ok_or(NOT_ONE)?,
        None => jwk(serde_json::from_str(text).map_err(|_| NOT_ONE)?)?,
    };
    let key: [u8; 32] = bytes.try_into().map_err(|_| NOT_ONE)?;
    if is_of_small_order(&key) {
        return Err(NOT_ONE);
    }
    Ok(BASE64.encode(key))
}

/// The points for which anybody can make a signature that verifies, with the key or without: those whose order divides the cofactor,
/// in every form in which they are written. The last bit is the sign, and all are small with either.
fn is_of_small_order(key: &[u8; 32]) -> bool {
    const EIGHT: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    const EIGHT_TOO: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ];
    let mut bare = *key;
    bare[31] &= 0x7f;
    let [first, middle @ .., last] = &bare;
    // 0 and 1; and the prime less one, itself, and plus one.
    let little = *first <= 1 && *last == 0 && middle.iter().all(|byte| *byte == 0);
    let about_the_prime =
        (0xec..=0xee).contains(first) && *last == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    little || about_the_prime || bare == EIGHT || bare == EIGHT_TOO
}

fn pem(rest: &str) -> Option<Vec<u8>> {
    let body: String = rest.strip_suffix("-----END PUBLIC KEY-----")?.split_whitespace().collect();
    STANDARD.decode(body).ok()?.strip_prefix(&SPKI).map(<[u8]>::to_vec)
}

fn jwk(key: Map<String, Value>) -> Result<Vec<u8>, Fault> {
    // An octet sequence is a secret too: nothing is signed with what we know.
    if key.contains_key("d") || key.contains_key("k") {
        return Err("private_key");
    }
    let is = |name: &str, value: &str| key.get(name).and_then(Value::as_str) == Some(value);
    let may = |name: &str, value: &str| !key.contains_key(name) || is(name, value);
    let x = key.get("x").and_then(Value::as_str).and_then(|x| BASE64.decode(x).ok());
    let good = is("kty", "OKP")
        && is("crv", "Ed25519")
        && may("use", "sig")
        && (may("alg", "EdDSA") || is("alg", "Ed25519"));
    x.filter(|_| good).ok_or("ed25519_key")
}

/// What a key is called: its thumbprint (RFC 7638).
pub fn thumbprint(key: &str) -> String {
    let text = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{key}"}}"#);
    BASE64.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 8037, appendix A.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn a_key_with_which_anybody_signs_is_none() {
        let jwk = |key: [u8; 32]| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, BASE64.encode(key));
        let mut one = [0; 32];
        one[0] = 1;
        let mut prime = [0xff; 32];
        prime[0] = 0xed;
        let mut before = prime;
        (before[0], before[31]) = (0xec, 0x7f);
        for key in [[0; 32], one, prime, before] {
            assert_eq!(read(&jwk(key)), Err("ed25519_key"), "{key:?}");
        }
        let mut other = one;
        other[5] = 1;
        assert!(read(&jwk(other)).is_ok());
    }

    #[test]
    fn a_jwk_and_a_pem_of_one_key_are_one() {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","use":"sig","alg":"EdDSA","kid":"k"}}"#);
        assert_eq!(read(&jwk).unwrap(), X);
        let der = [&SPKI[..], &BASE64.decode(X).unwrap()].concat();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der));
        assert_eq!(read(&pem).unwrap(), X);
        assert_eq!(read(&pem.replace('\n', "\r\n")).unwrap(), X);
        assert_eq!(thumbprint(X), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "as the RFC says");
    }

    #[test]
    fn nothing_else_is_one() {
        let jwk = |more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"{more}}}"#);
        assert!(read(&jwk("")).is_ok());
        for private in [
            jwk(r#","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#),
            r#"{"kty":"oct","k":"c2VjcmV0"}"#.to_owned(),
            "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----".to_owned(),
        ] {
            assert_eq!(read(&private), Err("private_key"));
        }
        for text in [
            String::new(),
            "sv_secret".to_owned(),
            X.to_owned(),
            jwk("").replace("Ed25519", "X25519"),
            jwk("").replace("OKP", "EC"),
            jwk("").replace(X, &X[1..]),
            jwk("").replace(X, &format!("{X}=")),
            jwk(r#","use":"enc""#),
            jwk(r#","alg":"HS256""#),
            r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.to_owned(),
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----".to_owned(),
            "-----BEGIN PUBLIC KEY-----\n".to_owned(),
            format!("[{}]", jwk("")),
        ] {
            assert_eq!(read(&text), Err("ed25519_key"), "{text}");
        }
    }
}
