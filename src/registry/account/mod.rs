//! A tenant's service accounts: how its integrations sign in, each in a role and until a day. Its admin keeps them; the
//! node's operator makes a tenant's first one and sees none.
//!
//! Rules: it signs in with a secret or with a key. The secret is shown to whoever asked for it, once, and only its hash is kept;
//! of the key only the public part is ever seen. Revoked is for good. A library
//! gives no role but its own four: operator belongs to the node. Its tokens are refused within ten seconds, on every process
//! of the node.

pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use model::{IssuedServiceAccount, NewServiceAccount, SecretRotation, ServiceAccount};
