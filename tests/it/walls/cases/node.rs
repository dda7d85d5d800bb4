use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

/// One row a kind that has an address; see `walls::nodes` for what is answered.
pub const CASES: [Case; 9] = [
    Case::new("node", See, Register),
    Case::new("node", See, Tenant),
    Case::new("node", See, Consortium),
    Case::new("node", See, Membership),
    Case::new("node", See, Group),
    Case::new("node", See, Organisation),
    Case::new("node", See, Competence),
    Case::new("node", See, Project),
    Case::new("node", See, Round),
];
