//! A library's application for money for a project: from whom, out of which programme, how much, and what came of it.
//!
//! Rules: an application is its library's own, for a project that the library leads or has accepted to take part in; several
//! libraries may each apply for one project, and one library to several funders. It is planned until it is sent, and then granted
//! or rejected; what is not decided can be taken back. Amounts are in minor units of one currency, and are never added to those
//! of another. It is shared in the consortium of its project under the cap for projects, and stands on when the project does not.

pub mod check;
mod entity;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;
mod state;

pub use entity::{Column, Currency, Entity, FunderKind, Model};
pub use model::{
    Clearable, FundingApplication, FundingApplicationChange, FundingApplicationFilter,
    FundingApplicationMove, NewFundingApplication,
};
pub use state::FundingState;
