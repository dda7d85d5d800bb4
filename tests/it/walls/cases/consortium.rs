use serde_json::json;

use super::Case;
use crate::walls::{
    oracle::{Action::*, Kind::*, Lib},
    world::tenant,
};

pub const CASES: [Case; 12] = [
    Case::new("consortia", List, Consortium),
    Case::new("consortium", See, Consortium),
    Case::new("createConsortium", Make, Consortium).body(|_| {
        json!({"slug": "nytt-samarbeid", "name": [{"language": "nb", "text": "Nytt"}], "coordinatorId": tenant(Lib::A)})
    }),
    Case::new("changeConsortium", Change, Consortium).body(|_| json!({"k": 4})),
    Case::new("memberships", See, Consortium),
    Case::new("inviteMember", Change, Consortium).body(|_| {
        // Somebody who takes no part in the sequence of `alone`: an invitation opens what is kept from others.
        json!({"tenantId": tenant(Lib::Former), "role": "member"})
    }),
    Case::new("myMemberships", List, Membership),
    Case::new("membership", See, Membership),
    Case::new("acceptInvitation", Answer, Membership)
        .only(|r| r.owner == Lib::Newcomer)
        .body(|_| json!({"projects": "none"})),
    Case::new("declineInvitation", Answer, Membership).only(|r| r.owner == Lib::Newcomer),
    Case::new("leaveConsortium", Answer, Membership).only(|r| r.owner == Lib::A),
    Case::new("changeSharing", Answer, Membership)
        .only(|r| r.owner == Lib::A)
        .body(|_| json!({"projects": "none"})),
];
