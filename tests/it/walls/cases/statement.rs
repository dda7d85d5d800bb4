use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 9] = [
    Case::new("statements", List, Statement),
    Case::new("statement", See, Statement),
    Case::new("createStatement", Make, Statement)
        .body(|_| json!({"kind": "challenge", "text": "Økt tidspress", "language": "nb"})),
    Case::new("changeStatement", Change, Statement).body(|_| json!({"kind": "threat"})),
    Case::new("removeStatement", Remove, Statement),
    Case::new("endorsements", See, Statement),
    Case::new("endorseStatement", Answer, Statement),
    Case::new("withdrawEndorsement", Vote, Statement),
    Case::new("statementOverview", See, Group).on(Consortium),
];
