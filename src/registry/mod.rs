//! Who is on this node and how they belong together: tenants (libraries), regions and municipalities, consortia
//! with their memberships and groups, and organisations outside.
//!
//! Rules: a tenant's name is no secret to those who signed in; a consortium is seen by its members and by
//! those it has invited; nobody is added to a consortium by somebody else alone.

pub mod account;
pub mod consortium;
pub mod contact;
pub mod group;
pub mod invitation;
pub mod me;
pub mod membership;
pub mod municipality;
pub mod organisation;
pub mod principal;
pub mod region;
mod register;
pub mod seat;
pub mod tenant;
mod told;
