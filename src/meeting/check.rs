//! What a meeting may say, as it would become.

use chrono::{DateTime, Days, Utc};

use super::entity::{Agenda, Documents, Goals, Model};
use crate::{
    competence::check::is_https,
    error::{Result, Violations},
    tenancy::Visibility,
    when,
};

const LONGEST_PLACE: usize = 300;
const LONGEST_NAME: usize = 200;
const LONGEST_URL: usize = 500;
const LONGEST_REMARK: usize = 500;
pub const MOST_GOALS: usize = 20;
pub const MOST_PARTS: usize = 50;
const MOST_SLIDES: usize = 10;

/// A meeting, apart from its localised texts, which are checked when they are read.
pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    time(row, &mut violations);
    violations.between("number", row.number, 1, 1_000);
    violations.text_if("place", row.place.as_deref(), LONGEST_PLACE);
    if let Some(link) = &row.link {
        url("link", link, &mut violations);
    }
    if !matches!(row.visibility, Visibility::Consortium | Visibility::Public) {
        violations.add("visibility", "meeting_visibility");
    }
    if row.summary_published_at.is_some() && row.summary.is_none() {
        violations.add("summary", "required");
    }
    documents(&row.documents, &mut violations);
    agenda(row, &row.agenda, &mut violations);
    goals(&row.goals, &mut violations);
    violations.done()
}

fn url(path: &str, text: &str, violations: &mut Violations) {
    if violations.text(path, text, LONGEST_URL) && !is_https(text) {
        violations.add(path, "url");
    }
}

/// A time with its zone, or a day that is known roughly: one of the two.
fn time(row: &Model, violations: &mut Violations) {
    let zoned = [row.starts_at.is_some(), row.ends_at.is_some(), row.time_zone.is_some()];
    match (zoned, &row.held) {
        ([true, true, true], None) => {
            violations.moment("startsAt", row.starts_at);
            violations.moment("endsAt", row.ends_at);
            if row.starts_at >= row.ends_at {
                violations.add("endsAt", "ends_before_start");
            }
            let zone = row.time_zone.as_deref().unwrap_or_default();
            if zone.parse::<chrono_tz::Tz>().is_err() {
                violations.add("timeZone", "time_zone");
            }
        }
        ([false, false, false], Some(held)) => violations.edtf("held", Some(held)),
        _ => violations.add("startsAt", "time_or_held"),
    }
}

fn documents(documents: &Documents, violations: &mut Violations) {
    if documents.0.len() > crate::text::MOST_TEXTS {
        violations.add_with("documents", "too_many", &[("max", &crate::text::MOST_TEXTS.to_string())]);
    }
    for (n, document) in documents.0.iter().take(crate::text::MOST_TEXTS).enumerate() {
        violations.text(&format!("documents/{n}/title"), &document.title, LONGEST_NAME);
        url(&format!("documents/{n}/url"), &document.url, violations);
    }
}

fn agenda(meeting: &Model, agenda: &Agenda, violations: &mut Violations) {
    let mut taken = Vec::new();
    for (n, part) in agenda.0.iter().enumerate() {
        let at = |field: &str| format!("agenda/{n}/{field}");
        violations.text_if(&at("speaker"), part.speaker.as_deref(), LONGEST_NAME);
        if part.slides.len() > MOST_SLIDES {
            violations.add_with(&at("slides"), "too_many", &[("max", &MOST_SLIDES.to_string())]);
        }
        for (k, slide) in part.slides.iter().take(MOST_SLIDES).enumerate() {
            url(&at(&format!("slides/{k}")), slide, violations);
        }
        let (starts, ends) = match (part.starts_at, part.ends_at) {
            (None, None) => continue,
            (Some(starts), Some(ends)) => (starts, ends),
            (Some(_), None) => {
                violations.add(&at("endsAt"), "required");
                continue;
            }
            (None, Some(_)) => {
                violations.add(&at("startsAt"), "required");
                continue;
            }
        };
        violations.moment(&at("startsAt"), Some(starts));
        violations.moment(&at("endsAt"), Some(ends));
        if starts >= ends {
            violations.add(&at("endsAt"), "ends_before_start");
            continue;
        }
        if !within(meeting, starts, ends) {
            violations.add(&at("startsAt"), "outside_meeting");
        }
        if taken.iter().any(|(from, until)| starts < *until && *from < ends) {
            violations.add(&at("startsAt"), "agenda_overlaps");
        }
        taken.push((starts, ends));
    }
}

/// Whether a part lies within the meeting's time, or may on the days that are known roughly. Of a meeting that ends before it starts
/// that is said, and not of all its parts too.
fn within(meeting: &Model, starts: DateTime<Utc>, ends: DateTime<Utc>) -> bool {
    if let (Some(from), Some(until)) = (meeting.starts_at, meeting.ends_at) {
        return until <= from || (from <= starts && ends <= until);
    }
    let Some(held) = &meeting.held else { return true };
    // Where on earth the day begins is not said with it.
    let day = Days::new(1);
    let early = when::first_day(held).is_some_and(|first| starts.date_naive() + day < first);
    let late = when::last_day(held).is_some_and(|last| ends.date_naive() > last + day);
    !early && !late
}

fn goals(goals: &Goals, violations: &mut Violations) {
    for (n, goal) in goals.0.iter().enumerate() {
        violations.text_if(&format!("goals/{n}/remark"), goal.remark.as_deref(), LONGEST_REMARK);
    }
}

/// At most so many in a list whose items are read one by one.
pub fn most(field: &str, given: usize, max: usize) -> Result<()> {
    let mut violations = Violations::default();
    if given > max {
        violations.add_with(field, "too_many", &[("max", &max.to_string())]);
    }
    violations.done()
}
