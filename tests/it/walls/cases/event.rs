use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 2] = [
    Case::new("events", List, Log),
    // With what there was, or nothing would come.
    Case::new("eventAdded", List, Log).args(|_| json!({"fromStart": true})),
];
