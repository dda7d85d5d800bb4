use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    id::{ConceptId, ProposalId, RoundId, TenantId},
    priority::result::Standing,
    rest::Versioned,
    text::{LocalText, Translation},
};

/// An area that is proposed as a common priority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PriorityProposal {
    pub id: ProposalId,
    pub round_id: RoundId,
    pub proposer_id: TenantId,
    pub proposer_name: LocalText,
    pub title: LocalText,
    /// Why it should be a priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<LocalText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept_id: Option<ConceptId>,
    /// The proposal of an earlier round that this one takes up again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried_from_id: Option<ProposalId>,
    /// It stands with a question mark.
    pub tentative: bool,
    /// It cannot be chosen any more.
    pub withdrawn: bool,
    /// How it came out; there when the round's result may be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for PriorityProposal {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An area to propose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPriorityProposal {
    pub title: Vec<Translation>,
    /// Why it should be a priority.
    pub reason: Option<Vec<Translation>>,
    pub concept_id: Option<ConceptId>,
    /// A proposal of an earlier round of the same consortium, which this one takes up again.
    pub carried_from_id: Option<ProposalId>,
    /// With a question mark.
    #[serde(default)]
    #[graphql(default)]
    pub tentative: bool,
}

/// What to change about a proposal; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriorityProposalChange {
    pub title: Option<Vec<Translation>>,
    pub reason: Option<Vec<Translation>>,
    pub concept_id: Option<ConceptId>,
    pub tentative: Option<bool>,
    /// True takes it out of the round, false brings it back.
    pub withdrawn: Option<bool>,
}

/// Which proposals of a round to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PriorityProposalFilter {
    /// True: the backbone. While the result may not be seen, nothing is chosen and nothing not chosen.
    pub chosen: Option<bool>,
    pub withdrawn: Option<bool>,
    /// Proposed by this library.
    pub proposer_id: Option<TenantId>,
}
