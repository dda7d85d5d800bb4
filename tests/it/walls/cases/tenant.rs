use serde_json::json;

use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 6] = [
    Case::new("tenants", List, Tenant),
    Case::new("tenant", See, Tenant),
    Case::new("createTenant", Make, Tenant).body(|_| {
        json!({"slug": "nytt-bibliotek", "kind": "county_library", "country": "NO", "name": [{"language": "nb", "text": "Nytt"}]})
    }),
    Case::new("changeTenant", Change, Tenant).body(|_| json!({"municipalityCount": 7})),
    Case::new("suspendTenant", Lead, Tenant),
    Case::new("resumeTenant", Lead, Tenant),
];
