//! What somebody means when they type `it-udvikling`: the concept that a neighbour calls *IKT-utvikling* and a
//! third *IT-utveckling*.
//!
//! Rules:
//! - A language tag is respected: Danish *frokost* (lunch) is not Norwegian *frokost* (breakfast). Labels of the
//!   language come first, then those of its close relative (nb and nn), then all others. `no` means `nb`.
//! - Spelling habits do not part what belongs together: letter case, æ and ä, ø and ö, å and aa, hyphens, spaces,
//!   quotation marks, and `&` for *og*, *och*, *ja*, *and* (see [`fold`]).
//! - Closed compounds are read by their parts (see [`compound`]), typing errors by letter distance (see [`grams`]).
//! - A person choosing from a list gets [`Index::suggest`]; a pasted list, which nobody looks over line by line, gets
//!   [`Index::exact`], which answers nothing rather than something doubtful.
//! - No input may panic or take long: only the first [`fold::LONGEST`] characters count.
//!
//! The index knows no database and never changes: build a new one when a label changes and swap the `Arc`.

mod compound;
mod figures;
mod fold;
mod grams;
mod index;
mod lang;
mod rank;
mod sure;
#[cfg(test)]
mod tests;

pub use figures::{Figures, Row, measure};
pub use index::Index;

use uuid::Uuid;

/// A text without its spelling habits: two texts that come down to the same are one.
pub fn bare(text: &str) -> String {
    fold::Reading::of(text).bare
}

/// One name of a concept in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub concept: Uuid,
    /// BCP 47, such as `nb`, `nn`, `sv`, `da`, `fi`, `se`, `en`.
    pub lang: String,
    pub text: String,
    pub kind: LabelKind,
}

/// How much a name weighs: of two concepts with the same name, the one that prefers it comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelKind {
    Pref,
    Alt,
    /// A phrase once mapped to the concept by hand, never shown as its name.
    Seed,
}

/// A concept offered, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub concept: Uuid,
    /// From 0 to 1; comparable within one answer only.
    pub score: f64,
    /// The label that was met, as it is written.
    pub label: String,
    pub lang: String,
    pub how: How,
}

/// The way a label was met, surest first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "MatchKind")]
#[schema(as = MatchKind)]
pub enum How {
    /// A preferred label, letter case apart.
    Exact,
    /// Another label, letter case apart.
    Alternative,
    /// Equal after folding of spelling habits.
    Folded,
    /// By the parts of a compound, or as the beginning of a longer label.
    Compound,
    /// By letter distance.
    Fuzzy,
}
