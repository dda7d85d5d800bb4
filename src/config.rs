//! Every setting, read here and only here: defaults, then the file, then the environment (`SAMVIRKE_…`).

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::oidc::rules::Issuer,
    error::{Error, Result},
    rate::Figures,
};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: String,
    /// Where `/metrics` is to be had, beside `/healthz` and `/readyz`: an address that only those reach who run the node,
    /// such as `127.0.0.1:9464`. None: nowhere. Not on by default, for who asks there is not asked who it is: a port is
    /// opened when somebody has thought of who reaches it.
    pub metrics_listen: Option<String>,
    /// The node's public address: issuer of its tokens.
    pub base_url: String,
    /// What the serving role connects to: `sqlite:node.db`, or `postgres://samvirke_app@host/db`.
    pub database_url: String,
    /// What `migrate` connects to on PostgreSQL: the owner role.
    pub owner_database_url: Option<String>,
    /// The node's keys; made on first start. All processes of a node share the folder.
    pub key_file: PathBuf,
    /// Database connections of this process, beside one that tells whether anything was written.
    pub connections: u32,
    pub workers: usize,
    /// Units a minute for one account, and for one library; a request is one, a GraphQL document one more for every
    /// hundred points of its cost. 0: no limit. Each process counts for itself.
    pub rate_caller: u32,
    pub rate_tenant: u32,
    /// Attempts a minute to sign in as one client from one address, and from one address at all. 0: no limit.
    pub rate_sign_in_client: u32,
    pub rate_sign_in_address: u32,
    /// Addresses of proxies in front of the node: from these alone `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Seconds after which a read is given up. Changes are never cut off.
    pub read_seconds: u64,
    /// Seconds in which a request's body must have come.
    pub body_seconds: u64,
    /// Origins whose pages may call the node from a browser (`https://kart.example.org`). None: no others than its own.
    pub cors_origins: Vec<String>,
    /// GraphQL documents that can be named instead of sent: a manifest (a JSON object of SHA-256 identifiers and texts, as
    /// builds of applications make it), or a folder of manifests (`*.json`) and documents (`*.graphql`).
    pub trusted_documents: Option<PathBuf>,
    /// No other documents are answered.
    pub trusted_documents_only: bool,
    /// Serve although PostgreSQL may lose acknowledged writes (fsync, full_page_writes or synchronous_commit off).
    pub allow_unsafe_durability: bool,
    /// Providers of OpenID Connect through which people sign in, each with its rules; see [`Issuer`].
    pub issuers: Vec<Issuer>,
    /// Hours between two runs of `samvirke retention` by the serving node itself; 0: never.
    pub retention_hours: u32,
    /// `json` or `text`.
    pub log_format: String,
    /// As in tracing's EnvFilter.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        let rates = Figures::default();
        Self {
            listen: "127.0.0.1:8080".into(),
            metrics_listen: None,
            base_url: "http://127.0.0.1:8080".into(),
            database_url: "sqlite:samvirke.db".into(),
            owner_database_url: None,
            key_file: "samvirke.key".into(),
            connections: 8,
            workers: 2,
            rate_caller: rates.caller,
            rate_tenant: rates.tenant,
            rate_sign_in_client: rates.client,
            rate_sign_in_address: rates.address,
            trusted_proxies: Vec::new(),
            read_seconds: 10,
            body_seconds: 10,
            cors_origins: Vec::new(),
            trusted_documents: None,
            trusted_documents_only: false,
            allow_unsafe_durability: false,
            issuers: Vec::new(),
            retention_hours: 24,
            log_format: "json".into(),
            log: "info".into(),
        }
    }
}

impl Config {
    pub fn read(file: Option<&Path>) -> Result<Self> {
        Self::read_over(Self::default(), file)
    }

    /// As [`Config::read`], with other defaults.
    pub fn read_over(defaults: Self, file: Option<&Path>) -> Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(defaults));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment.merge(Env::prefixed("SAMVIRKE_")).extract().map_err(Error::internal)
    }

    /// The limits of the rates.
    pub fn rates(&self) -> Figures {
        Figures {
            caller: self.rate_caller,
            tenant: self.rate_tenant,
            client: self.rate_sign_in_client,
            address: self.rate_sign_in_address,
        }
    }

    /// What `migrate` connects to.
    pub fn owner_url(&self) -> &str {
        self.owner_database_url.as_deref().unwrap_or(&self.database_url)
    }
}
