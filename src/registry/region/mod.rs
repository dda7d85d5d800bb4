//! The register of regions: counties and their like, each with the time in which it stands, what it came from and
//! what became of it. Everybody who signed in reads it; the node's operator keeps it.

mod entity;

pub use entity::{Column, Entity, Model};
