//! The node's keys. No database is asked: what counts is the file.

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;

use crate::{
    auth::keys::{self, State},
    config::Config,
    error::Result,
    when,
};

#[derive(Subcommand)]
pub enum Key {
    /// Lists the keys: which one signs, which ones are good for tokens that are out, and which ones only for checkpoints.
    List,
    /// Makes a new key that signs from now on. The one before it is good until its last token is over. Nobody notices.
    Rotate,
    /// Takes back a key that somebody else may have: its tokens are refused within seconds, and its checkpoints vouch for nothing.
    Revoke {
        /// As in the list.
        kid: String,
    },
}

impl Key {
    pub fn run(self, config: &Config) -> Result<()> {
        let (file, now) = (config.key_file.as_path(), when::now());
        match self {
            Self::List => {}
            Self::Rotate => drop(keys::rotate(file, now)?),
            Self::Revoke { kid } => {
                keys::revoke(file, &kid, now)?;
                println!(
                    "{kid} is revoked: whoever signed in with its tokens signs in anew, and lists are read from their first page."
                );
            }
        }
        for key in keys::list(file, now)? {
            let state = match key.state {
                State::Signs => "signs".to_owned(),
                State::Verifies(until) => format!("good for tokens until {}", second(until)),
                State::Kept => "good for checkpoints".to_owned(),
                State::Revoked(at) => format!("REVOKED {}", second(at)),
            };
            let made = key.made.map_or_else(|| "unknown".to_owned(), second);
            println!("{}  made {made:<20}  public {}  {state}", key.kid, key.public);
        }
        Ok(())
    }
}

fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
