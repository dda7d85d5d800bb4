//! The keys of a node as they stand in its file: JSON, the one that signs first. A file of before there were several, PKCS #8 and
//! nothing else, is a set of one.

use aws_lc_rs::{
    digest, hmac, rand,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

const FORMAT: &str = "samvirke keys 1";

pub struct Set {
    /// The first one signs.
    signer: Key,
    signing: EncodingKey,
    /// As it stands in the file: PKCS #8.
    private: Vec<u8>,
    cursor: Vec<u8>,
    earlier: Vec<Key>,
}

/// The public part of a key, and how far it is good.
#[derive(Clone)]
pub struct Key {
    pub kid: String,
    pub public: Vec<u8>,
    pub made: Option<DateTime<Utc>>,
    /// Tokens of it are good until then. None: it signs.
    pub until: Option<DateTime<Utc>>,
    pub revoked: Option<DateTime<Utc>>,
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Signs,
    /// Tokens that it signed are good until then.
    Verifies(DateTime<Utc>),
    /// Only what the node said of itself, such as checkpoints.
    Kept,
    Revoked(DateTime<Utc>),
}

impl Key {
    fn new(public: &[u8], made: Option<DateTime<Utc>>) -> Self {
        let kid =
            BASE64.encode(digest::digest(&digest::SHA256, public).as_ref().get(..9).unwrap_or_default());
        Self { kid, public: public.to_owned(), made, until: None, revoked: None }
    }

    pub fn verifying(&self) -> DecodingKey {
        DecodingKey::from_ed_der(&self.public)
    }

    pub fn state(&self, now: DateTime<Utc>) -> State {
        match (self.revoked, self.until) {
            (Some(at), _) => State::Revoked(at),
            (None, None) => State::Signs,
            (None, Some(until)) if now < until => State::Verifies(until),
            (None, Some(_)) => State::Kept,
        }
    }

    /// For tokens.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state(now), State::Signs | State::Verifies(_))
    }
}

impl Set {
    pub fn fresh(now: DateTime<Utc>) -> Result<Self> {
        Self::of(&generate()?, Some(now), secret()?, Vec::new())
    }

    fn of(
        private: &[u8],
        made: Option<DateTime<Utc>>,
        cursor: Vec<u8>,
        mut earlier: Vec<Key>,
    ) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(private).map_err(|e| Error::internal(e.to_string()))?;
        let signer = Key::new(pair.public_key().as_ref(), made);
        // The latest first.
        earlier.sort_by_key(|key| std::cmp::Reverse(key.made));
        let signing = EncodingKey::from_ed_der(private);
        Ok(Self { signer, signing, private: private.to_owned(), cursor, earlier })
    }

    pub fn signer(&self) -> &Key {
        &self.signer
    }

    pub fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.signer).chain(&self.earlier)
    }

    pub fn find(&self, kid: &str) -> Option<&Key> {
        self.keys().find(|key| key.kid == kid)
    }

    pub fn has(&self, kid: &str) -> bool {
        self.find(kid).is_some()
    }

    pub fn for_tokens(&self, kid: &str, now: DateTime<Utc>) -> Option<DecodingKey> {
        self.find(kid).filter(|key| key.is_good(now)).map(Key::verifying)
    }

    pub fn cursor(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.cursor)
    }

    /// With another key that signs. Of this one the public part is left.
    pub fn rotated(&self, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Self> {
        let mut earlier = self.earlier.clone();
        earlier.push(Key { until: Some(until), ..self.signer.clone() });
        Self::of(&generate()?, Some(now), self.cursor.clone(), earlier)
    }

    /// With a key that is good for nothing any more.
    pub fn revoked(&self, kid: &str, now: DateTime<Utc>) -> Result<Self> {
        let key = self.find(kid).ok_or_else(|| Error::internal(format!("no key {kid}")))?;
        if key.revoked.is_some() {
            return Err(Error::internal(format!("the key {kid} is revoked already")));
        }
        let mut earlier = self.earlier.clone();
        let (private, made) = if self.signer.kid == kid {
            earlier.push(Key { until: Some(now), ..self.signer.clone() });
            (generate()?, Some(now))
        } else {
            (self.private.clone(), self.signer.made)
        };
        for key in earlier.iter_mut().filter(|key| key.kid == kid) {
            key.revoked = Some(now);
        }
        Self::of(&private, made, secret()?, earlier)
    }

    pub fn read(bytes: &[u8]) -> Result<Self> {
        let bad = |what: &str| Error::internal(format!("the key file is not good: {what}"));
        // DER begins with its tag, JSON with a brace.
        if bytes.first() == Some(&0x30) {
            // As cursors were sealed then.
            let cursor = digest::digest(&digest::SHA256, &[b"samvirke cursor", bytes].concat());
            return Self::of(bytes, None, cursor.as_ref().to_owned(), Vec::new());
        }
        let written: Written = serde_json::from_slice(bytes).map_err(|e| bad(&e.to_string()))?;
        if written.format != FORMAT {
            return Err(bad("another format"));
        }
        let decode = |text: &str| BASE64.decode(text).map_err(|e| bad(&e.to_string()));
        let earlier = written.earlier.iter().map(|key| {
            let public = decode(&key.public)?;
            if public.len() != 32 {
                return Err(bad("a public key has 32 bytes"));
            }
            Ok(Key { until: Some(key.until), revoked: key.revoked, ..Key::new(&public, key.made) })
        });
        let earlier = earlier.collect::<Result<Vec<_>>>()?;
        let cursor = decode(&written.cursor)?;
        if cursor.len() < 32 {
            return Err(bad("the cursors' secret is too short"));
        }
        let set = Self::of(&decode(&written.private)?, written.made, cursor, earlier)?;
        if set.earlier.iter().any(|key| key.kid == set.signer.kid) {
            return Err(bad("the key that signs is among the earlier ones"));
        }
        Ok(set)
    }

    pub fn write(&self) -> Result<Vec<u8>> {
        let earlier = self.earlier.iter().map(|key| Earlier {
            public: BASE64.encode(&key.public),
            made: key.made,
            until: key.until.unwrap_or_default(),
            revoked: key.revoked,
        });
        let written = Written {
            format: FORMAT.to_owned(),
            private: BASE64.encode(&self.private),
            made: self.signer.made,
            cursor: BASE64.encode(&self.cursor),
            earlier: earlier.collect(),
        };
        serde_json::to_vec_pretty(&written).map_err(Error::internal)
    }
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    /// The key that signs: PKCS #8, in base64url.
    private: String,
    made: Option<DateTime<Utc>>,
    cursor: String,
    earlier: Vec<Earlier>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Earlier {
    public: String,
    made: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked: Option<DateTime<Utc>>,
}

pub fn generate() -> Result<Vec<u8>> {
    let pair = Ed25519KeyPair::generate().map_err(|e| Error::internal(e.to_string()))?;
    let document = pair.to_pkcs8().map_err(|e| Error::internal(e.to_string()))?;
    Ok(document.as_ref().to_vec())
}

fn secret() -> Result<Vec<u8>> {
    let mut bytes = [0u8; 32];
    rand::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    Ok(bytes.to_vec())
}
