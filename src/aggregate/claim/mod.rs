//! «Felles for flere»: what the members of a consortium say that several of them are good at, without naming which.
//!
//! Rules: a claim is the consortium's, put there by one of its libraries that takes part, on one concept and in its own words.
//! It is told how many members confirm it by what they themselves share there as their own: so many as every member is told,
//! and never more. Whoever claimed it, or the coordinator, takes it back; it is not changed, for others have read it as it was.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model};
pub use model::{NewStrengthClaim, StrengthClaim};
