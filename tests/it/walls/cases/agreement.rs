use serde_json::{Value, json};

use super::{Ask, Case};
use crate::walls::{
    oracle::{Action::*, Kind::*},
    world::DIGEST,
};

/// What may be said of an agreement, with a text in every place that has one.
fn said(_: &Ask) -> Value {
    json!({"title": "Felles kurs", "purpose": "Vi lærer sammen", "groundRules": "Vi svarer innen en uke", "language": "nb",
        "firstDay": "2026-01-01",
        "parties": [{"name": "Kommunen", "contributions": "Penger", "needs": "Lesere"}]})
}

fn why(_: &Ask) -> Value {
    json!({"reason": "Vi er for få", "language": "nb"})
}

/// Which of the world's are drafts, proposed or in force is said in the oracle.
pub const CASES: [Case; 9] = [
    Case::new("agreements", List, Agreement),
    Case::new("agreement", See, Agreement),
    Case::new("createAgreement", Make, Agreement).body(said),
    // Another text of what was proposed is the editor's; its language is none.
    Case::new("changeAgreement", Change, Agreement).body(|_| json!({"language": "nn"})),
    Case::new("removeAgreement", Remove, Agreement),
    Case::new("proposeAgreement", Lead, Agreement),
    Case::new("signAgreement", Answer, Agreement).body(|_| json!({"digest": DIGEST, "textVersion": 1})),
    Case::new("declineAgreement", Vote, Agreement).body(why),
    Case::new("terminateAgreement", Take, Agreement).body(why),
];
