use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::tenant,
};

pub const CASES: [Case; 5] = [
    Case::new("serviceAccounts", List, Account),
    Case::new("serviceAccount", See, Account),
    Case::new("createServiceAccount", Make, Account)
        .body(|_| json!({"tenantId": tenant(Lib::A), "role": "viewer", "label": "Nettsted"})),
    Case::new("revokeServiceAccount", Change, Account),
    Case::new("rotateServiceAccountSecret", Change, Account).body(|_| json!({"days": 30})),
];
