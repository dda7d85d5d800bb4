//! A consortium: libraries that cooperate under a mandate. The node's operator makes it and invites its
//! coordinator; the coordinator invites the others. Its members see it, and those it has invited; for everybody
//! else it does not exist.
//!
//! Its threshold `k` guards what members share sealed: a coordinator may raise it and never bring it below
//! [`K_LEAST`].

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{ActiveModel, Column, ConsortiumStatus, Entity, Model};
pub use model::{Consortium, ConsortiumChange, K_LEAST, Mandate, MandateInput, NewConsortium};
