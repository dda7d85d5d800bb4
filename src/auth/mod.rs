//! How a request becomes a [`Caller`]: a token that this node signed is verified strictly, and says which
//! service account calls for which tenant in which role. What a role may do stands in [`policy`], in one table.
//!
//! Start reading at [`token`], then [`policy`].

pub mod accounts;
pub mod assertion;
pub mod caller;
pub mod invitations;
pub mod keys;
pub mod oidc;
pub mod policy;
pub mod public_key;
pub mod revoked;
pub mod scopes;
pub mod token;

pub use caller::{Caller, Role};
pub use keys::Keys;
pub use scopes::Scopes;
