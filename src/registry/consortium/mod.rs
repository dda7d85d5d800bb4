//! A consortium: libraries that cooperate under a mandate. The node's operator makes it and invites its
//! coordinator; the coordinator invites the others. Its members see it, and those it has invited; for everybody
//! else it does not exist.

mod entity;

pub use entity::{ActiveModel, Column, ConsortiumStatus, Entity, Model};
