//! What is kept about whom, and for how long.

mod register;
mod retention;
