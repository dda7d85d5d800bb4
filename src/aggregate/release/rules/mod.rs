//! By which rules a consortium's figures are released: changed only by its members, when more than half of them say yes.
//!
//! Rules: whoever proposes has said yes; each active member library has one yes, and observers none. The moment that more than
//! half have said it the rules are in force, and other proposals fall. Stricter than the least is always possible, laxer
//! never: what is decided binds the next release, and no release is called back.

mod entity;
mod model;
pub mod service;
pub mod vote;

pub use entity::{Column, Entity, RulesState};
pub use model::{Cadence, Level, ReleaseRules, ReleaseRulesProposal, Rules};
