//! The command line: what there is to say ([`Cli`]), and a file for each group of commands.

mod audit;
mod bench;
mod carry;
mod demo;
mod import;
mod key;
mod memory;
mod node;
mod registry;
mod retention;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

pub use node::open;

use crate::{
    app::{self, App},
    auth::{Caller, Role},
    config::Config,
    error::{Code, Error, Result},
    id::{ServiceAccountId, TenantId},
    telemetry,
    tenancy::Db,
    text::Lang,
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
    /// Serves a node with three groups of libraries in it, to try; in the file samvirke-demo.db when no database is named.
    Demo,
    /// Serves the node.
    Serve,
    /// Brings the database up to date, as the owner role.
    Migrate,
    /// Makes a service account: the node's operator, or one of a tenant.
    Account(registry::Account),
    /// Makes a tenant.
    Tenant(registry::Tenant),
    /// Prints a token for a person to try the node with. It lives twelve hours.
    Token(registry::Token),
    /// Brings a list of competences from a file into a library's profile.
    Import(import::Import),
    /// Reads the audit chains and names the first bad entry.
    Audit(audit::Audit),
    /// Writes all that a library owns into one signed archive.
    Export(carry::Export),
    /// Brings a library from another node's archive.
    Restore(carry::Restore),
    /// The keys that the node signs with: lists them, lets another follow, or takes one back.
    #[command(subcommand)]
    Key(key::Key),
    /// Removes what is over its time, and prints how much that was. A serving node does it by itself.
    Retention,
    /// Measures, and prints the figures.
    Bench(bench::Bench),
    /// Prints the contracts: openapi, graphql, policy, errors, fields.
    Schema {
        #[arg(value_parser = ["openapi", "graphql", "policy", "errors", "fields"])]
        which: String,
    },
}

/// The whole program. It is neither async nor generic, so that all that it runs is compiled with the library, and not once more with
/// the binary.
pub fn main() -> ExitCode {
    memory::give_back_what_is_freed();
    match actix_web::rt::System::new().block_on(Cli::parse().run()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("samvirke: {}", explain(&error));
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    /// Fails with an error, or with the code of a command that has said why itself.
    pub async fn run(self) -> Result<ExitCode> {
        let file = self.config.as_deref();
        let config = match self.command {
            Command::Demo => Config::read_over(demo::defaults(), file)?,
            _ => Config::read(file)?,
        };
        telemetry::start(&config);
        match self.command {
            Command::Demo => demo::run(&config).await,
            Command::Serve => node::serve(&config).await,
            Command::Migrate => Db::migrate(config.owner_url()).await,
            Command::Account(account) => account.make(&config).await,
            Command::Tenant(tenant) => tenant.make(&config).await,
            Command::Token(token) => token.print(&config).await,
            Command::Import(import) => return import.run(&config).await,
            Command::Audit(audit) => return audit.run(&config).await,
            Command::Export(export) => export.run(&config).await,
            Command::Restore(restore) => restore.run(&config).await,
            Command::Key(key) => key.run(&config),
            Command::Retention => retention::run(&config).await,
            Command::Bench(bench) => bench.run(),
            Command::Schema { which } => schema(&which),
        }?;
        Ok(ExitCode::SUCCESS)
    }
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

fn role(text: &str) -> std::result::Result<Role, String> {
    Role::ALL
        .into_iter()
        .find(|r| r.name() == text)
        .ok_or_else(|| "viewer, contributor, editor, admin".to_owned())
}

fn language(text: &str) -> std::result::Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| "nb, nn, sv, da, fi, se, en".to_owned())
}

fn print_json(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value).map_err(Error::internal)?);
    Ok(())
}

fn schema(which: &str) -> Result<()> {
    let text = match which {
        "openapi" => app::openapi().to_pretty_json().map_err(Error::internal)?,
        "graphql" => crate::graphql::sdl(),
        "errors" => crate::error::table(),
        "fields" => crate::privacy::fields::table(),
        _ => crate::auth::policy::table(),
    };
    print!("{text}");
    Ok(())
}

/// An error as a person at the command line reads it.
pub fn explain(error: &Error) -> String {
    // Who sits here is the one who runs the service: «the fault is on our side» tells nothing.
    if let (Code::Internal, Some(cause)) = (error.code, &error.cause) {
        return cause.to_string();
    }
    let mut text = error.detail(Lang::En);
    for violation in &error.violations {
        text.push_str(&format!("\n  {}: {}", violation.pointer, violation.detail(Lang::En)));
    }
    if let Some(cause) = &error.cause {
        text.push_str(&format!(" ({cause})"));
    }
    text
}
