//! Something written down in an exercise [post-it]: free text, put to a concept or theme later, and made into what it turns
//! out to be.
//!
//! Rules: a note is its library's own. Shown, it is seen in the consortium of its exercise and nowhere else, as far as the
//! library shares its statements there. It is written while the exercise is open. Whoever follows an exercise is shown each
//! note that it may see once, when it is written or first shown: see [`live`].

mod becoming;
mod check;
mod entity;
pub mod live;
mod model;
pub(in crate::meeting) mod read;
pub mod service;

pub use entity::{Became, Column, Entity, Model};
pub use model::{
    Categories, CommitmentOfNote, CompetenceOfNote, NewNote, NewNotes, Note, NoteChange, NoteFilter,
    StatementOfNote, WrittenNotes,
};
