//! An area that somebody proposes in a round, with its reason. It may be tentative, with a question mark; it may be
//! carried from an earlier round; and it may be withdrawn, and then cannot be chosen.

mod entity;
mod model;
pub mod service;

pub use entity::{ActiveModel, Column, Entity, Model};
pub use model::{NewPriorityProposal, PriorityProposal, PriorityProposalChange, PriorityProposalFilter};

/// Proposals in a round at most, the withdrawn ones too.
pub const MAX_PROPOSALS: usize = 200;
