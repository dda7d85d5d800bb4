//! What came out of a round: counted when it is published, or written down of a round that was held elsewhere.
//! The row is only ever added, and changed only while the round is closed; published it is for ever the same.

mod entity;

use async_graphql::SimpleObject;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use entity::{ActiveModel, Column, Entity, Model};

use super::{
    round::{self, Method, TieBreak},
    sha256,
};
use crate::{
    error::{Error, Result},
    id::{ProposalId, RoundId},
};

/// How a proposal came out. The fields are in the order of their names: the digest is made of this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// It belongs to the backbone.
    pub chosen: bool,
    /// The sum of its points; none in a recorded round.
    pub points: Option<i64>,
    pub proposal_id: ProposalId,
    /// One more than the number of proposals with more points: equals share a rank. None in a recorded round.
    pub rank: Option<i64>,
    /// It stood equal with others where not all of them had a place in the backbone.
    pub tied: bool,
}

/// The result of a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PriorityResult {
    /// Best first, the order of equals meaning nothing; of a recorded round first the chosen ones, as they were told.
    /// At most 200.
    pub standings: Vec<Standing>,
    /// Places in the backbone that nobody got: a tie left open, or nothing more that had points.
    pub open_places: i64,
    /// How many ballots were counted; none in a recorded round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ballots: Option<i64>,
    /// The receipts of the ballots that were counted, sorted. A library finds its own here, see `myBallot`.
    pub receipts: Vec<String>,
    /// SHA-256, in hexadecimal digits, of the canonical form (RFC 8785) of an object of `backbone`, `ballots`,
    /// `method`, `receipts`, `roundId`, `standings` and `tieBreak`, absent values as null.
    pub digest: String,
}

/// As it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Outcome {
    pub standings: Vec<Standing>,
    pub ballots: Option<i64>,
    pub receipts: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'a> {
    backbone: i64,
    ballots: Option<i64>,
    method: Method,
    receipts: &'a [String],
    round_id: RoundId,
    standings: &'a [Standing],
    tie_break: TieBreak,
}

impl Outcome {
    pub fn digest(&self, round: &round::Model) -> Result<String> {
        let canonical = Canonical {
            backbone: round.backbone,
            ballots: self.ballots,
            method: round.method,
            receipts: &self.receipts,
            round_id: round.id,
            standings: &self.standings,
            tie_break: round.tie_break,
        };
        Ok(sha256(&serde_json::to_vec(&canonical).map_err(Error::internal)?))
    }

    pub fn shape(self, backbone: i64, digest: String) -> PriorityResult {
        let chosen = super::tally::count(self.standings.iter().filter(|s| s.chosen).count());
        PriorityResult {
            standings: self.standings,
            open_places: (backbone - chosen).max(0),
            ballots: self.ballots,
            receipts: self.receipts,
            digest,
        }
    }
}
