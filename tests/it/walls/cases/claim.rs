use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 4] = [
    Case::new("strengthClaims", See, Claim).on(Consortium),
    Case::new("strengthClaim", See, Claim),
    Case::new("claimStrength", Make, Claim).on(Consortium).body(|_| {
        json!({"conceptId": migration::registers::concept_id("c:music"), "text": "Musikk", "language": "nb"})
    }),
    Case::new("withdrawStrengthClaim", Remove, Claim),
];
