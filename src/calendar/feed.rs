//! The calendar as iCalendar (RFC 5545), for calendar programs. The same entries give the same bytes.

use icalendar::{Component, Event, EventLike, EventStatus};

use super::{Calendar, CalendarEntry, CalendarKind, words::word};
use crate::{meeting::report::words::date, text::Languages};

/// How long a program may wait before it asks again.
const EVERY: chrono::Duration = chrono::Duration::hours(1);

/// `node` is the node's public address: the ids of entries are told by it.
pub fn write(calendar: &Calendar, node: &str, languages: &Languages) -> String {
    let mut feed = icalendar::Calendar::empty();
    feed.append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Samvirke//Samvirke//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .name("Samvirke")
        .ttl(&EVERY);
    if !calendar.whole {
        feed.description(&word("more", languages));
    }
    let host = node.split_once("://").map_or(node, |(_, host)| host).trim_end_matches('/');
    for entry in &calendar.entries {
        feed.push(event(entry, host, languages));
    }
    feed.to_string()
}

fn event(entry: &CalendarEntry, host: &str, languages: &Languages) -> Event {
    let kind = word(word_of(entry.kind), languages);
    let title = line(&entry.title.text);
    let mut event = Event::new();
    event
        .uid(&format!("{}@{host}", entry.id))
        .timestamp(entry.changed_at)
        .last_modified(entry.changed_at)
        .sequence(u32::try_from(entry.version).unwrap_or(u32::MAX))
        .categories([kind.as_str()]);
    // A deadline is no gathering: what it is stands before what is to be done.
    match entry.kind {
        CalendarKind::Commitment | CalendarKind::Homework => event.summary(&format!("{kind}: {title}")),
        CalendarKind::Meeting | CalendarKind::Activity => event.summary(&title),
    };
    match (entry.starts_at, entry.ends_at) {
        (Some(starts), Some(ends)) => {
            event.starts(starts).ends(ends);
        }
        _ => {
            // The day after the last: an end is not in it.
            event.starts(entry.first_day).ends(entry.last_day.succ_opt().unwrap_or(entry.last_day));
            event.add_property("TRANSP", "TRANSPARENT");
        }
    }
    let when =
        entry.date.as_deref().map(|edtf| format!("{}: {}", word("when", languages), date(edtf, languages)));
    let about: Vec<String> = [entry.tenant_name.as_ref().map(|name| line(&name.text)), when]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    if !about.is_empty() {
        event.description(&about.join("\n"));
    }
    if let Some(place) = &entry.place {
        event.location(&line(place));
    }
    if let Some(link) = &entry.link {
        event.url(&line(link));
    }
    if entry.cancelled {
        event.status(EventStatus::Cancelled);
    }
    event.done()
}

/// The word for a kind.
fn word_of(kind: CalendarKind) -> &'static str {
    match kind {
        CalendarKind::Meeting => "meeting",
        CalendarKind::Activity => "activity",
        CalendarKind::Commitment => "commitment",
        CalendarKind::Homework => "homework",
    }
}

/// On one line: a return that somebody typed would end a line of the feed.
fn line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
