use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{ProposalId, RoundId},
    rest::Versioned,
};

/// A library's ballot, as that library alone sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Ballot {
    pub round_id: RoundId,
    /// In the order of their proposals' ids.
    pub choices: Vec<Choice>,
    /// Chance, new with every casting; it keeps the receipt from being guessed. Keep it to yourself.
    pub nonce: String,
    /// SHA-256, in hexadecimal digits, of the canonical form (RFC 8785) of an object of `choices`, `nonce` and
    /// `roundId`. It stands among the receipts of the published result, if the ballot was counted as it is here.
    pub receipt: String,
    pub cast_at: DateTime<Utc>,
    /// Rises with every casting.
    pub version: i64,
}

impl Versioned for Ballot {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Points for a proposal. The fields are in the order of their names: the receipt is made of this form.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "BallotChoice", input_name = "BallotChoiceInput")]
#[schema(as = BallotChoice)]
pub struct Choice {
    /// From 1 to the round's `maxPerProposal`.
    pub points: i64,
    pub proposal_id: ProposalId,
}

/// A ballot to cast. It takes the place of the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBallot {
    /// At least one; altogether at most the round's `points`, and each proposal once.
    pub choices: Vec<Choice>,
}
