use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 5] = [
    Case::new("me", List, Register),
    Case::new("regions", List, Register)
        .args(|_| json!({"filter": {"country": "NO", "asOf": "2026-01-01", "text": "oslo"}})),
    Case::new("region", See, Register).args(|_| json!({"id": "no-30"})),
    Case::new("municipalities", List, Register)
        .args(|_| json!({"filter": {"regionId": "no-31", "text": "halden"}})),
    Case::new("municipality", See, Register).args(|_| json!({"id": "no-0301"})),
];
