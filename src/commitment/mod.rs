//! What a library has said that it will do: «in the near future we will … together with …», by when, and what came of it.
//!
//! Rules: a commitment is its library's own, for itself or for one of its groups, and names nobody. With whom: libraries of
//! this node, who see it from then on, and others by name. It is open until it is done, dropped or moved to another day;
//! each step is kept with what was said of it. Shared as an activity is. Before its day comes, and when it is over, the
//! libraries that it is made by and with are told by an event.

pub mod check;
mod entity;
pub mod graphql;
mod model;
pub mod reminder;
pub mod rest;
pub mod seat;
pub mod service;
pub mod step;

pub use entity::{Column, CommitmentStatus, Entity, Model};
pub use model::{
    Clearable, Commitment, CommitmentChange, CommitmentFilter, CommitmentStep, FollowUp, NewCommitment,
};
