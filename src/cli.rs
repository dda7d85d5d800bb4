//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::{
    app::{self, App},
    auth::{Caller, Keys, Role, token::Tokens},
    config::Config,
    error::{Error, Result},
    id::{ServiceAccountId, TenantId},
    registry::{
        account::{self, NewServiceAccount},
        tenant::{self, NewTenant, TenantKind},
    },
    telemetry,
    tenancy::{Db, Options},
    text::{Lang, Translation},
    when,
};

#[derive(Parser)]
#[command(version, about = "Where regional libraries find out what they are good at together")]
pub struct Cli {
    /// Settings (TOML); the environment (SAMVIRKE_…) goes before it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the node.
    Serve,
    /// Brings the database up to date, as the owner role.
    Migrate,
    /// Makes a service account: the node's operator, or one of a tenant.
    Account {
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
    },
    /// Makes a tenant.
    Tenant {
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
    },
    /// Prints a token for a person to try the node with. It lives twelve hours.
    Token {
        /// Slug of the tenant; without it the token is the operator's.
        #[arg(long)]
        tenant: Option<String>,
        #[arg(long, default_value = "editor", value_parser = role)]
        role: Role,
    },
    /// Prints the contracts: openapi, graphql, policy, errors.
    Schema {
        #[arg(value_parser = ["openapi", "graphql", "policy", "errors"])]
        which: String,
    },
}

fn role(text: &str) -> std::result::Result<Role, String> {
    Role::ALL
        .into_iter()
        .find(|r| r.name() == text)
        .ok_or_else(|| "viewer, contributor, editor, admin".to_owned())
}

fn language(text: &str) -> std::result::Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| "nb, nn, sv, da, fi, se, en".to_owned())
}

fn tenant_kind(text: &str) -> std::result::Result<TenantKind, String> {
    serde_json::from_value(text.into()).map_err(|e: serde_json::Error| e.to_string())
}

impl Cli {
    pub async fn run(self) -> Result<()> {
        let config = Config::read(self.config.as_deref())?;
        telemetry::start(&config);
        match self.command {
            Command::Serve => serve(&config).await,
            Command::Migrate => Db::migrate(config.owner_url()).await,
            Command::Account { tenant, role, label, days } => {
                account(&config, tenant, role, label, days).await
            }
            Command::Tenant { slug, name, language, country, kind, region } => {
                let name = vec![Translation { language, text: name }];
                let input = NewTenant {
                    slug,
                    kind,
                    name,
                    country,
                    isil: None,
                    parent_id: None,
                    municipality_count: None,
                    region_ids: region,
                    municipality_ids: Vec::new(),
                };
                let app = open(&config).await?;
                print_json(&tenant::service::create(&app.scope(operator()), input).await?)
            }
            Command::Token { tenant, role } => {
                let app = open(&config).await?;
                let (tenant, role) = match tenant {
                    None => (TenantId::NODE, Role::Operator),
                    Some(slug) => (tenant::service::by_slug(&app.scope(operator()), &slug).await?.id, role),
                };
                println!("{}", token(&app, tenant, role)?);
                Ok(())
            }
            Command::Schema { which } => schema(&which),
        }
    }
}

/// Opens the node: refuses where the walls do not stand, acknowledged writes may be lost, or a migration is waiting.
pub async fn open(config: &Config) -> Result<App> {
    let options = Options { connections: config.connections, ..Options::default() };
    let db = Db::connect(&config.database_url, options).await?;
    let findings = db.lint().await?;
    if !findings.is_empty() {
        return Err(Error::internal(format!("the database's wall does not stand: {}", findings.join("; "))));
    }
    let unsafe_settings = db.durability().await?;
    if !unsafe_settings.is_empty() && !config.allow_unsafe_durability {
        let settings = unsafe_settings.join(", ");
        return Err(Error::internal(format!(
            "acknowledged writes may be lost ({settings}); allow_unsafe_durability = true waives this"
        )));
    }
    if !db.is_migrated().await? {
        return Err(Error::internal("the database is not up to date: run `samvirke migrate`"));
    }
    Ok(App::new(db, Tokens::new(Keys::open(&config.key_file)?, &config.base_url)))
}

async fn serve(config: &Config) -> Result<()> {
    if config.database_url.starts_with("sqlite:") {
        // Embedded: one file, one owner. PostgreSQL is migrated by its owner role, on purpose.
        Db::migrate(&config.database_url).await?;
    }
    let app = open(config).await?;
    let db = app.db.clone();
    let (server, addresses) =
        app::serve(app, config.listen.as_str(), config.workers).map_err(Error::internal)?;
    tracing::info!(?addresses, "listening");
    server.await.map_err(Error::internal)?;
    db.close().await;
    Ok(())
}

async fn account(
    config: &Config,
    tenant: Option<String>,
    role: Option<Role>,
    label: String,
    days: i64,
) -> Result<()> {
    let app = open(config).await?;
    let operator = app.scope(operator());
    let (tenant_id, role) = match tenant {
        None => (None, Role::Operator),
        Some(slug) => {
            let found = tenant::service::by_slug(&operator, &slug).await?;
            (Some(found.id), role.unwrap_or(Role::Editor))
        }
    };
    let input = NewServiceAccount { tenant_id, role, label, days: Some(days) };
    print_json(&account::service::create(&operator, input).await?)
}

fn print_json(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value).map_err(Error::internal)?);
    Ok(())
}

/// Whoever sits at the node's own command line is its operator.
pub fn operator() -> Caller {
    Caller::new(TenantId::NODE, "command-line", Role::Operator)
}

/// A token for a person to try the node with.
pub fn token(app: &App, tenant: TenantId, role: Role) -> Result<String> {
    let account = ServiceAccountId::new();
    app.tokens.issue(account, "command-line", tenant, role, when::now(), crate::auth::token::MAX_LIFE)
}

fn schema(which: &str) -> Result<()> {
    let text = match which {
        "openapi" => app::openapi().to_pretty_json().map_err(Error::internal)?,
        "graphql" => crate::graphql::sdl(),
        "errors" => crate::error::table(),
        _ => crate::auth::policy::table(),
    };
    print!("{text}");
    Ok(())
}

/// An error as a person at the command line reads it.
pub fn explain(error: &Error) -> String {
    let mut text = error.detail(Lang::En);
    for violation in &error.violations {
        text.push_str(&format!("\n  {}: {}", violation.pointer, violation.detail(Lang::En)));
    }
    if let Some(cause) = &error.cause {
        text.push_str(&format!(" ({cause})"));
    }
    text
}
