use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Kind::*},
    world::id,
};

pub const CASES: [Case; 5] = [
    Case::new("organisations", See, Organisation).on(Consortium),
    Case::new("organisation", See, Organisation),
    Case::new("createOrganisation", Make, Organisation)
        .on(Consortium)
        .body(|_| json!({"name": "Ny", "sector": "company"})),
    Case::new("changeOrganisation", Change, Organisation).body(|_| json!({"country": "SE"})),
    Case::new("mergeOrganisation", Change, Organisation)
        .body(|ask| json!({"intoId": id(5, ask.record.owner, 2)})),
];
