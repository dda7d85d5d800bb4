//! The words for what a library is good at: a SKOS scheme of concepts under themes, with labels in the languages
//! of the service. Everybody who signed in reads it. Free text in any of the languages is met by [`suggest`].
//!
//! A consortium may have concepts and themes of its own beside them, which its members alone see, and a library what it
//! has proposed to everybody: both are found by their names too, and read like any other where they are seen.
//!
//! Rules: a concept is found by its id or by its notation; a theme is a top concept and carries no competence of
//! its own; a deprecated concept is still shown and no longer offered. Who may decide on a proposal, see [`proposal`]; what
//! a concept is merged into takes all that named it along. What free text is met with is held in memory
//! ([`words`]) and may be a few seconds behind the rows.

pub mod definition;
mod entity;
pub mod graphql;
pub mod known;
pub mod label;
pub mod link;
pub mod mark;
mod merge;
mod model;
pub mod proposal;
pub mod rest;
pub mod scheme;
pub mod seen;
pub mod service;
pub mod suggest;
pub mod words;

pub use entity::{ActiveModel, Column, ConceptStatus, Entity, Model, common};
pub use model::{
    Concept, ConceptChange, ConceptFilter, ConceptLabel, ConceptLink, ConceptMerge, ConceptRejection,
    ConceptScheme, LabelUse, NewConcept, Suggestion, SuggestionWish, Suggestions, ThemeFilter, ThemeLink,
};
