//! What a library is good at and what it wants to learn: its competence entries, each on one concept, with a level,
//! the phrase that it came from, and its own visibility; together with a short statement they are the profile.
//!
//! Rules: unique per (tenant, concept, stance); every change keeps its history, so that a profile can be read as
//! of any time; a library decides row by row who sees what, and its sharing cap in a consortium bounds that. The
//! past of another library is read through its present: what it no longer shows, it does not show as of any time.

pub mod check;
mod entity;
pub mod graphql;
pub mod history;
pub mod joined;
pub mod mark;
mod model;
pub mod occasion;
pub mod past;
pub mod paste;
pub mod profile;
pub mod rest;
pub mod service;
mod shape;
pub mod sighting;
pub mod statement;

pub use check::is_https;
pub use entity::{
    ActiveModel, Column, Entity, Model, Phrase, Phrases, Spreading, SpreadingStep, Stance, readable,
};
pub use model::{
    Clearable, Competence, CompetenceChange, CompetenceFilter, NewCompetence, NewStatement, PastCompetence,
    Profile, ProfileCoverage, ProfileStatement,
};
use service::turn;
