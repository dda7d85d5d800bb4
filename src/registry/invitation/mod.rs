//! Ways into a library that are good once: for its first administrator, whom the node's operator invites, and for
//! everybody whom the rules of the node's configuration do not know.
//!
//! Rules: the secret is shown once, to whoever invites, and only its hash is kept. Good for a month at the most, and
//! until it is used or revoked. The operator sees the invitations that it made; the library sees all that lead into it.

pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use model::{Invitation, IssuedInvitation, NewInvitation};
