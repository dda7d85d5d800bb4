use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

/// The world's activities are open, and nobody has registered.
pub const CASES: [Case; 11] = [
    Case::new("activities", List, Activity),
    Case::new("activity", See, Activity),
    Case::new("createActivity", Make, Activity)
        .body(|_| json!({"kind": "course", "title": "Å formidle musikk", "language": "nb"})),
    Case::new("changeActivity", Change, Activity).body(|_| json!({"place": "Biblioteket"})),
    Case::new("moveActivity", Change, Activity).body(|_| json!({"state": "closed"})),
    Case::new("activityRegistrations", See, Activity),
    Case::new("registerForActivity", Answer, Activity).body(|_| json!({"places": 2})),
    Case::new("changeActivityRegistration", Take, Activity).body(|_| json!({"places": 3})),
    Case::new("withdrawActivityRegistration", Take, Activity),
    Case::new("activityEvaluations", See, Activity),
    Case::new("evaluateActivity", Vote, Activity).body(|_| json!({"score": 4})),
];
