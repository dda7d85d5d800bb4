//! A membership: one tenant in one consortium, made by invitation and acceptance, so that neither side can add the
//! other alone. It carries the tenant's sharing cap for each kind of row. Leaving stops sharing at once and
//! deletes nothing.

mod entity;

pub use entity::{ActiveModel, Column, Entity, MembershipStatus, Model, SharingCap};
