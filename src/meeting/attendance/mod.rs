//! A library says that it comes to a meeting, and with how many; nobody is named.

mod entity;
mod model;
pub mod service;

pub use entity::{Column, Entity};
pub use model::{Attendance, NewAttendance};
