use super::Case;
use crate::walls::oracle::{Action::*, Kind::*};

pub const CASES: [Case; 1] = [Case::new("events", List, Log)];
