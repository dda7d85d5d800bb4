//! The words for what a library is good at: a SKOS scheme of concepts under themes, with labels in the languages
//! of the service. Everybody who signed in reads it. Free text in any of the languages is met by [`suggest`].
//!
//! Rules: a concept is found by its id or by its notation; a theme is a top concept and carries no competence of
//! its own; a deprecated concept is still shown and no longer offered. What free text is met with is held in memory
//! ([`words`]) and may be a few seconds behind the rows.

mod entity;
pub mod graphql;
pub mod known;
pub mod label;
pub mod link;
mod model;
pub mod rest;
pub mod scheme;
pub mod service;
pub mod suggest;
pub mod words;

pub use entity::{Column, ConceptStatus, Entity, Model};
pub use model::{
    Concept, ConceptFilter, ConceptLabel, ConceptLink, ConceptScheme, LabelUse, Suggestion, SuggestionWish,
    Suggestions, ThemeFilter, ThemeLink,
};
