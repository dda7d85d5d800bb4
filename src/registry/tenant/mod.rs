//! A tenant: one library organisation of the node, owner of its rows.
//!
//! The directory of tenants is open to everybody who signed in: a coordinator must be able to invite by name.
//! The node's operator makes tenants; a tenant's admin keeps its names and areas.

pub mod area;
mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, Entity, Model};
pub use model::{NewTenant, Tenant, TenantChange, TenantFilter, TenantKind, TenantStatus};
