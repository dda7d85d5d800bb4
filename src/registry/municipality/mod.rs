//! The register of municipalities, each in a region and with the time in which it stands, what it came from and what
//! became of it. Everybody who signed in reads it; a migration brings what is new.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model};
pub use model::{Municipality, MunicipalityFilter};
