use super::Case;
use crate::walls::oracle::{Action::*, Kind::*, Lib};

pub const CASES: [Case; 7] = [
    Case::new("erasures", List, Erasure),
    Case::new("erasure", See, Erasure),
    // The others' is asked for already.
    Case::new("requestErasure", Change, Tenant).only(|record| record.owner == Lib::A),
    Case::new("confirmErasure", Change, Erasure),
    Case::new("cancelErasure", Change, Erasure),
    Case::new("erasePrincipal", Change, Principal),
    Case::new("export", List, Archive).on(Tenant),
];
