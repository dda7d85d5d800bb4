//! What somebody means by a concept: definitions stand side by side, each with where it comes from and whose view it is.
//!
//! Rules: a definition is its library's own, in one language, and seen as that says; of one concept a library may give
//! several. Nobody decides which is right.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model};
pub use model::{ConceptDefinition, DefinitionChange, NewDefinition};
