//! What is kept about whom, and for how long.

mod erasure;
mod export;
mod register;
mod retention;
