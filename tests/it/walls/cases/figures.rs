use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::{MARK, tenant},
};

/// Figures of a consortium are for those who have a seat in it, as its groups are; who is only invited has none.
pub const CASES: [Case; 15] = [
    Case::new("landscape", See, Group).on(Consortium),
    Case::new("overlap", See, Group).on(Consortium),
    Case::new("suggestions", See, Group).on(Consortium),
    Case::new("commonStrengths", See, Group)
        .on(Consortium)
        .args(|_| json!({"conceptIds": migration::registers::concept_id("c:music")})),
    Case::new("aggregateCompetences", See, Group)
        .on(Consortium)
        .args(|_| json!({"groupBy": "tenant", "filter": {"stance": "have"}})),
    Case::new("aggregateCompetencesDefinition", List, Register),
    Case::new("overlapOf", See, Profile).args(|_| json!({"other": tenant(Lib::B)})),
    // What the world's texts begin with.
    Case::new("search", List, Competence).args(|_| json!({"text": MARK, "kind": "competence"})),
    Case::new("search", List, Statement).args(|_| json!({"text": MARK, "kind": "statement"})),
    Case::new("search", List, Project).args(|_| json!({"text": MARK, "kind": "project"})),
    Case::new("search", List, Activity).args(|_| json!({"text": MARK, "kind": "activity"})),
    Case::new("search", List, Meeting).args(|_| json!({"text": MARK, "kind": "meeting"})),
    // For every member, whatever it sees there; the frontend's token does not reach it.
    Case::new("calendar", List, Activity),
    Case::new("matches", Ask, Competence),
    Case::new("matchesOffered", List, Competence),
];
