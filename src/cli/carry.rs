//! `samvirke export` and `samvirke restore`: a library out of one node and into another.

use std::{io::Write, path::PathBuf};

use clap::Args;

use super::{open, print_json};
use crate::{
    auth::{Caller, Role},
    config::Config,
    error::{Code, Error, Result},
    privacy::export::{self, Archive, Trust},
    registry::tenant,
    tenancy,
};

/// More than there are.
const ALL: usize = 1 << 40;

#[derive(Args)]
pub struct Export {
    /// Short name of the library.
    #[arg(long)]
    tenant: String,
    /// Where to write the archive, for you alone to read; left out: it is printed.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Export {
    pub async fn run(self, config: &Config) -> Result<()> {
        let app = open(config).await?;
        let library = tenant::service::by_slug(&app.scope(super::operator()), &self.tenant).await?;
        let scope = app.scope(Caller::new(library.id, "command-line", Role::Admin));
        let archive = export::service::export(&scope, ALL).await?;
        match self.out {
            None => print_json(&archive)?,
            Some(file) => {
                let text = serde_json::to_vec(&archive).map_err(Error::internal)?;
                write_private(&file, &text)
                    .map_err(|e| Error::internal(format!("{}: {e}", file.display())))?;
                println!("{} rows in {}", archive.rows, file.display());
            }
        }
        app.db.close().await;
        Ok(())
    }
}

/// It holds what nobody else may read.
fn write_private(file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    out.write_all(bytes)?;
    out.sync_all()
}

#[derive(Args)]
pub struct Restore {
    /// The archive.
    file: PathBuf,
    /// Keys of the node that it comes from: what its `/.well-known/jwks.json` says. Left out: this node's own.
    #[arg(long, conflicts_with = "unsigned")]
    jwks: Option<PathBuf>,
    /// Take it from whoever it is.
    #[arg(long)]
    unsigned: bool,
}

impl Restore {
    pub async fn run(self, config: &Config) -> Result<()> {
        let archive: Archive = read(&self.file)?;
        let published: Option<serde_json::Value> = self.jwks.as_ref().map(read).transpose()?;
        let app = open(config).await?;
        let trust = match &published {
            Some(jwks) => Trust::Published(jwks),
            None if self.unsigned => Trust::Nobody,
            None => Trust::Own(app.tokens.keys()),
        };
        let (library, rows) = export::open(&archive, &trust)?;
        let brought = tenancy::carry_in(&app.db, library, rows).await?;
        println!("{} rows of {library} brought", brought.rows);
        let mut left: std::collections::BTreeMap<(String, &str), usize> = Default::default();
        for (table, why) in brought.left {
            *left.entry((table, why)).or_default() += 1;
        }
        for ((table, why), many) in left {
            println!("{many} of {table} left behind: {why}");
        }
        app.db.close().await;
        Ok(())
    }
}

fn read<T: serde::de::DeserializeOwned>(file: &PathBuf) -> Result<T> {
    let bytes = std::fs::read(file).map_err(|e| Error::internal(format!("{}: {e}", file.display())))?;
    serde_json::from_slice(&bytes)
        .map_err(|e| Error::new(Code::MalformedRequest).with("reason", format!("{}: {e}", file.display())))
}
