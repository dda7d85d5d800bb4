//! A body outside the libraries that a consortium works with: a school, a university, an association, a company, a
//! municipality. It is the consortium's, not one library's; met twice, it is merged.
//!
//! Rules: whoever has a seat sees it; coordinator and members write, observers do not. Its sector is said in the library's
//! own word and in one of a closed set, which is what is exchanged and counted. What was merged stays, says into what it
//! was merged and what stands for it today, and is changed no more.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model, OrganisationSector};
pub use model::{NewOrganisation, Organisation, OrganisationChange, OrganisationFilter, OrganisationMerge};
