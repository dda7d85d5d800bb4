//! The door to the data, and the only module that holds a database connection.
//!
//! A [`Db`] opens nothing by itself. A verified [`Caller`](crate::auth::Caller) makes a [`TenantScope`]; that begins
//! a [`TenantTx`], whose verbs *are* the authorisation: they ask the policy (role x action x resource), add
//! the row rule of the noun ([`TenantRows`]), stamp the owner, and write the event and the audit row. A service
//! cannot forget to ask, because it does not ask; the door does.
//!
//! Rules
//! * Nothing here is a `ConnectionTrait` outside this folder: no query without a scope.
//! * A table enters a hand-built [`Question`] only as its own readable rows.
//! * A write runs in a task of its own: a client that goes away cannot cancel it half way.
//! * The database keeps a wall of its own behind this one (`migration`).
//!
//! Reading order: [`scope`], [`rows`], [`tx`], [`question`], [`figures`], [`db`]; `once` is the Idempotency-Key, [`sign_in`]
//! the door before there is a caller, `broom` what removes rows whose time is over, `eraser` what forgets a library or
//! somebody, `merger` what follows a concept, `reminder` what tells of a day that comes near, [`sealed`] what reads sealed figures for a release, `carry` what takes one to another node, [`pulse`] what wakes those who wait for changes, `standing` how rows stood on
//! other days, `witness` what remembers who was shown whose rows, [`keep`] what gives answers again, [`parts`] what puts them
//! together from what each library shares.

mod broom;
mod carry;
mod conn;
pub mod db;
mod eraser;
mod extent;
mod fault;
pub mod figures;
pub mod keep;
mod kinds;
pub mod lint;
mod merger;
#[cfg(debug_assertions)]
pub mod mutant;
mod once;
mod packed;
pub mod parts;
pub mod pulse;
pub mod question;
mod reminder;
pub mod rows;
pub mod scope;
pub mod sealed;
pub mod sign_in;
mod standing;
pub mod tx;
mod witness;

pub use broom::{Swept, sweep};
pub use carry::carry_in;
pub use db::{Db, Options, Walls};
pub use eraser::erase;
pub use extent::Extent;
pub use figures::{AggregateScope, AggregateTx, Seated, Shared};
pub use keep::Weigh;
pub use packed::unpacked;
pub use question::{Question, maybe, of};
pub use reminder::remind;
pub use rows::{
    Admission, OpenRows, Placed, Reach, SeatRole, SharedRows, Subject, TenantRows, Visibility, none, public,
};
pub use scope::TenantScope;
pub use standing::{Lasts, Standing, Stood};
pub use tx::{Find, TenantTx, Turn};

/// A service's body inside a write: see [`TenantScope::write`].
pub type Work<'a, T> = futures_util::future::BoxFuture<'a, crate::error::Result<T>>;
