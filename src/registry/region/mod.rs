//! The register of regions: counties and their like, each with the time in which it stands, what it came from and
//! what became of it. Everybody who signed in reads it; a migration brings what is new.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model};
pub use model::{Region, RegionFilter};
