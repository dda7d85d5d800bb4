//! A provider's public keys: found by discovery, kept, and asked for again when they are old or a token names one that
//! is not among them. When the provider is away the keys that are kept go on, for a day.

use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::Instant};

use super::rules::Issuer;
use crate::error::{Code, Error, Result};

/// A document of a provider is at most this long.
const MAX_DOCUMENT: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);
/// Keys are kept so long when the provider is away.
const AWAY: Duration = Duration::from_secs(24 * 60 * 60);

pub struct Provider {
    issuer: Issuer,
    http: reqwest::Client,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    known: Option<(JwkSet, Instant)>,
    /// When it was asked last, whatever came of it.
    asked: Option<Instant>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Provider {
    pub fn new(issuer: Issuer) -> Result<Self> {
        // No redirects and no proxy of the environment: what is trusted is what the configuration names.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(Error::internal)?;
        must_be_safe(&issuer.issuer)?;
        Ok(Self { issuer, http, keys: Mutex::default() })
    }

    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The key with this id. None when the provider has none; 503 when none can be had from it.
    pub async fn key(&self, kid: &str) -> Result<Option<Jwk>> {
        let mut keys = self.keys.lock().await;
        let keep = Duration::from_secs(self.issuer.keep_keys);
        let again = Duration::from_secs(self.issuer.ask_again);
        let found = |keys: &Keys| keys.known.as_ref().and_then(|(set, _)| set.find(kid).cloned());
        let fresh = keys.known.as_ref().is_some_and(|(_, since)| since.elapsed() < keep);
        let may_ask = keys.asked.is_none_or(|at| at.elapsed() >= again);
        if (fresh && found(&keys).is_some()) || !may_ask {
            return match &keys.known {
                Some(_) => Ok(found(&keys)),
                None => Err(unavailable("not asked again so soon")),
            };
        }
        keys.asked = Some(Instant::now());
        match self.fetch().await {
            Ok(set) => keys.known = Some((set, Instant::now())),
            Err(error) => {
                tracing::warn!(issuer = self.issuer.issuer, cause = ?error.cause, "no keys from the provider");
                if keys.known.as_ref().is_none_or(|(_, since)| since.elapsed() > AWAY) {
                    keys.known = None;
                    return Err(error);
                }
            }
        }
        Ok(found(&keys))
    }

    async fn fetch(&self) -> Result<JwkSet> {
        let base = self.issuer.issuer.trim_end_matches('/');
        let found: Discovery = self.get(&format!("{base}/.well-known/openid-configuration")).await?;
        if found.issuer != self.issuer.issuer {
            return Err(unavailable("the provider calls itself by another name"));
        }
        must_be_safe(&found.jwks_uri)?;
        self.get(&found.jwks_uri).await
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T> {
        let mut response = self.http.get(url).send().await.map_err(unavailable)?;
        if !response.status().is_success() {
            return Err(unavailable(format!("{url}: {}", response.status())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            if bytes.len() + chunk.len() > MAX_DOCUMENT {
                return Err(unavailable(format!("{url}: too long")));
            }
            bytes.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&bytes).map_err(unavailable)
    }
}

fn unavailable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Code::Unavailable).because(why)
}

/// HTTPS; without it only on this machine.
fn must_be_safe(address: &str) -> Result<()> {
    let url = reqwest::Url::parse(address).map_err(Error::internal)?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && local) {
        return Ok(());
    }
    Err(Error::internal(format!("{address}: keys are fetched by https alone")))
}
