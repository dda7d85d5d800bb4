//! A whole list pasted: one line an entry, as it stands in a library's own notes.
//!
//! Rules: composite lines are split where the text itself parts them («samsøk / medieutnyttelse», a comma, the last «og» of
//! a list), unless the whole is a known name; the order is kept and means no ranking; a concept named twice is counted
//! once; a misspelling is read as the one concept that it surely means, and the answer says as what; the words stay
//! verbatim beside the concept; a phrase that finds no concept is kept, unmapped, or refused, as asked. So with bad
//! lines: all or nothing, or the good lines. What the library once made of its own words stays: they are not added again.

mod lines;
mod model;
mod read;
pub mod service;

pub use model::{Paste, PasteMode, PasteOutcome, Pasted, PastedLine, PastedPart, UnmappedWords};
