//! Over whose rows figures are counted.

use crate::id::ConsortiumId;

/// The widest is what everybody may read: it is the same for whoever asks, and nobody needs a seat for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// What is shared in one consortium of the caller's.
    Consortium(ConsortiumId),
    /// What is shared in at least one of these consortia, all of them the caller's. In their order, each once.
    Consortia(Vec<ConsortiumId>),
    /// What everybody on the node may read.
    Node,
}

impl Extent {
    /// Over these consortia; over the node where none is named.
    pub fn over(mut consortia: Vec<ConsortiumId>) -> Self {
        consortia.sort_unstable();
        consortia.dedup();
        match *consortia {
            [] => Self::Node,
            [one] => Self::Consortium(one),
            _ => Self::Consortia(consortia),
        }
    }

    /// In which the caller must have a seat.
    pub fn consortia(&self) -> &[ConsortiumId] {
        match self {
            Self::Consortium(one) => std::slice::from_ref(one),
            Self::Consortia(all) => all,
            Self::Node => &[],
        }
    }
}

impl From<ConsortiumId> for Extent {
    fn from(consortium: ConsortiumId) -> Self {
        Self::Consortium(consortium)
    }
}

impl From<&Extent> for Extent {
    fn from(extent: &Extent) -> Self {
        extent.clone()
    }
}
