//! The node's keys (Ed25519): one that signs, and those that signed before it. All stand in one file, readable by its owner
//! only and made on first start; whoever changes it puts a whole new one in its place, and every process of the node takes
//! that up while it serves.
//!
//! A key that was followed by another is good for the tokens that are out, until the last of them is over; after that it
//! only tells whether a checkpoint was this node's. Its private part is gone with the change. A revoked key vouches for nothing
//! any more, since somebody else may have it.

mod file;
mod set;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::json;

pub use set::State;

use self::set::Set;
use super::token::{LEEWAY, MAX_LIFE};
use crate::{
    error::{Error, Result},
    when,
};

/// How often a serving process looks whether the file is another.
const EVERY: Duration = Duration::from_secs(2);
/// How long a key that was followed by another is good for tokens, in seconds: as long as the longest that it signed, and as
/// a process may go on with it.
const OVERLAP: i64 = MAX_LIFE + LEEWAY + 60;

/// Signs and verifies this node's tokens, and seals its cursors. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Keys(Arc<Shared>);

struct Shared {
    /// None: they live as long as the process.
    file: Option<PathBuf>,
    known: RwLock<Known>,
}

struct Known {
    set: Arc<Set>,
    /// Of the file that it was read from.
    stamp: Option<file::Stamp>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.kid())
    }
}

/// The key that signs just now, with its name: another may follow it between two questions.
pub(super) struct Signer(Arc<Set>);

impl Signer {
    pub(super) fn kid(&self) -> &str {
        &self.0.signer().kid
    }

    pub(super) fn key(&self) -> &EncodingKey {
        self.0.signing()
    }
}

/// Who signed something that the node is said to have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A key of the node.
    Good,
    /// A key of the node that was revoked then: the node, or whoever else had it.
    Revoked(DateTime<Utc>),
    /// None of the node's.
    No,
}

impl Keys {
    /// A key that lives as long as the process.
    pub fn fresh() -> Result<Self> {
        Ok(Self::of(None, Known { set: Arc::new(Set::fresh(when::now())?), stamp: None }))
    }

    /// Reads the key file, or makes it.
    pub fn open(path: &Path) -> Result<Self> {
        let known = match read(path) {
            Err(Fault::Absent) => {
                file::changing(path, |before| match before {
                    // Another process was first: what stands in the file counts.
                    Some(_) => Ok((None, ())),
                    None => Ok((Some(Set::fresh(when::now())?.write()?), ())),
                })?;
                read(path)?
            }
            known => known?,
        };
        Ok(Self::of(Some(path.to_owned()), known))
    }

    fn of(file: Option<PathBuf>, known: Known) -> Self {
        Self(Arc::new(Shared { file, known: RwLock::new(known) }))
    }

