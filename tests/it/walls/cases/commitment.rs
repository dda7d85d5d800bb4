use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 6] = [
    Case::new("commitments", List, Commitment),
    Case::new("commitment", See, Commitment),
    Case::new("createCommitment", Make, Commitment)
        .body(|_| json!({"text": "Vi vil møtes", "language": "nb", "due": "2027-01"})),
    Case::new("changeCommitment", Change, Commitment).body(|_| json!({"text": "Vi vil møtes snart"})),
    Case::new("followUpCommitment", Change, Commitment).body(|_| json!({"status": "done"})),
    Case::new("commitmentSteps", See, Commitment),
];
