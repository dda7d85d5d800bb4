//! A joint project: one library leads it, others take part, some of it inside a consortium. It begins as an idea
//! and goes through its states by legal steps only, each with its reason.
//!
//! Rules: a project is its lead's row, and only the lead changes it. Who is invited sees it from then on; who
//! declines or leaves does not. `consortium` shows it to one consortium, as far as the lead's sharing cap there
//! lets it. Participants and steps are seen by whoever sees the project: they carry copies of what decides that.

mod entity;
pub mod graphql;
mod model;
pub mod participant;
pub mod rest;
mod seat;
pub mod service;
mod state;
pub mod transition;

pub use entity::{Column, Entity, Model, seen};
pub use model::{
    Clearable, NewProject, Participant, Project, ProjectChange, ProjectFilter, ProjectInvitation, ProjectMove,
};
pub use state::ProjectState;
