use serde_json::{Value, json};
use uuid::Uuid;

use super::{Ask, Case};
use crate::walls::{
    oracle::{self, Action::*, Kind::*, Lib},
    world::proposal,
};

/// The round of the same consortium that is in another phase; of what nobody has, what nobody has either.
fn round(ask: &Ask, n: u128) -> Value {
    json!({"id": Uuid::from_u128((ask.id.as_u128() & !0xffff) | n)})
}

/// A proposal by the lead, see `Seed::priorities`.
fn proposed(ask: &Ask, n: usize) -> Uuid {
    let which = ask.record.consortium;
    let lead = if which == oracle::Consortium::One { Lib::Coordinator } else { Lib::D };
    proposal(which, lead, n)
}

pub const CASES: [Case; 15] = [
    Case::new("priorityRounds", List, Round),
    Case::new("priorityRound", See, Round),
    // A result that is published, and one that only its coordinator has written down.
    Case::new("priorityRound", See, Round).args(|ask| round(ask, 5)),
    Case::new("priorityRound", See, Round).args(|ask| round(ask, 6)),
    Case::new("createPriorityRound", Make, Round).on(Consortium).body(|_| {
        json!({"question": [{"language": "nb", "text": "Hva først?"}], "method": "dots", "backbone": 3, "points": 5})
    }),
    Case::new("changePriorityRound", Change, Round)
        .args(|ask| round(ask, 2))
        .body(|_| json!({"tieBreak": "include_all"})),
    Case::new("movePriorityRound", Change, Round).body(|_| json!({"to": "closed"})),
    Case::new("movePriorityRound", Change, Round)
        .args(|ask| round(ask, 4))
        .body(|_| json!({"to": "published"})),
    Case::new("recordPriorityResult", Change, Round)
        .args(|ask| round(ask, 3))
        .body(|ask| json!({"chosenIds": [proposed(ask, 4)], "considered": 20})),
    Case::new("priorityProposals", See, Round),
    Case::new("createPriorityProposal", Make, Proposal)
        .on(Round)
        .args(|ask| round(ask, 2))
        .body(|_| json!({"title": [{"language": "nb", "text": "Digital delaktighet?"}], "tentative": true})),
    Case::new("changePriorityProposal", Change, Proposal).body(|_| json!({"withdrawn": true})),
    Case::new("castBallot", Vote, Round)
        .body(|ask| json!({"choices": [{"proposalId": proposed(ask, 3), "points": 3}]})),
    Case::new("myBallot", Vote, Round),
    Case::new("comparePriorityRounds", See, Round)
        .args(|ask| json!({"earlierId": round(ask, 5)["id"]})),
];
