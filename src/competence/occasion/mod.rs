//! Something from outside that competences are wanted or shown for: a reform, an act, a national effort.
//!
//! Rules: an occasion is a consortium's; any of its libraries that takes part names one, once for all, and entries say that
//! they are for it. Who is not in the consortium does not learn which.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model};
pub use model::{NewOccasion, Occasion, OccasionChange};
