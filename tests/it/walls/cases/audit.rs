use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 3] = [
    Case::new("auditRecords", List, Log),
    Case::new("auditReads", List, Log),
    Case::new("auditCheckpoint", List, Log),
];
