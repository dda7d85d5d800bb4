//! A library's ballot: how it spreads its points. It is the library's alone, for ever; what the others get is its
//! receipt in the published result, from which nothing can be read without the ballot's nonce.

mod entity;
mod model;
mod receipt;
pub mod service;
pub mod turnout;

pub use entity::{ActiveModel, Column, Entity, Model};
pub use model::{Ballot, Choice, NewBallot};
