//! What an application for money may say, and what it may name.

use chrono::NaiveDate;

use super::{FundingState, Model};
use crate::{
    competence::is_https,
    error::{Result, Violations},
    tenancy::Visibility,
    when,
};

const LONGEST: usize = 200;
const LONGEST_LINK: usize = 2_000;
const MOST_MINOR: i64 = 1_000_000_000_000;

/// An application as it would become.
pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("funder", &row.funder, LONGEST);
    violations.text_if("programme", row.programme.as_deref(), LONGEST);
    if let Some(link) = &row.link
        && violations.text("link", link, LONGEST_LINK)
        && !is_https(link)
    {
        violations.add("link", "url");
    }
    violations.between("appliedMinor", Some(row.applied_minor), 0, MOST_MINOR);
    violations.between("grantedMinor", row.granted_minor, 0, MOST_MINOR);
    let mut only = |path: &str, there: bool, so: bool, code: &'static str| match (there, so) {
        (true, false) => violations.add(path, code),
        (false, true) => violations.add(path, "required"),
        _ => {}
    };
    let (state, sent) = (row.state, row.applied_on.is_some());
    only("grantedMinor", row.granted_minor.is_some(), state == FundingState::Granted, "granted_only");
    // What is taken back may have been sent, or not.
    only("appliedOn", sent, state.stands() || (sent && state == FundingState::Withdrawn), "sent_only");
    only("decidedOn", row.decided_on.is_some(), state.is_over(), "decided_only");
    let days = [
        ("appliedOn", &row.applied_on),
        ("decidedOn", &row.decided_on),
        ("firstDay", &row.first_day),
        ("lastDay", &row.last_day),
    ];
    let [applied, decided, first, last] = days.map(|(path, text)| {
        let day = day(text);
        match (text, day) {
            (Some(_), None) => violations.add(path, "edtf"),
            _ => violations.day(path, day),
        }
        day
    });
    been("appliedOn", applied, &mut violations);
    been("decidedOn", decided, &mut violations);
    if earlier(decided, applied) {
        violations.add("decidedOn", "before_it_was_sent");
    }
    if earlier(last, first) {
        violations.add("lastDay", "ends_before_start");
    }
    violations.done()
}

/// A day as it is kept.
pub fn day(text: &Option<String>) -> Option<NaiveDate> {
    // Written as we write it: they are looked for and sorted as texts.
    let text = text.as_deref()?;
    text.parse::<NaiveDate>().ok().filter(|day| day.to_string() == text)
}

fn earlier(one: Option<NaiveDate>, other: Option<NaiveDate>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one < other)
}

/// What has not been is not told as if it had.
fn been(path: &str, day: Option<NaiveDate>, violations: &mut Violations) {
    if day.is_some_and(|day| day > when::now().date_naive()) {
        violations.add(path, "in_the_future");
    }
}

/// A step, of an application as it stands: its day goes by another name there.
pub fn step(row: &Model, to: FundingState, on: NaiveDate, granted: Option<i64>) -> Result<()> {
    let mut violations = Violations::default();
    violations.day("on", Some(on));
    been("on", Some(on), &mut violations);
    if earlier(Some(on), day(&row.applied_on)) {
        violations.add("on", "before_it_was_sent");
    }
    match (to == FundingState::Granted, granted) {
        (true, None) => violations.add("grantedMinor", "required"),
        (false, Some(_)) => violations.add("grantedMinor", "granted_only"),
        _ => violations.between("grantedMinor", granted, 0, MOST_MINOR),
    }
    violations.done()
}

/// Who sees an application that is shared in a consortium is said by that. An archive brings none along.
pub fn shared(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    if row.visibility == Visibility::Consortium && row.consortium_id.is_none() {
        violations.add("visibility", "consortium_required");
    }
    violations.done()
}
