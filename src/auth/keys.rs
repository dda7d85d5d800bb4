//! The node's signing key: Ed25519, one file, made on first start and readable by its owner only.

use std::{io::Write, path::Path, sync::Arc};

use aws_lc_rs::{
    digest, hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::json;

use crate::error::{Error, Result};

/// Signs and verifies this node's tokens, and seals its cursors. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    kid: String,
    public: Vec<u8>,
    signing: EncodingKey,
    verifying: DecodingKey,
    cursor: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.0.kid)
    }
}

impl Keys {
    /// A key that lives as long as the process.
    pub fn fresh() -> Result<Self> {
        Self::from_pkcs8(&generate()?)
    }

    /// Reads the key file, or makes it.
    pub fn open(path: &Path) -> Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Self::from_pkcs8(&bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let bytes = generate()?;
                write_private(path, &bytes).map_err(Error::internal)?;
                // Another process may have been first: what stands in the file counts.
                Self::from_pkcs8(&std::fs::read(path).map_err(Error::internal)?)
            }
            Err(e) => Err(Error::internal(e)),
        }
    }

    fn from_pkcs8(bytes: &[u8]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(bytes).map_err(|e| Error::internal(e.to_string()))?;
        let public = pair.public_key().as_ref().to_vec();
        let kid =
            BASE64.encode(digest::digest(&digest::SHA256, &public).as_ref().get(..9).unwrap_or_default());
        // Derived from the private key, so that all processes of a node agree.
        let secret = digest::digest(&digest::SHA256, &[b"samvirke cursor", bytes].concat());
        Ok(Self(Arc::new(Inner {
            kid,
            verifying: DecodingKey::from_ed_der(&public),
            signing: EncodingKey::from_ed_der(bytes),
            public,
            cursor: hmac::Key::new(hmac::HMAC_SHA256, secret.as_ref()),
        })))
    }

    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    pub(super) fn signing(&self) -> &EncodingKey {
        &self.0.signing
    }

    pub(super) fn verifying(&self) -> &DecodingKey {
        &self.0.verifying
    }

    /// Signs what the node says of itself, other than tokens: Ed25519, in base64url. The first line of `message` names what
    /// it is, and no token begins so: one is not taken for the other.
    pub fn sign(&self, message: &[u8]) -> Result<String> {
        jsonwebtoken::crypto::sign(message, &self.0.signing, Algorithm::EdDSA).map_err(Error::internal)
    }

    /// True when the key of this name signed it, and it is the node's.
    pub fn signed(&self, kid: &str, message: &[u8], signature: &str) -> bool {
        let good = jsonwebtoken::crypto::verify(signature, message, &self.0.verifying, Algorithm::EdDSA);
        kid == self.0.kid && good.unwrap_or(false)
    }

    /// Seals cursors; see [`crate::page`].
    pub fn cursor(&self) -> &hmac::Key {
        &self.0.cursor
    }

    /// The public keys, RFC 7517.
    pub fn jwks(&self) -> serde_json::Value {
        json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": self.0.kid, "x": BASE64.encode(&self.0.public),
        }]})
    }
}

/// True when a key of this name in what a node publishes signed the message.
pub fn signed_by(jwks: &serde_json::Value, kid: &str, message: &[u8], signature: &str) -> bool {
    let key = jwks["keys"].as_array().into_iter().flatten().find(|key| key["kid"] == kid);
    let Some(x) = key.filter(|key| key["crv"] == "Ed25519").and_then(|key| key["x"].as_str()) else {
        return false;
    };
    let Ok(public) = BASE64.decode(x) else { return false };
    let key = DecodingKey::from_ed_der(&public);
    jsonwebtoken::crypto::verify(signature, message, &key, Algorithm::EdDSA).unwrap_or(false)
}

fn generate() -> Result<Vec<u8>> {
    let pair = Ed25519KeyPair::generate().map_err(|e| Error::internal(e.to_string()))?;
    let document = pair.to_pkcs8().map_err(|e| Error::internal(e.to_string()))?;
    Ok(document.as_ref().to_vec())
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(bytes)?;
            file.sync_all()
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
    }
}
