//! What libraries learn by together: a course, a conference, a study visit, a placement or a campaign that one offers, or seeks.
//!
//! Rules: an activity is its host's own, shared under the cap for activities, on a few concepts that it teaches. It goes
//! planned -> open -> closed -> held, and is cancelled from any but held. While it is open another library that sees it
//! registers, by a number of people and never by their names; who has registered stands beside it for all who see it, as at
//! any course. The seats are never given twice, and no library gets more than the host says. What it costs is shared by a
//! rule that is said before; each registration says its share. When it was held, those who were registered say what it was
//! worth, to the host alone.

pub mod check;
mod entity;
pub mod evaluation;
pub mod graphql;
mod model;
pub mod registration;
pub mod rest;
pub mod service;
pub mod share;

pub use entity::{ActivityKind, ActivitySide, ActivityState, Column, Concepts, CostSharing, Entity, Model};
pub use model::{
    Activity, ActivityChange, ActivityFilter, ActivityMove, Clearable, Cost, CostInput, NewActivity,
    OwnRegistration,
};
