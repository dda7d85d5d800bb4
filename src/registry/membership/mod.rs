//! A membership: one tenant in one consortium, made by invitation and acceptance, so that neither side can add the
//! other alone. It carries the tenant's sharing cap for each kind of row. Leaving stops sharing at once and
//! deletes nothing.
//!
//! invited -> active or declined; active -> left; declined or left -> invited again. The coordinator invites, and
//! nobody but the tenant itself answers, leaves, or says how much it shares. While a membership is active, and only
//! then, a seat stands beside it ([`super::seat`]).

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{ActiveModel, Column, Entity, MembershipStatus, Model, SharingCap};
pub use model::{Invitation, Membership, MembershipFilter, Sharing, SharingInput};
