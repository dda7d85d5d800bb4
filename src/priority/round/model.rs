use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::phase::{Method, Phase, TieBreak};
use crate::{
    id::{ConsortiumId, ProposalId, RoundId},
    priority::result::PriorityResult,
    rest::Versioned,
    text::{LocalText, Translation},
};

/// A round in which a consortium finds its few common priorities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PriorityRound {
    pub id: RoundId,
    pub consortium_id: ConsortiumId,
    pub question: LocalText,
    pub method: Method,
    /// How many areas come out on top.
    pub backbone: i64,
    /// Dots: points that each library spreads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// Dots: points that one proposal may get from one library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_proposal: Option<i64>,
    /// How many areas were on the table, where that is known: also such as are not written down as proposals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub considered: Option<i64>,
    pub phase: Phase,
    /// The round that this one takes up again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows_id: Option<RoundId>,
    /// When the round is or was held; EDTF level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    pub tie_break: TieBreak,
    /// Proposals that are not withdrawn.
    pub proposal_count: i64,
    /// How many libraries have voted: before publication the only thing that anybody learns of the vote.
    pub turnout: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// There when the round is published. What a coordinator has written down of a recorded round, it sees before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<PriorityResult>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for PriorityRound {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A round to make. It begins as a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPriorityRound {
    pub question: Vec<Translation>,
    pub method: Method,
    /// How many areas are to come out on top: 1 to 50.
    pub backbone: i64,
    /// Dots only, and needed there: points that each library spreads, 1 to 100.
    pub points: Option<i64>,
    /// Dots only: points that one proposal may get from one library; all of them when left out.
    pub max_per_proposal: Option<i64>,
    /// Recorded only: how many areas were on the table, 1 to 10 000.
    pub considered: Option<i64>,
    /// A round of the same consortium.
    pub follows_id: Option<RoundId>,
    /// EDTF level 1.
    pub held: Option<String>,
    #[serde(default)]
    #[graphql(default_with = "TieBreak::Report")]
    pub tie_break: TieBreak,
}

/// What to change about a round, in its phases draft and proposing; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriorityRoundChange {
    pub question: Option<Vec<Translation>>,
    /// 1 to 50.
    pub backbone: Option<i64>,
    /// Dots only: 1 to 100.
    pub points: Option<i64>,
    /// Dots only: 1 to the points that there are.
    pub max_per_proposal: Option<i64>,
    /// Recorded only: 1 to 10 000.
    pub considered: Option<i64>,
    /// EDTF level 1.
    pub held: Option<String>,
    pub tie_break: Option<TieBreak>,
}

/// Where to move a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriorityMove {
    pub to: Phase,
}

/// The result of a round that was held elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedResult {
    /// The proposals that were chosen, in the order in which they are to be told; at most the backbone.
    pub chosen_ids: Vec<ProposalId>,
    /// How many areas were on the table; at least as many as are written down.
    pub considered: Option<i64>,
    /// EDTF level 1.
    pub held: Option<String>,
}

/// Which rounds to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PriorityRoundFilter {
    /// Of this consortium; of all of the caller's when left out.
    pub consortium_id: Option<ConsortiumId>,
    pub phase: Option<Phase>,
    pub method: Option<Method>,
}
