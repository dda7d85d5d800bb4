//! The cube in the shape that statistics offices of the Nordic countries serve their tables in: PxWebApi 2, under
//! `/stat/v2`, for whoever has a programme that reads such tables.
//!
//! Rules
//! * A table is a cube of one consortium, of several, or of what everybody on the node may read: `competences-<consortium>`,
//!   `projects-<consortium>.<consortium>`, `projects-node`. Its variables are the cube's
//!   dimensions, the measures (`ContentsCode`) and the day as of which is counted (`Tid`), which stands for those that divide by time
//!   in competences. Where the caller has no seat there is no table.
//! * The figures are those of [`service::counted`](super::service) and of [`figure`](super::figure), and so are the values that
//!   a variable has: those that occur in what is shared. Nothing is told here that `/aggregates` does not tell.
//! * A variable that is not selected is not divided by: libraries are then counted once over all of it, not added up.
//! * A saved query is its own name ([`saved`]): nothing is kept.
//! * This face alone has no twin in GraphQL: the shape is another's. The figures are `aggregateCompetences` and
//!   `aggregate` there.
//!
//! To read: [`source`] is which tables there are, [`question`] what is asked, [`variable`] what a table has, [`grid`] the answer, and [`dataset`],
//! [`layout`] and [`px`] how it is written.

mod dataset;
mod expression;
mod grid;
mod layout;
mod list;
mod model;
mod px;
mod question;
pub mod rest;
mod saved;
pub mod service;
mod source;
mod variable;

pub use dataset::StatDataset;
pub use model::{
    LangWish, StatCodelist, StatConfig, StatDefaultSelection, StatSelection, StatTable, StatTables,
    TablesWish,
};
pub use question::Pairs;
pub use saved::{StatQuery, StatSavedQuery};
