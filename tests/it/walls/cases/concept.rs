use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 18] = [
    Case::new("concepts", List, Register),
    Case::new("themes", List, Register),
    Case::new("conceptSchemes", List, Register),
    Case::new("concept", See, Register),
    Case::new("conceptScheme", See, Register)
        .args(|_| json!({"id": migration::registers::concept_id("samvirke-concepts")})),
    Case::new("concept", See, Word),
    Case::new("proposeConcept", Make, Register)
        .body(|_| json!({"label": [{"language": "nb", "text": "Bokkafé"}]})),
    Case::new("proposeLocalConcept", Make, Word)
        .on(Consortium)
        .body(|_| json!({"label": [{"language": "nb", "text": "Bokkafé"}], "top": true})),
    Case::new("changeConcept", Lead, Word)
        .body(|_| json!({"label": [{"language": "nb", "text": "Lesekafé"}]})),
    Case::new("acceptConcept", Lead, Word),
    Case::new("rejectConcept", Lead, Word).body(|_| json!({"reason": "Vi har et ord for det"})),
    Case::new("mergeConcept", Lead, Word)
        .body(|_| json!({"intoId": migration::registers::concept_id("c:games")})),
    Case::new("conceptDefinitions", See, Word),
    Case::new("conceptDefinition", See, Definition),
    Case::new("defineConcept", Make, Definition)
        .on(Register)
        .body(|_| json!({"text": "Det å dele", "language": "nb", "source": "Oslo", "perspective": "Vår"})),
    Case::new("changeDefinition", Change, Definition).body(|_| json!({"text": "Det å dele mer"})),
    Case::new("removeDefinition", Remove, Definition),
    Case::new("suggestConcepts", List, Register).args(|_| json!({"text": "musikk", "language": "nb"})),
];
