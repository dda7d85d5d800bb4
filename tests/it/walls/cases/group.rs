use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Consortium as Which, Kind::*, Lib},
    world::tenant,
};

pub const CASES: [Case; 6] = [
    Case::new("groups", See, Group).on(Consortium),
    Case::new("group", See, Group),
    Case::new("createGroup", Make, Group)
        .on(Consortium)
        .body(|_| json!({"name": [{"language": "nb", "text": "Ny"}], "kind": "team"})),
    Case::new("changeGroup", Change, Group).body(|_| json!({"kind": "network"})),
    Case::new("addGroupMember", Change, Group)
        .only(|r| r.consortium == Which::One)
        .body(|_| json!({"tenantId": tenant(Lib::A)})),
    Case::new("removeGroupMember", Change, Group).args(|ask| json!({"tenantId": tenant(ask.record.owner)})),
];
