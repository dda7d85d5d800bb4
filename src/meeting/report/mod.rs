//! Minutes and final report of a meeting, put together from what was planned, written and promised, in the reader's language.
//!
//! Rules: a report holds what its reader may see and no more, so that those who see the same read the same, to the byte. What people
//! wrote stands as they wrote it; in the Markdown it cannot become markup.

mod markdown;
mod model;
pub mod service;
pub(crate) mod words;

pub use model::{MeetingReport, ReportedAnswers, ReportedCommitment, ReportedExercise, ReportedNote};
