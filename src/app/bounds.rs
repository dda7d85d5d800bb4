//! What a node lets its callers do, apart from what they may see: how much, how long, from which pages.

use std::{net::IpAddr, time::Duration};

use actix_cors::Cors;
use actix_web::{HttpRequest, http::header};

use crate::{
    config::Config,
    error::{Error, Result},
    rate::{Figures, Rates},
};

pub struct Bounds {
    pub rates: Rates,
    /// How long a read may take.
    pub read: Duration,
    /// How long a body may be on its way.
    pub body: Duration,
    /// The node is reached over TLS: browsers are told to come no other way.
    pub https: bool,
    /// Whose pages may call from a browser.
    pub origins: Vec<String>,
    pub proxies: Vec<IpAddr>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rates: Rates::new(Figures::default()),
            read: Duration::from_secs(10),
            body: Duration::from_secs(10),
            https: false,
            origins: Vec::new(),
            proxies: Vec::new(),
        }
    }
}

impl Bounds {
    pub fn of(config: &Config) -> Result<Self> {
        // `*` would let every page in the world ask with a token that it got hold of: to be said origin by origin.
        let odd =
            |origin: &&String| !origin.starts_with("http") || origin.ends_with('/') || origin.contains('*');
        if let Some(odd) = config.cors_origins.iter().find(odd) {
            return Err(Error::internal(format!(
                "cors_origins: {odd} is no origin, such as https://example.org"
            )));
        }
        Ok(Self {
            rates: Rates::new(config.rates()),
            read: Duration::from_secs(config.read_seconds.max(1)),
            body: Duration::from_secs(config.body_seconds.max(1)),
            https: config.base_url.starts_with("https:"),
            origins: config.cors_origins.clone(),
            proxies: config.trusted_proxies.clone(),
        })
    }

    /// Without cookies: a caller is known by its token alone.
    pub fn cors(&self) -> Cors {
        let cors = Cors::default()
            .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
            .allowed_headers([
                header::ACCEPT,
                header::ACCEPT_LANGUAGE,
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
                header::HeaderName::from_static("idempotency-key"),
            ])
            .expose_headers([
                "content-language",
                "etag",
                "location",
                "ratelimit",
                "ratelimit-policy",
                "retry-after",
                "x-request-id",
            ])
            .max_age(600);
        self.origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
    }

    /// Where a request comes from: the last address that no proxy of ours has. Everything before it was written by
    /// whoever sent the request.
    pub fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        if !self.proxies.contains(&peer) {
            return Some(peer);
        }
        let lines = request.headers().get_all(header::X_FORWARDED_FOR).filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let addresses =
            hops.iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok()).map(|a| a.to_canonical());
        addresses.into_iter().find(|address| !self.proxies.contains(address)).or(Some(peer))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_forwarded_address_is_believed_of_our_own_proxies_alone() {
        let bounds = Bounds { proxies: vec!["10.0.0.1".parse().unwrap()], ..Bounds::default() };
        let seen = |peer: &str, forwarded: &str| {
            let request = TestRequest::default()
                .peer_addr(format!("{peer}:80").parse().unwrap())
                .insert_header(("x-forwarded-for", forwarded))
                .to_http_request();
            bounds.address(&request).unwrap().to_string()
        };
        assert_eq!(seen("192.0.2.9", "198.51.100.7"), "192.0.2.9");
        assert_eq!(seen("10.0.0.1", "198.51.100.7"), "198.51.100.7");
        // What stands further left the caller may have invented.
        assert_eq!(seen("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.1"), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", "198.51.100.7, nonsense"), "10.0.0.1");
    }

    #[test]
    fn every_origin_is_not_an_origin() {
        for odd in ["*", "https://*.example.org", "example.org", "https://example.org/"] {
            let config = Config { cors_origins: vec![odd.into()], ..Config::default() };
            assert!(Bounds::of(&config).is_err(), "{odd}");
        }
    }
}
