use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 19] = [
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
    Case::new("competenceSightings", List, Sighting),
    Case::new("competenceSighting", See, Sighting),
    Case::new("spotCompetence", Make, Sighting)
        .on(Tenant)
        .body(|_| json!({"phrase": "Dere kan dette", "language": "nb", "note": "Sett i Oslo"})),
    Case::new("acceptSighting", Answer, Sighting).body(|_| json!({"level": 2})),
    Case::new("declineSighting", Answer, Sighting),
    Case::new("withdrawSighting", Remove, Sighting),
    Case::new("occasions", See, Occasion).on(Consortium),
    Case::new("occasion", See, Occasion),
    Case::new("createOccasion", Make, Occasion)
        .on(Consortium)
        .body(|_| json!({"name": [{"language": "nb", "text": "Skolereformen"}], "url": "https://example.org"})),
    Case::new("changeOccasion", Change, Occasion).body(|_| json!({"starts": "2014-08"})),
    Case::new("pasteCompetences", Make, Competence)
        .body(|_| json!({"text": "musikk\nkassering", "language": "nb", "stance": "want"})),
];
