use serde_json::{Value, json};

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

fn rules() -> Value {
    json!({"leastContributors": 3, "leastSum": 5, "sharePercent": 20, "level": "single", "toPublic": true,
        "cadence": "quarterly", "groupings": ["all", "kind"]})
}

pub const CASES: [Case; 12] = [
    Case::new("releaseRules", See, ReleaseRules).on(Consortium),
    Case::new("releaseRulesProposals", See, ReleaseRules).on(Consortium),
    Case::new("releaseRulesProposal", See, ReleaseRules),
    Case::new("proposeReleaseRules", Make, ReleaseRules).on(Consortium).body(|_| rules()),
    Case::new("approveReleaseRules", Vote, ReleaseRules),
    Case::new("makeRelease", Make, Release).on(Consortium).body(|_| json!({"measure": "headcount"})),
    Case::new("releases", List, Release),
    Case::new("release", See, Release),
    Case::new("releaseCells", See, Release),
    Case::new("releaseDocument", See, Release),
    Case::new("withdrawRelease", Change, Release).body(|_| json!({"reason": "Feil år"})),
    Case::new("releaseContributions", List, Release),
];
