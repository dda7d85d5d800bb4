//! Accounts, tenants and tokens.

use std::path::PathBuf;

use clap::Args;

use super::{language, node::open, operator, print_json, role, token};
use crate::{
    auth::Role,
    config::Config,
    error::{Error, Result},
    id::TenantId,
    registry::{
        account::{self, NewServiceAccount},
        tenant::{self, NewTenant, TenantKind},
    },
    text::{Lang, Translation},
};

#[derive(Args)]
pub struct Account {
    /// Slug of the tenant; without it the account is the operator's.
    #[arg(long)]
    tenant: Option<String>,
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    #[arg(long, default_value = "made on the command line")]
    label: String,
    /// Days until it expires.
    #[arg(long, default_value_t = 365)]
    days: i64,
    /// What of its role its tokens carry, such as project:read; may be repeated. Without any: all.
    #[arg(long)]
    scope: Vec<String>,
    /// A file with its public key, PEM or JWK: it signs in with the key (private_key_jwt), and there is no secret.
    #[arg(long)]
    public_key: Option<PathBuf>,
}

impl Account {
    pub async fn make(self, config: &Config) -> Result<()> {
        let file = |path: &PathBuf| {
            let text = std::fs::read_to_string(path);
            text.map_err(|error| Error::internal(format!("{}: {error}", path.display())))
        };
        let public_key = self.public_key.as_ref().map(file).transpose()?;
        let app = open(config).await?;
        let operator = app.scope(operator());
        let (tenant_id, role) = match self.tenant {
            None => (None, Role::Operator),
            Some(slug) => {
                let found = tenant::service::by_slug(&operator, &slug).await?;
                (Some(found.id), self.role.unwrap_or(Role::Editor))
            }
        };
        let scopes = (!self.scope.is_empty()).then_some(self.scope);
        let (label, days) = (self.label, Some(self.days));
        let input = NewServiceAccount { tenant_id, role, label, days, scopes, public_key };
        print_json(&account::service::create(&operator, input).await?)
    }
}

#[derive(Args)]
pub struct Tenant {
    /// Short name in addresses: lower-case letters, digits and hyphens.
    slug: String,
    /// Its name, in the language that `--language` says.
    #[arg(long)]
    name: String,
    #[arg(long, default_value = "nb", value_parser = language)]
    language: Lang,
    /// ISO 3166-1 alpha-2.
    #[arg(long, default_value = "NO")]
    country: String,
    /// As in the API: county_library, public_library, …
    #[arg(long, default_value = "county_library", value_parser = tenant_kind)]
    kind: TenantKind,
    /// A region that it serves, such as no-31; may be repeated.
    #[arg(long)]
    region: Vec<String>,
}

fn tenant_kind(text: &str) -> std::result::Result<TenantKind, String> {
    serde_json::from_value(text.into()).map_err(|e: serde_json::Error| e.to_string())
}

impl Tenant {
    pub async fn make(self, config: &Config) -> Result<()> {
        let input = NewTenant {
            slug: self.slug,
            kind: self.kind,
            name: vec![Translation { language: self.language, text: self.name }],
            country: self.country,
            isil: None,
            parent_id: None,
            municipality_count: None,
            region_ids: self.region,
            municipality_ids: Vec::new(),
        };
        let app = open(config).await?;
        print_json(&tenant::service::create(&app.scope(operator()), input).await?)
    }
}

#[derive(Args)]
pub struct Token {
    /// Slug of the tenant; without it the token is the operator's.
    #[arg(long)]
    tenant: Option<String>,
    #[arg(long, default_value = "editor", value_parser = role)]
    role: Role,
}

impl Token {
    pub async fn print(self, config: &Config) -> Result<()> {
        let app = open(config).await?;
        let (tenant, role) = match self.tenant {
            None => (TenantId::NODE, Role::Operator),
            Some(slug) => (tenant::service::by_slug(&app.scope(operator()), &slug).await?.id, self.role),
        };
        println!("{}", token(&app, tenant, role)?);
        Ok(())
    }
}
