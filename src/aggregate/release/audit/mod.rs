//! The audit of sealed figures: which sums of values that libraries keep to themselves may be told.
//!
//! A sum is told exactly or not at all, in numbered releases that are the same for everybody in an audience. A cell
//! (a group of libraries, for one measure of one concept) shows its sealed sum when all of this holds:
//!
//! 1. enough libraries contribute to it (`least_contributors`);
//! 2. nobody computes one library's value or its change by adding and subtracting what was told to it, now or ever:
//!    not who contributes nothing, not a member with its own values and those named to it, and where the consortium
//!    wants so no two members together ([`structure`]); to members a release to the public is told too;
//! 3. it is large enough, not the work of one or two ([`value`]), and no cell that is not so follows from it;
//! 4. nobody narrows a value too much with what else is known: that values are not negative, the bands that small
//!    counts are shown in, and that a sum may have been withheld for being small ([`interval`]).
//!
//! Steps 1 and 2 look at no value, so a refusal there tells nothing. A cell that may not be renewed keeps its last
//! sum and date, just as one that did not change; but a library that takes its value back is in no later cell.
//! What is open is shown exactly, always, and is no cover for what is sealed.
//!
//! Start reading at [`release`]. No database, no clock: the same question has the same answer.
//!
//! Sources: K. Kenthapadi, N. Mishra, K. Nissim, Simulatable auditing, 2005 (refusals that tell nothing); the p %
//! rule and secondary suppression as in the European handbook on statistical disclosure control.

mod attacker;
mod corner;
mod echelon;
mod field;
mod intake;
mod interval;
mod lopsided;
mod many;
mod model;
mod narrowing;
mod partition;
mod run;
mod set;
mod simplex;
mod structure;
mod value;

#[cfg(test)]
mod examples;

pub use many::releases;
pub use model::*;
pub use run::{exposed, exposed_by, release};
