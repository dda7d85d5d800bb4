//! The words for what a library is good at: a SKOS scheme of concepts under themes, with labels in the languages
//! of the service. Everybody who signed in reads it. Free text in any of the languages is met by [`suggest`].

mod entity;
pub mod known;
pub mod label;
pub mod suggest;

pub use entity::{Column, ConceptStatus, Entity, Model};
