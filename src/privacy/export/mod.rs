//! A library takes out what is its own: one archive with every row that it owns, signed by the node, which another node
//! takes in.
//!
//! Rules: what goes out is said by the field register, column by column; secrets never do. What comes in is what is the
//! library's whoever its neighbours are (`migration::carrying`): its competences with their history, its profile,
//! its statements, commitments, projects and contacts. What it did in a consortium stays with that, and its accounts and its audit with the node.

mod archive;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use archive::{Trust, open};
pub use model::Archive;
