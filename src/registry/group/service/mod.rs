//! What can be done with groups: [`read`] by whoever has a seat, [`write`] by the coordinator.

mod read;
mod write;

pub use read::{list, view};
pub use write::{add_member, change, create, remove_member};
