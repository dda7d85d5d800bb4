use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 9] = [
    Case::new("competences", List, Competence),
    Case::new("competence", See, Competence),
    Case::new("createCompetence", Make, Competence)
        .body(|_| json!({"stance": "want", "conceptId": migration::registers::concept_id("c:music"), "targetLevel": 3})),
    Case::new("changeCompetence", Change, Competence).body(|_| json!({"level": 3})),
    Case::new("removeCompetence", Remove, Competence),
    Case::new("competenceHistory", See, Competence),
    Case::new("profile", See, Profile),
    Case::new("setProfileStatement", Change, Profile)
        .body(|_| json!({"text": [{"language": "nb", "text": "Vi er gode"}]})),
    Case::new("pasteCompetences", Make, Competence)
        .body(|_| json!({"text": "musikk\nkassering", "language": "nb", "stance": "want"})),
];
