use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 4] = [
    Case::new("principals", List, Principal),
    Case::new("principal", See, Principal),
    Case::new("blockPrincipal", Change, Principal),
    Case::new("unblockPrincipal", Change, Principal),
];
