//! Competence spotting: another library has seen this one be good at something, and says so.
//!
//! Rules: a library says it of a library that it is in a consortium with; the two alone see it. The one that was seen takes it
//! into its own list, to be shown as it decides, or declines; until then it is in nobody's profile and in no figure. Who saw
//! it stays with the entry, for its library to know.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model, SightingStatus};
pub use model::{Acceptance, CompetenceSighting, NewSighting, SightingFilter};
