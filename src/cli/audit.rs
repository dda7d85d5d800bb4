//! Holds the audit chains against themselves, and against checkpoints that were kept elsewhere.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use super::{node::open, operator};
use crate::{
    app::App,
    audit::{AuditCheckpoint, service, verify::BLIND},
    auth::{Caller, Role, keys::Signed},
    config::Config,
    error::{Error, Result},
    id::TenantId,
    page::{MAX_FIRST, PageArgs},
    registry::tenant,
};

#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Reads every chain, or one library's, and names the first bad entry; then the exit code is not zero.
    Verify(Verify),
}

#[derive(Args)]
struct Verify {
    /// Slug of the library whose chain is read; all of them and the node's own when left out.
    #[arg(long)]
    tenant: Option<String>,
    /// A checkpoint that was kept elsewhere (the answer of /api/v1/audit/checkpoint); may be repeated.
    #[arg(long)]
    checkpoint: Vec<PathBuf>,
}

type Marks = Vec<(String, AuditCheckpoint)>;

impl Audit {
    /// Fails when an entry or a checkpoint is bad.
    pub async fn run(self, config: &Config) -> Result<ExitCode> {
        let Command::Verify(verify) = self.command;
        let marks = verify.checkpoint.iter().map(read).collect::<Result<Marks>>()?;
        let app = open(config).await?;
        let chains = verify.chains(&app).await?;
        let mut good = true;
        // A checkpoint of a chain that is not read would pass unseen.
        for (name, mark) in &marks {
            if !chains.iter().any(|(id, _)| *id == mark.tenant_id) {
                good = false;
                println!("BAD: {name} is of a library that is not among those read: {}", mark.tenant_id);
            }
        }
        let mut doubtful = 0;
        for (name, mark) in &marks {
            if let Signed::Revoked(at) = mark.signed(app.tokens.keys()) {
                doubtful += 1;
                let kid = &mark.key_id;
                println!(
                    "MARKED: {name} is signed with the key {kid}, revoked {at}: whoever else had it could sign so too"
                );
            }
        }
        for (id, slug) in chains {
            let marks: Marks = marks.iter().filter(|(_, mark)| mark.tenant_id == id).cloned().collect();
            let vouching =
                |(_, mark): &&(String, AuditCheckpoint)| mark.signed(app.tokens.keys()) == Signed::Good;
            let held = marks.iter().filter(vouching).count();
            let role = if id == TenantId::NODE { Role::Operator } else { Role::Admin };
            let scope = app.scope(Caller::new(id, "command-line", role));
            let (entries, outcome) = service::verify(&scope, marks).await?;
            match outcome {
                Ok(()) if held > 0 => {
                    println!("{slug}: {entries} entries, good, held against {held} checkpoints")
                }
                Ok(()) => println!("{slug}: {entries} entries, good; no checkpoint"),
                Err(fault) => {
                    good = false;
                    println!("{slug}: BAD: {fault}");
                }
            }
        }
        if marks.len() == doubtful {
            println!("Without a checkpoint this is not found: {BLIND}.");
        }
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Verify {
    async fn chains(&self, app: &App) -> Result<Vec<(TenantId, String)>> {
        let operator = app.scope(operator());
        if let Some(slug) = &self.tenant {
            return Ok(vec![(tenant::service::by_slug(&operator, slug).await?.id, slug.clone())]);
        }
        let mut chains = vec![(TenantId::NODE, "(the node)".to_owned())];
        let mut after = None;
        loop {
            let page = PageArgs { first: Some(MAX_FIRST), after };
            let page = tenant::service::list(&operator, Default::default(), page).await?;
            chains.extend(page.items.into_iter().map(|row| (row.id, row.slug)));
            after = page.next_cursor;
            if after.is_none() {
                return Ok(chains);
            }
        }
    }
}

fn read(path: &PathBuf) -> Result<(String, AuditCheckpoint)> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::internal(format!("{name}: {error}")))?;
    let mark = serde_json::from_slice(&bytes).map_err(|error| Error::internal(format!("{name}: {error}")))?;
    Ok((name, mark))
}
