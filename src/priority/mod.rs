//! A priority round: a consortium finds its few common priorities among many. Areas are proposed, every library
//! spreads its points over them, and those that come out on top are the backbone of the cooperation.
//!
//! A round goes draft -> proposing -> voting -> closed -> published, moved by the coordinator. A round that was held
//! elsewhere, in a meeting, is `recorded`: its areas are written down with what was chosen, and nobody votes.
//!
//! Rules
//! * What a vote goes by (points, most on one, size of the backbone, tie rule, proposals) is fixed when voting opens.
//! * One ballot a library, replaceable while voting is open; the last one counts. Ballots in the box when voting
//!   closes are counted, also those of a library that has left since, and none that comes later.
//! * A ballot is its library's alone, for ever. Before publication nobody, the coordinator included, learns more than
//!   the turnout, a number. Publishing counts, in the same write: nobody has seen the result before all may.
//! * The [`tally`] depends on nothing but the ballots and the proposals. Equals are reported as equals, and no tie is broken by
//!   the order in which proposals were made.
//! * The published result carries the receipt of every ballot counted, sorted: each library finds its own among them
//!   and so knows that its ballot, as cast, is in the sum. Ballots themselves are not published, not even nameless:
//!   among few libraries a list of single ballots tells who voted how. Who wants to add up anew must ask the others
//!   to show theirs. Where fewer than five vote, the sums alone tell much.
//! * Areas are followed through the rounds by lineage: a proposal says which earlier one it is carried from.
//!
//! Reading order: [`round`], [`proposal`], [`ballot`], [`tally`], [`result`], [`compare`].

pub mod ballot;
pub mod compare;
pub mod graphql;
pub mod proposal;
pub mod rest;
pub mod result;
pub mod round;
pub mod tally;

use aws_lc_rs::digest;

use crate::{
    error::{Code, Error, Result},
    id::RoundId,
    tenancy::{TenantTx, Turn},
};
use round::Phase;

/// SHA-256 of a canonical text, in hexadecimal digits.
fn sha256(text: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, text).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Ballots are cast side by side; what changes the round or its proposals waits for them, and they for it. Ask it of
/// a round that the caller was found to take part in, and read the round again afterwards.
async fn hold(tx: &TenantTx, round: RoundId, turn: Turn) -> Result<round::Model> {
    tx.lock(&format!("priority round {round}"), turn).await?;
    tx.get::<round::Entity>(round.0).await
}

/// Refuses what is not for the phase that the round is in.
fn only_in(now: Phase, allowed: &[Phase]) -> Result<()> {
    if allowed.contains(&now) {
        return Ok(());
    }
    let words: Vec<_> = allowed.iter().map(|phase| phase.word()).collect();
    Err(Error::new(Code::Conflict).field_with("phase", "not_in_phase", &[("phase", &words.join(", "))]))
}
