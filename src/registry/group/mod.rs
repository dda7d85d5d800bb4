//! A group inside a consortium: a steering group, a working group, a network, a team across county borders. It has
//! members among the consortium's, a mandate, the matters that are its own, and a period.
//!
//! Rules: whoever has a seat in the consortium sees its groups; its coordinator makes and changes them. Only active
//! members of the consortium can be members of a group, and who leaves the consortium is not told as one any more.

mod entity;
pub mod graphql;
pub mod member;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, GroupKind, Model};
pub use model::{Group, GroupChange, GroupFilter, GroupMember, NewGroup, NewGroupMember};
