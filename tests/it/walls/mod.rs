//! The walls between tenants, each looked at by itself, and each test with a planted fault that it must find.
//!
//! * [`catalogue`]: what the node asks of its database before it serves.
//! * [`pool`]: a request cancelled at any moment leaves nothing behind for the next.
//! * [`alone`]: either wall holds without the other.
//! * [`canaries`]: no answer and no log line tells what is not the reader's.
//! * [`matrix`]: every operation by every actor, against [`oracle`]; a new operation needs a row in [`cases`].
//! * [`figures`]: a consortium's figures are made of what is shared in it.
//! * [`numbers`]: no text of any input takes in a national identity number.
//! * [`merger`]: who takes rows along with a merged concept touches no others.
//! * [`nodes`]: `node(id)` gives what the kind's own field gives.
//! * [`mutants`] and [`timing`], by commands of their own: the tests notice faults, and time tells nothing.

mod alone;
pub mod canaries;
mod cases;
mod catalogue;
mod figures;
mod matrix;
mod merger;
mod mutants;
mod nodes;
mod numbers;
pub mod oracle;
mod pool;
mod pristine;
pub mod product;
mod timing;
pub mod world;
