//! Who is calling: what the token said, and where the caller's library has a seat. Everybody who signed in may ask.

pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use model::{Me, MySeat, MyTenant};
