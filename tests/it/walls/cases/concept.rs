use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 6] = [
    Case::new("concepts", List, Register),
    Case::new("themes", List, Register),
    Case::new("conceptSchemes", List, Register),
    Case::new("concept", See, Register),
    Case::new("conceptScheme", See, Register)
        .args(|_| json!({"id": migration::registers::concept_id("samvirke-concepts")})),
    Case::new("suggestConcepts", List, Register).args(|_| json!({"text": "musikk", "language": "nb"})),
];
