//! The calendar: what is held, and what is due, in one list by day, of all that a library may see; also as a feed (iCalendar, RFC 5545)
//! at an address that a calendar program keeps.
//!
//! Rules: an entry is there for whoever sees the thing itself, by the rows' own rules. A thing without a day is in no calendar; one
//! that is known roughly stands on all the days that it may mean, and takes nobody's time. The address of a feed holds the secret
//! of a service account that may read the calendar and nothing else: it is shown once, ends with the account, and whoever
//! finds it learns no more than the calendar.

mod feed;
pub mod graphql;
mod model;
pub mod rest;
pub mod service;
mod words;

pub use model::{Calendar, CalendarEntry, CalendarKind, CalendarWish};
