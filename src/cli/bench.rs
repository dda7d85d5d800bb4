//! Figures of the service itself.

use clap::{Args, Subcommand};

use crate::{
    concept::suggest::{Label, LabelKind, measure},
    error::{Error, Result},
};

#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// How good the concept suggestions are: every label of the shipped scheme is asked for as it stands and with a typing
    /// error. Needs no database.
    Suggest {
        /// The same seed makes the same typing errors.
        #[arg(long, default_value_t = 2026)]
        seed: u64,
    },
}

impl Bench {
    pub fn run(self) -> Result<()> {
        match self.what {
            What::Suggest { seed } => suggest(seed),
        }
    }
}

fn suggest(seed: u64) -> Result<()> {
    let labels: Vec<Label> = migration::registers::labels()
        .map_err(Error::internal)?
        .into_iter()
        .filter_map(|(concept, lang, kind, text)| {
            let kind = match kind {
                "pref" => LabelKind::Pref,
                "alt" => LabelKind::Alt,
                // A phrase that was mapped by hand is no name to ask for.
                _ => return None,
            };
            Some(Label { concept, lang, text, kind })
        })
        .collect();
    print!("{}", measure(&labels, seed));
    Ok(())
}