    fn set(&self) -> Arc<Set> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).set.clone()
    }

    /// Takes up the file when it is another. True when it was.
    pub fn refresh(&self) -> Result<bool> {
        let Some(path) = &self.0.file else { return Ok(false) };
        let stamp = file::stamp(path).map_err(Error::internal)?;
        if self.0.known.read().unwrap_or_else(PoisonError::into_inner).stamp == Some(stamp) {
            return Ok(false);
        }
        let known = read(path)?;
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(true)
    }

    /// Takes up every change of the file while the process serves.
    pub async fn watch(self) {
        loop {
            tokio::time::sleep(EVERY).await;
            match self.refresh() {
                Ok(false) => {}
                Ok(true) => tracing::info!(kid = %self.kid(), "the node's keys are others now"),
                // Those that are known serve on.
                Err(error) => tracing::warn!(cause = ?error.cause, "the key file was not read"),
            }
        }
    }

    /// The name of the key that signs.
    pub fn kid(&self) -> String {
        self.set().signer().kid.clone()
    }

    pub(super) fn signer(&self) -> Signer {
        Signer(self.set())
    }

    /// What verifies a token of this key, when tokens of it are good. A name that nobody knows may be that of a key that was made
    /// just now, and signs on another process already.
    pub(super) fn for_tokens(&self, kid: &str, now: DateTime<Utc>) -> Option<DecodingKey> {
        let known = self.set().for_tokens(kid, now);
        if known.is_some() || self.set().has(kid) {
            return known;
        }
        match self.refresh() {
            Ok(true) => self.set().for_tokens(kid, now),
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(cause = ?error.cause, "the key file was not read");
                None
            }
        }
    }

    /// Signs what the node says of itself, other than tokens: the key's name, and the signature (Ed25519) in base64url. The first
    /// line of `message` names what it is, and no token begins so: one is not taken for the other.
    pub fn sign(&self, message: &[u8]) -> Result<(String, String)> {
        let signer = self.signer();
        let signature = jsonwebtoken::crypto::sign(message, signer.key(), Algorithm::EdDSA);
        Ok((signer.kid().to_owned(), signature.map_err(Error::internal)?))
    }

    /// Whether the key of this name signed it, and is or was the node's.
    pub fn signed(&self, kid: &str, message: &[u8], signature: &str) -> Signed {
        let set = self.set();
        let Some(key) = set.find(kid) else { return Signed::No };
        let good = jsonwebtoken::crypto::verify(signature, message, &key.verifying(), Algorithm::EdDSA);
        match (good.unwrap_or(false), key.revoked) {
            (false, _) => Signed::No,
            (true, None) => Signed::Good,
            (true, Some(at)) => Signed::Revoked(at),
        }
    }

    /// Seals cursors; see [`crate::page`]. It stays the same when another key signs, and goes with a revoked one.
    pub fn cursor(&self) -> hmac::Key {
        self.set().cursor()
    }

    /// The public keys of tokens that may be out, RFC 7517; the one that signs is the first.
    pub fn jwks(&self, now: DateTime<Utc>) -> serde_json::Value {
        let set = self.set();
        let keys: Vec<_> = set
            .keys()
            .filter(|key| key.is_good(now))
            .map(|key| {
                json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": key.kid, "x": BASE64.encode(&key.public),
                })
            })
            .collect();
        json!({ "keys": keys })
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

/// A key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub kid: String,
    /// The public key, in base64url.
    pub public: String,
    /// None: before such was written down.
    pub made: Option<DateTime<Utc>>,
    pub state: State,
}

/// The keys of a file, the one that signs first.
pub fn list(path: &Path, now: DateTime<Utc>) -> Result<Vec<Listed>> {
    let set = read(path)?.set;
    let listed = |key: &set::Key| Listed {
        kid: key.kid.clone(),
        public: BASE64.encode(&key.public),
        made: key.made,
        state: key.state(now),
    };
    Ok(set.keys().map(listed).collect())
}

/// Another key signs from now on; the one before it is good for tokens until the last of them is over. Gives its name.
pub fn rotate(path: &Path, now: DateTime<Utc>) -> Result<String> {
    change(path, |set| set.rotated(now, now + chrono::Duration::seconds(OVERLAP)))
}

/// A key vouches for nothing any more: for no token, and for no checkpoint. When it is the one that signs, another signs from
/// now on. Cursors that are out are no good any more: whoever has the key may have had the whole file. Gives the name of the
/// key that signs.
pub fn revoke(path: &Path, kid: &str, now: DateTime<Utc>) -> Result<String> {
    change(path, |set| set.revoked(kid, now))
}

fn change(path: &Path, make: impl FnOnce(&Set) -> Result<Set>) -> Result<String> {
    file::changing(path, |before| {
        let before = before.ok_or_else(|| Error::internal(format!("{}: no such file", path.display())))?;
        let after = make(&Set::read(&before)?)?;
        let kid = after.signer().kid.clone();
        Ok((Some(after.write()?), kid))
    })
}

enum Fault {
    Absent,
    Other(Error),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Absent => Error::internal("there is no key file"),
            Fault::Other(error) => error,
        }
    }
}

fn read(path: &Path) -> std::result::Result<Known, Fault> {
    let fault = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::Absent,
        _ => Fault::Other(Error::internal(format!("{}: {error}", path.display()))),
    };
    // Stamped first: what is put in its place meanwhile is taken for another the next time.
    let stamp = file::stamp(path).map_err(fault)?;
    let set = Set::read(&std::fs::read(path).map_err(fault)?).map_err(Fault::Other)?;
    Ok(Known { set: Arc::new(set), stamp: Some(stamp) })
}

#[cfg(test)]
mod tests;
