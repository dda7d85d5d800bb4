use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::tenant,
};

pub const CASES: [Case; 4] = [
    Case::new("accessInvitations", List, Invitation),
    Case::new("accessInvitation", See, Invitation),
    Case::new("createAccessInvitation", Make, Invitation)
        .body(|_| json!({"tenantId": tenant(Lib::A), "role": "admin"})),
    Case::new("revokeAccessInvitation", Change, Invitation),
];
