//! Releases: the only way in which sealed figures leave their library. Like a statistics office's tables, they come
//! at declared dates, are the same for everybody in an audience, and stand when they are out.
//!
//! Rules
//! * Which sums are told is decided in [`audit`], by rules that the members have voted on ([`rules`]). What is told
//!   is exact, and what is not is withheld, with one word for every reason.
//! * A consortium's coordinator makes one, at most one a period, in one write ([`make`]): its members get it, and
//!   then the public where the members have decided so. What the public gets, everybody who signs in reads.
//! * Sealed values are read by [`tenancy::sealed`](crate::tenancy::sealed) alone. Who was ever shown one as a fact, in this
//!   consortium or in another, is reckoned to know it ([`seen`]).
//! * A value goes into the releases of one consortium, the first that took it: sums of two could be subtracted.
//! * A concept that was merged goes on where it was; were there sums of both, no more are told of it ([`ledger`]).
//! * Each library sees which of its values went in. One that opens a value is refused when another's would follow
//!   ([`guard`]).
//! * A release can be withdrawn: its figures are served no more. What it told is remembered still.
//!
//! Reading order: [`rules`], [`make`], [`ledger`], [`audit`], [`service`].

pub mod audit;
pub mod cell;
pub mod document;
mod entity;
pub mod graphql;
pub mod guard;
pub mod ledger;
mod make;
mod model;
pub mod past;
pub mod rest;
pub mod rules;
pub mod seen;
pub mod service;
mod table;
pub mod value;

pub use entity::{Column, Entity, Model};
pub use make::make;
pub use model::{
    MadeReleases, NewRelease, Release, ReleaseAudience, ReleaseCell, ReleaseCellFilter, ReleaseContribution,
    ReleaseContributors, ReleaseDocument, ReleaseFilter, ReleaseGroup, ReleaseGrouping, ReleaseWithdrawal,
};
