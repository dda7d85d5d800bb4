//! What is done together in a meeting: group work with prompts and a time limit, interview rounds, a walk and talk.
//!
//! Rules: the coordinator makes it, opens it and closes it; notes are taken in only while it is open and its time is not
//! over. Each question has as many answers as there are, or one a library, or one a group.

mod entity;
mod model;
pub mod service;
pub mod turn;

pub use entity::{AnswersPer, Column, Entity, ExerciseKind, ExerciseState, Model};
pub use model::{Clearable, Exercise, ExerciseChange, NewExercise};
