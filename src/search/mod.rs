//! One search over what the libraries share: competences, statements, projects, activities, products and meetings.
//!
//! Rules: a text is found in what a row is called, whatever the case of its letters, and a competence also under a concept with a label
//! that begins so, in any language. Only what the caller may read is searched, through the same row rules as the lists; of kinds
//! that its token does not reach nothing is found, and asked for by name they are refused.

pub mod graphql;
mod kinds;
mod model;
pub mod rest;
pub mod service;

pub use model::{Hit, HitKind, SearchWish};
