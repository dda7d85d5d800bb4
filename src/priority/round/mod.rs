//! The round itself: its question, its rules and its phase.

mod entity;
mod model;
mod phase;
pub mod service;

pub(in crate::priority) use entity::in_phase;
pub use entity::{ActiveModel, Column, Entity, Model};
pub use model::{
    NewPriorityRound, PriorityMove, PriorityRound, PriorityRoundChange, PriorityRoundFilter, RecordedResult,
};
pub use phase::{Method, Phase, TieBreak};
