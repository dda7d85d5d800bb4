//! Forgetting: somebody who signed in, or a whole library.
//!
//! Rules: who is forgotten is so at once, on an admin's word. A library goes when two have asked for it, neither of them
//! twice and one of them its own admin (a suspended library has nobody who could: there two operators may); and not
//! before a week has passed, in which it may take out what is its own and anybody of those may call it off. What the
//! members of a consortium made together stays theirs, under the name of a removed library. The audit keeps what was done,
//! and not by whom.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, ErasureKind, Model};
pub use model::{Erasure, ErasureState};
