//! Samvirke: where regional libraries find out what they are good at together.
//!
//! # The map
//! ```text
//!             main -- cli -- app
//!                      |
//!         rest.rs   graphql/                   mounts: lists of nouns, and how each face says errors
//!    <noun>/rest.rs  <noun>/graphql.rs         translate; no database, no policy
//!             '----+----'
//!           <noun>/service.rs                  use cases; no HTTP and no GraphQL in their signatures
//!    <noun>/entity.rs  tenancy/                rows and who may see them; the door to the database
//!                     auth/                    who is calling; what a role may do
//!           error, id, page, text, when        ground: words that everybody uses
//! ```
//! Arrows point down only. One noun uses another through its service. The tables and the database's own wall
//! are in the crate `migration`.
//!
//! To understand one request, read in this order: [`rest`], a noun (`registry/tenant` is the smallest),
//! [`tenancy`], [`auth`].

pub mod activity;
pub mod aggregate;
pub mod agreement;
pub mod app;
pub mod audit;
pub mod auth;
pub mod calendar;
pub mod cli;
pub mod commitment;
pub mod competence;
pub mod concept;
pub mod config;
pub mod demo;
pub mod error;
pub mod event;
pub mod funding;
pub mod graphql;
pub mod id;
pub mod meeting;
pub mod node;
pub mod page;
pub mod priority;
pub mod privacy;
pub mod product;
pub mod project;
pub mod rate;
pub mod registry;
pub mod rest;
pub mod search;
pub mod statement;
pub mod telemetry;
pub mod tenancy;
pub mod text;
pub mod when;
