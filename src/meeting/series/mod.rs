//! What binds meetings together: a course with steps between its days, a programme with local courses under it, a row of
//! gatherings.

mod entity;
mod model;
pub mod service;

pub use entity::{Column, Entity, SeriesKind};
pub use model::{MeetingSeries, MeetingSeriesChange, MeetingSeriesFilter, NewMeetingSeries};
