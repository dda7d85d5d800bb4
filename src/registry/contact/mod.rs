//! Whom to turn to: a function, or a person who has agreed to be named, on a competence or on a project.
//!
//! Rules: a function is the usual case, and needs nobody's leave. A named person stands here with the day of the consent
//! and the day on which it ends, two years ahead at the most; from then on nobody else sees it, and within a day it is
//! gone. Withdrawn is removed: the name stands in no history, no log and no kept answer. Others see a contact as far as
//! its visibility goes and the library shares its competences, and one on a project only where they see that.

mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;

pub use entity::{Column, ContactKind, Entity, Model};
pub use model::{Clearable, Contact, ContactChange, ContactFilter, NewContact};
