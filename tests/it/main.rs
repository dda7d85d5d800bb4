//! Stories about a running node, each told on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod aggregates;
mod audit;
mod bounds;
mod client_keys;
mod competences;
mod concepts;
mod consortia;
mod contracts;
mod demo;
mod demo_command;
mod forged_tokens;
mod four_counties;
mod graphql_limits;
mod groups;
mod harness;
mod import;
mod keys;
mod landscape;
mod layers;
mod oidc;
mod organisations;
mod pasted_lists;
mod priorities;
mod privacy;
mod projects;
mod registers;
mod retries;
mod statements;
mod tenants;
mod tokens;
mod walls;
