//! Who has signed in for a library through a provider: pseudonyms, for its admin. What each may do is said by the rules of
//! the node's configuration, anew at every sign-in; here one is looked at, blocked, and let in again.

pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use model::Principal;
