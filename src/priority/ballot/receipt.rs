use aws_lc_rs::rand;
use serde::Serialize;

use super::Choice;
use crate::{
    error::{Error, Result},
    id::RoundId,
    priority::{hex, sha256},
};

/// The fields are in the order of their names, as are those of [`Choice`]: this is the canonical form of RFC 8785.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'a> {
    choices: &'a [Choice],
    nonce: &'a str,
    round_id: RoundId,
}

/// The ballot's fingerprint. `choices` are in the order of their proposals.
pub fn receipt(round: RoundId, choices: &[Choice], nonce: &str) -> Result<String> {
    let canonical = Canonical { choices, nonce, round_id: round };
    Ok(sha256(&serde_json::to_vec(&canonical).map_err(Error::internal)?))
}

/// So that nobody finds a ballot by trying all that are possible: 256 bits of chance, in hexadecimal digits.
pub fn nonce() -> Result<String> {
    let mut bytes = [0u8; 32];
    rand::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    Ok(hex(&bytes))
}
