//! A short text in which a library says what is strong or weak, what it hopes or fears, what it wants to reach and by
//! what means; others endorse it.
//!
//! Rules: a statement is its library's own, in one language, on a few concepts or none. It is shared as a competence is,
//! under the cap for statements. A means says which of the library's ambitions it serves. Whoever sees a statement may
//! endorse it, once a library and openly: who endorsed stands beside it, for all who see it. The overview of a consortium
//! is made of what its members share there.

pub mod check;
pub mod endorsement;
mod entity;
pub mod graphql;
mod model;
pub mod overview;
pub mod rest;
pub mod service;

pub use entity::{Column, Concepts, Entity, Model, StatementKind};
pub use model::{Clearable, NewStatement, Statement, StatementChange, StatementFilter};
