//! The cubes beside that of competences: statements, projects, commitments, activities, priorities, agreements and applications for
//! money, counted and divided by up to three dimensions.
//!
//! Rules
//! * Counted is what is shared *in* the consortium ([`SharedRows`](crate::tenancy::SharedRows)), the same for every member who asks. What
//!   is made for another consortium is counted there, and what is public and for none in each in which its library shares its kind.
//! * A measure is a sum over what is met, each thing once however often it is met: libraries are counted, never rows, and
//!   a project in which three take part is one project.
//! * Amounts of several currencies are never added: they are told where it is divided by currency or one is chosen, and absent elsewhere.
//! * All cubes are declared in one table ([`definition`]); REST, GraphQL, the files, `/stat/v2` and the reference come from it.
//! * Of a round only what every member sees is counted: its proposals, how many have voted and, once it is published, its result.
//!
//! To read: [`fact`] is what is counted, [`read`] where it comes from, [`tally`] how it is counted.

pub mod definition;
mod fact;
pub mod graphql;
mod model;
mod read;
pub mod rest;
pub mod service;
mod tally;

pub use definition::{CubeDimension, CubeName};
pub use model::{Cube, CubePlaces};
