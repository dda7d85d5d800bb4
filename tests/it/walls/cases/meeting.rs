use serde_json::{Value, json};
use uuid::Uuid;

use super::{Ask, Case};
use crate::walls::{
    oracle::{self, Action::*, Kind::*, Lib},
    world,
};

/// The exercise of the same consortium that is not open yet; of what nobody has, what nobody has either.
fn planned(ask: &Ask) -> Value {
    json!({"id": Uuid::from_u128((ask.id.as_u128() & !0xffff) | 2)})
}

/// The exercise that a note was written in.
fn within(ask: &Ask) -> Value {
    let which = ask.record.consortium;
    let lead = if which == oracle::Consortium::One { Lib::Coordinator } else { Lib::D };
    json!({"id": world::id(41, lead, 1)})
}

fn title() -> Value {
    json!([{"language": "da", "text": "4. møde"}])
}

fn meeting() -> Value {
    json!({"title": title(), "startsAt": "2010-09-01T08:45:00+02:00", "endsAt": "2010-09-01T15:00:00+02:00",
        "timeZone": "Europe/Copenhagen", "place": "Hovedbiblioteket", "link": "https://example.org/moede",
        "documents": [{"title": "Oplæg", "url": "https://example.org/oplaeg"}],
        "agenda": [{"kind": "talk", "title": title(), "startsAt": "2010-09-01T09:00:00+02:00",
            "endsAt": "2010-09-01T09:45:00+02:00", "speaker": "Bibliotekerne", "slides": ["https://example.org/slides"]}],
        "goals": [{"text": title(), "reached": true, "remark": "Ja"}]})
}

fn changed() -> Value {
    json!({"title": title(), "place": "Salen", "link": "https://example.org/moede",
        "documents": [{"title": "Oplæg", "url": "https://example.org/oplaeg"}],
        "agenda": [{"kind": "talk", "title": title(), "speaker": "Bibliotekerne", "slides": ["https://example.org/slides"]}],
        "goals": [{"text": title(), "reached": true, "remark": "Ja"}]})
}

pub const CASES: [Case; 29] = [
    Case::new("allMeetingSeries", See, Series).on(Consortium),
    Case::new("meetingSeries", See, Series),
    Case::new("createMeetingSeries", Make, Series)
        .on(Consortium)
        .body(|_| json!({"kind": "course", "title": title(), "steps": [title()]})),
    Case::new("changeMeetingSeries", Change, Series).body(|_| json!({"title": title(), "steps": [title()]})),
    Case::new("meetings", List, Meeting),
    Case::new("meeting", See, Meeting),
    Case::new("meetingReport", See, Meeting),
    Case::new("createMeeting", Make, Meeting).on(Consortium).body(|_| meeting()),
    Case::new("changeMeeting", Change, Meeting).body(|_| changed()),
    Case::new("attendances", See, Meeting),
    Case::new("attendMeeting", Vote, Meeting).body(|_| json!({"people": 3})),
    Case::new("exercises", See, Meeting),
    Case::new("exercise", See, Exercise),
    Case::new("createExercise", Change, Meeting)
        .body(|_| json!({"kind": "swot", "title": title(), "prompts": [title()]})),
    Case::new("changeExercise", Change, Exercise).body(|_| json!({"minutes": 30})),
    Case::new("changeExercise", Change, Exercise)
        .args(planned)
        .body(|_| json!({"title": title(), "prompts": [title()]})),
    Case::new("openExercise", Change, Exercise).args(planned),
    Case::new("closeExercise", Change, Exercise),
    Case::new("notes", See, Exercise),
    Case::new("noteAdded", See, Exercise).args(|_| json!({"fromStart": true})),
    Case::new("note", See, Note),
    Case::new("writeNotes", Make, Note)
        .on(Exercise)
        .body(|_| json!({"notes": [{"text": "Fællesskab", "language": "da"}]})),
    Case::new("categoriseNotes", Change, Note)
        .args(within)
        .body(|ask| json!({"noteIds": [ask.id], "conceptId": migration::registers::concept_id("c:music")})),
    Case::new("changeNote", Change, Note).body(|_| json!({"text": "Synergi"})),
    Case::new("changeNote", Change, Note).body(|_| json!({"visibility": "consortium"})),
    Case::new("removeNote", Remove, Note),
    Case::new("makeCompetenceOfNote", Change, Note).body(|_| json!({"stance": "want"})),
    Case::new("makeStatementOfNote", Change, Note).body(|_| json!({"kind": "strength"})),
    Case::new("makeCommitmentOfNote", Change, Note).body(|_| json!({"due": "2027", "others": ["Akademiet"]})),
];
