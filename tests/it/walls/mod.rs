//! The walls between tenants, each looked at by itself, and each test with a planted fault that it must find.
//!
//! * [`catalogue`]: what the node asks of its database before it serves.
//! * [`pool`]: a request cancelled at any moment leaves nothing behind for the next.

mod catalogue;
mod pool;
