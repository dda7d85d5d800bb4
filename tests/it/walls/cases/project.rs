use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::tenant,
};

pub const CASES: [Case; 11] = [
    Case::new("projects", List, Project),
    Case::new("project", See, Project),
    Case::new("createProject", Make, Project)
        .body(|_| json!({"title": [{"language": "nb", "text": "Nytt"}]})),
    Case::new("changeProject", Change, Project)
        .body(|_| json!({"title": [{"language": "nb", "text": "Annet"}]})),
    Case::new("moveProject", Change, Project).body(|_| json!({"to": "planned", "reason": "klart"})),
    Case::new("participants", See, Project),
    Case::new("projectGap", See, Project),
    Case::new("inviteParticipant", Lead, Project)
        .body(|_| json!({"tenantId": tenant(Lib::Observer), "role": "partner"})),
    Case::new("acceptParticipation", Answer, Project).only(|r| r.named == Some(Lib::B)),
    Case::new("declineParticipation", Answer, Project).only(|r| r.named == Some(Lib::B)),
    Case::new("leaveProject", Answer, Project).only(|r| r.named == Some(Lib::Coordinator)),
];
