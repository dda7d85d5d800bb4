//! A whole list pasted: one line an entry, as it stands in a library's own notes.
//!
//! Rules: composite lines are split where the text itself parts them («samsøk / medieutnyttelse», a comma); the order is
//! kept and means no ranking; a concept named twice is counted once; a phrase that finds no concept is kept,
//! unmapped; the words stay verbatim beside the concept. All or nothing, or the good lines, as asked.

mod lines;
mod model;
pub mod service;

pub use model::{Paste, PasteMode, PasteOutcome, Pasted, PastedLine, PastedPart};
