//! Libraries of a consortium meet: a course of two days, a network meeting with homework, a gathering of four counties.
//!
//! Rules: a meeting is its consortium's, or one of its groups', and the coordinator keeps it; whoever has a seat reads it,
//! and everybody an open event. It is held at a time with its zone, or on a day known only roughly; its programme does not
//! overlap. It may be one of a numbered series, which may run under another. Each library says itself that it comes, and
//! with how many; nobody is named. In it there are exercises, whose notes are their libraries' own: see [`note`].

pub mod attendance;
mod check;
mod entity;
pub mod exercise;
pub mod graphql;
mod model;
pub mod note;
pub mod report;
pub mod rest;
pub mod series;
pub mod service;

pub use entity::{AgendaKind, Column, Entity, Model};
pub use model::{
    AgendaItem, Clearable, Meeting, MeetingChange, MeetingDocument, MeetingDocumentInput, MeetingFilter,
    MeetingGoal, NewAgendaItem, NewMeeting, NewMeetingGoal,
};
