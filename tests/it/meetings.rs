//! Libraries meet: the fourth meeting of the learning spaces in Gentofte, a course of two days with an experiment between them,
//! and the notes that are written there.

use std::time::Duration;

use reqwest::Method;
use samvirke::{auth::Role, id::ConsortiumId};
use serde_json::{Value, json};

use crate::harness::{Client, Events, Kind, Postgres, Sqlite, TestNode, rstest};

fn danish(text: &str) -> Value {
    json!([{"language": "da", "text": text}])
}

fn path(noun: &str, of: &Value) -> String {
    format!("/{noun}/{}", of["id"].as_str().unwrap())
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect()
}

/// The first of September 2010 in Gentofte.
fn gentofte() -> Value {
    let at = |clock: &str| format!("2010-09-01T{clock}:00+02:00");
    json!({"title": danish("Bibliotekerne som læringsrum"), "number": 4, "place": "Gentofte Hovedbibliotek",
        "startsAt": at("08:45"), "endsAt": at("15:00"), "timeZone": "Europe/Copenhagen",
        "agenda": [
            {"kind": "break", "title": danish("Kaffe og rundstykke"), "startsAt": at("08:45"), "endsAt": at("09:00")},
            {"kind": "talk", "title": danish("Intro-oplæg om partnerskaber"), "startsAt": at("13:00"), "endsAt": at("13:15"),
                "speaker": "Roskilde Bibliotekerne", "slides": ["https://example.org/partnerskaber"]},
            {"kind": "exercise", "title": danish("Arbejde i netværksgrupper"), "startsAt": at("14:15"), "endsAt": at("14:45")}],
        "goals": [{"text": danish("At øge fokus på egne kompetencer")}]})
}

async fn held(who: &Client, consortium: ConsortiumId, meeting: Value) -> Value {
    who.post(&format!("/consortia/{consortium}/meetings"), meeting).await.made()
}

/// An exercise that is open.
async fn opened(who: &Client, meeting: &Value, exercise: Value) -> Value {
    let made = who.post(&format!("{}/exercises", path("meetings", meeting)), exercise).await.made();
    who.post_from(&format!("{}/open", path("exercises", &made)), 1, json!(null)).await.ok()
}

async fn write(who: &Client, exercise: &Value, notes: Value) -> Value {
    let on = format!("{}/notes", path("exercises", exercise));
    who.post(&on, json!({"notes": notes})).await.made()["notes"].clone()
}

fn shown(text: &str) -> Value {
    json!({"text": text, "language": "da", "visibility": "consortium"})
}

/// Shows 43, 46, 47, 48, 49 by createMeetingSeries, createMeeting, changeMeeting, meetings.
/// Shows 44, 45, 56, 57, 58, 59 by createMeetingSeries, createMeeting, meetings, attendMeeting.
#[rstest]
#[actix_web::test]
async fn a_meeting_has_a_programme_and_goals(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte_, roskilde, odense, aarhus] = [
        node.tenant("gentofte").await,
        node.tenant("roskilde").await,
        node.tenant("odense").await,
        node.tenant("aarhus").await,
    ];
    let consortium = node.consortium("leringsrum", &[&gentofte_, &roskilde]).await;
    node.observer(consortium, &gentofte_, &odense).await;
    let all = format!("/consortia/{consortium}/meeting-series");
    let national = json!({"kind": "programme", "title": danish("Skole- og bibliotekssamarbejde")});
    let national = gentofte_.post(&all, national).await.made();
    let course = json!({"kind": "course", "title": danish("Sæt spot på kompetencerne"), "parentId": national["id"],
        "steps": [danish("1. kursusgang"), danish("Eksperiment mellem kursusgange"), danish("2. kursusgang")]});
    let course = gentofte_.post(&all, course).await.made();
    assert_eq!(
        (&course["parentId"], &course["steps"][1]["text"]),
        (&national["id"], &json!("Eksperiment mellem kursusgange"))
    );
    let group = json!({"name": danish("Netværksgruppe"), "kind": "network", "memberIds": [roskilde.tenant]});
    let group = gentofte_.post(&format!("/consortia/{consortium}/groups"), group).await.made();
    let mut fourth = gentofte();
    fourth["seriesId"] = course["id"].clone();
    fourth["groupId"] = group["id"].clone();
    let fourth = held(&gentofte_, consortium, fourth).await;
    assert_eq!(fourth["startsAt"], "2010-09-01T06:45:00Z");
    // Whoever has a seat reads it; nobody else knows of it, and the coordinator alone writes it.
    let on = path("meetings", &fourth);
    for seated in [&roskilde, &odense] {
        assert_eq!(seated.get(&on).await.ok()["agenda"], fourth["agenda"]);
        seated.patch(&on, 1, json!({"place": "Andetsteds"})).await.problem(403, "forbidden");
    }
    aarhus.get(&on).await.problem(404, "not_found");
    assert_eq!(aarhus.get("/meetings").await.ok()["items"], json!([]));
    // Each says itself that it comes; who only looks on does not.
    let comes = format!("{on}/attendance");
    roskilde.put(&comes, json!({"people": 3})).await.ok();
    assert_eq!(roskilde.put(&comes, json!({"people": 2})).await.ok()["people"], 2);
    odense.put(&comes, json!({"people": 1})).await.problem(403, "forbidden");
    let who = gentofte_.get(&format!("{on}/attendances")).await.ok();
    assert_eq!((who["items"].as_array().unwrap().len(), &who["items"][0]["people"]), (1, &json!(2)));
    assert_eq!(gentofte_.get(&on).await.ok()["attending"], 1);
    // Goals are looked at when the day is over; a summary is seen when it is published.
    let over = json!({"goals": [{"text": danish("At øge fokus på egne kompetencer"), "reached": true, "remark": "Ja"}],
        "summary": danish("Vi mødtes")});
    gentofte_.patch(&on, 1, over).await.ok();
    let seen = roskilde.get(&on).await.ok();
    assert!(seen["goals"][0]["reached"] == true && seen.get("summary").is_none());
    gentofte_.patch(&on, 2, json!({"publishSummary": true})).await.ok();
    assert_eq!(roskilde.get(&on).await.ok()["summary"]["text"], "Vi mødtes");
    // A day that is known roughly, online; and an open event, of which others see no more than the event.
    let rough =
        json!({"title": danish("Trelänsmötet"), "held": "2010-01", "link": "https://example.org/adobe"});
    assert_eq!(held(&gentofte_, consortium, rough).await["held"], "2010-01");
    let open = json!({"title": danish("Kom og hør"), "held": "2010-10-08", "place": "Øregårdssalen", "visibility": "public",
        "agenda": [{"kind": "talk", "title": danish("Rummet"), "speaker": "SIGNAL arkitekter"}]});
    let open = held(&gentofte_, consortium, open).await;
    let outside = aarhus.get("/meetings?open=true").await.ok();
    assert_eq!(outside["items"][0]["agenda"][0]["speaker"], "SIGNAL arkitekter");
    assert!(
        outside["items"][0].get("consortiumId").is_none() && open["consortiumId"] == consortium.to_string()
    );
    assert_eq!(aarhus.get(&format!("/meetings?consortiumId={consortium}")).await.ok()["items"], json!([]));
    aarhus
        .put(&format!("{}/attendance", path("meetings", &open)), json!({"people": 1}))
        .await
        .problem(403, "forbidden");
    // The same on the other face.
    let question = "query($series: ID!) { meetings(filter: {seriesId: $series}) { nodes { id number title { text } } } }";
    let found = roskilde.data(question, json!({"series": course["id"]})).await;
    assert_eq!(
        found["meetings"]["nodes"][0],
        json!({"id": fourth["id"], "number": 4,
        "title": {"text": "Bibliotekerne som læringsrum"}})
    );
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_held_is_refused_at_its_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let consortium = node.consortium("alle", &[&oslo]).await;
    let but = |at: &str, value: Value| {
        let mut meeting = gentofte();
        *meeting.pointer_mut(at).unwrap() = value;
        meeting
    };
    let twice = json!("2010-09-01T08:50:00+02:00");
    let mut both = gentofte();
    both["held"] = json!("2010-09-01");
    for (body, at, code) in [
        (both, "/startsAt", "time_or_held"),
        (json!({"title": danish("x")}), "/startsAt", "time_or_held"),
        (but("/timeZone", json!("Europe/Gentofte")), "/timeZone", "time_zone"),
        (but("/endsAt", json!("2010-09-01T08:00:00+02:00")), "/endsAt", "ends_before_start"),
        (but("/agenda/1/startsAt", twice), "/agenda/1/startsAt", "agenda_overlaps"),
        (
            but("/agenda/2/endsAt", json!("2010-09-01T16:00:00+02:00")),
            "/agenda/2/startsAt",
            "outside_meeting",
        ),
        (but("/agenda/2/endsAt", json!(null)), "/agenda/2/endsAt", "required"),
        (but("/agenda/1/slides/0", json!("http://example.org")), "/agenda/1/slides/0", "url"),
        (json!({"title": danish("x"), "held": "snart"}), "/held", "edtf"),
        (
            json!({"title": danish("x"), "held": "2011-06", "agenda": gentofte()["agenda"].clone()}),
            "/agenda/2/startsAt",
            "outside_meeting",
        ),
        (
            json!({"title": danish("x"), "held": "2010", "visibility": "private"}),
            "/visibility",
            "meeting_visibility",
        ),
        (
            json!({"title": danish("x"), "held": "2010", "seriesId": samvirke::id::SeriesId::new()}),
            "/seriesId",
            "unknown_series",
        ),
        (
            json!({"title": danish("x"), "held": "2010", "groupId": samvirke::id::GroupId::new()}),
            "/groupId",
            "unknown_group",
        ),
    ] {
        let refused = oslo.post(&format!("/consortia/{consortium}/meetings"), body.clone()).await;
        let refused = refused.problem(422, "invalid_input");
        let fault = (
            &refused["errors"].as_array().unwrap().last().unwrap()["pointer"],
            &refused["errors"].as_array().unwrap().last().unwrap()["code"],
        );
        assert_eq!(fault, (&json!(at), &json!(code)), "{body}");
    }
    assert_eq!(oslo.get("/meetings").await.ok()["items"], json!([]));
}

/// Both databases keep a time to the second, and the day that a meeting is moved to is one that its programme may stand on.
#[rstest]
#[actix_web::test]
async fn a_meeting_is_moved_with_its_programme(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let consortium = node.consortium("alle", &[&oslo]).await;
    let mut meeting = gentofte();
    meeting["endsAt"] = json!("2010-09-01T15:59:60.123456789+02:00");
    let made = oslo.post(&format!("/consortia/{consortium}/meetings"), meeting).await.made();
    assert_eq!(made["endsAt"], "2010-09-01T13:59:59Z");
    let path = path("meetings", &made);
    assert_eq!(oslo.get(&path).await.ok()["endsAt"], made["endsAt"]);
    let refused = oslo.patch(&path, 1, json!({"held": "2010-10"})).await.problem(422, "invalid_input");
    assert_eq!(refused["errors"][0]["code"], "outside_meeting");
    let moved = oslo.patch(&path, 1, json!({"held": "2010-09"})).await.ok();
    assert_eq!((&moved["startsAt"], &moved["agenda"]), (&Value::Null, &made["agenda"]));
    oslo.patch(&path, 2, json!({"held": "2010-10", "agenda": []})).await.ok();
}

/// Shows 50, 51, 52, 53, 60 by createExercise, openExercise, writeNotes, notes.
/// Shows 23, 29 by writeNotes, categoriseNotes, makeCompetenceOfNote, makeStatementOfNote, makeCommitmentOfNote.
#[rstest]
#[actix_web::test]
async fn notes_are_written_sorted_and_become_something(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte_, roskilde, herning] =
        [node.tenant("gentofte").await, node.tenant("roskilde").await, node.tenant("herning").await];
    let consortium = node.consortium("leringsrum", &[&gentofte_, &roskilde, &herning]).await;
    let meeting = held(&gentofte_, consortium, gentofte()).await;
    let walk = json!({"kind": "walk_and_talk", "title": danish("Walk'n'Talk"), "minutes": 30,
        "prompts": [danish("Hvilket udbytte har I fået?"), danish("Hvilke refleksioner afføder det?")]});
    let planned =
        gentofte_.post(&format!("{}/exercises", path("meetings", &meeting)), walk.clone()).await.made();
    let on = format!("{}/notes", path("exercises", &planned));
    roskilde.post(&on, json!({"notes": [shown("for tidligt")]})).await.problem(409, "conflict");
    let walk = opened(&gentofte_, &meeting, walk).await;
    let on = format!("{}/notes", path("exercises", &walk));
    let hers = json!([shown("Fællesskab"), {"text": "for os selv", "language": "da", "prompt": 2}, shown("Synergi")]);
    let hers = write(&roskilde, &walk, hers).await;
    assert_eq!(texts(&hers), ["Fællesskab", "for os selv", "Synergi"]);
    // What a library keeps to itself nobody else sees; theirs alone it sorts, all or none.
    assert_eq!(texts(&herning.get(&on).await.ok()["items"]), ["Fællesskab", "Synergi"]);
    herning.get(&path("notes", &hers[1])).await.problem(404, "not_found");
    herning.patch(&path("notes", &hers[0]), 1, json!({"text": "andet"})).await.problem(403, "forbidden");
    let music = migration::registers::concept_id("c:music");
    let sort = format!("{on}/categorise");
    let ids = json!({"noteIds": [hers[0]["id"], hers[2]["id"]], "conceptId": music});
    herning.post(&sort, ids.clone()).await.problem(403, "forbidden");
    herning
        .post(&sort, json!({"noteIds": [hers[1]["id"]], "conceptId": music}))
        .await
        .problem(404, "not_found");
    let sorted = roskilde.post(&sort, ids).await.ok();
    assert_eq!(sorted["notes"][1]["concept"]["id"], music.to_string());
    assert_eq!(
        texts(&herning.get(&format!("{on}?categorised=true")).await.ok()["items"]),
        ["Fællesskab", "Synergi"]
    );
    assert_eq!(texts(&roskilde.get(&format!("{on}?categorised=false")).await.ok()["items"]), ["for os selv"]);
    // A note becomes what it is, once, and its own library alone is told.
    let made = |note: &Value, what: &str| format!("{}/{what}", path("notes", note));
    let competence =
        roskilde.post_from(&made(&hers[0], "competence"), 2, json!({"stance": "have"})).await.ok();
    let entry =
        roskilde.get(&format!("/competences/{}", competence["becameId"].as_str().unwrap())).await.ok();
    assert_eq!(
        (&entry["sourcePhrase"], &entry["concept"]["id"]),
        (&json!("Fællesskab"), &json!(music.to_string()))
    );
    let again = roskilde.post_from(&made(&hers[0], "statement"), 3, json!({"kind": "strength"})).await;
    again.problem(409, "conflict");
    assert!(herning.get(&path("notes", &hers[0])).await.ok().get("becameId").is_none());
    let promise = json!({"partnerIds": [herning.tenant], "due": "2010-10"});
    let promise = roskilde.post_from(&made(&hers[1], "commitment"), 1, promise).await.ok();
    let promise = herning.get(&format!("/commitments/{}", promise["becameId"].as_str().unwrap())).await.ok();
    assert_eq!(promise["text"], "for os selv");
    roskilde
        .post_from(&made(&hers[2], "statement"), 1, json!({"kind": "strength"}))
        .await
        .problem(412, "stale_version");
    assert_eq!(roskilde.get("/statements").await.ok()["items"], json!([]), "not half");
    roskilde.post_from(&made(&hers[2], "statement"), 2, json!({"kind": "strength"})).await.ok();
    // Refused: a question that is not asked, a note for everybody, too many; a viewer; and after the close.
    for (note, at, code) in [
        (json!({"text": "x", "language": "da", "prompt": 3}), "/notes/0/prompt", "between"),
        (
            json!({"text": "x", "language": "da", "visibility": "public"}),
            "/notes/0/visibility",
            "note_visibility",
        ),
        (json!({"text": "", "language": "da"}), "/notes/0/text", "required"),
    ] {
        let refused = roskilde.post(&on, json!({"notes": [note]})).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(at), &json!(code))
        );
    }
    node.client(roskilde.tenant, Role::Viewer)
        .post(&on, json!({"notes": [shown("x")]}))
        .await
        .problem(403, "forbidden");
    gentofte_.post_from(&format!("{}/close", path("exercises", &walk)), 2, json!(null)).await.ok();
    roskilde.post(&on, json!({"notes": [shown("for sent")]})).await.problem(409, "conflict");
    // Group work with one recorded answer a group, and interview rounds of a fixed length.
    let group = json!({"name": danish("Netværksgruppe"), "kind": "network", "memberIds": [roskilde.tenant, herning.tenant]});
    let group = gentofte_.post(&format!("/consortia/{consortium}/groups"), group).await.made();
    let work = json!({"kind": "partnership", "title": danish("Gruppearbejde"), "minutes": 30, "answersPer": "group"});
    let work = opened(&gentofte_, &meeting, work).await;
    let answer = |text: &str| json!({"notes": [{"text": text, "language": "da", "visibility": "consortium", "groupId": group["id"]}]});
    let on = format!("{}/notes", path("exercises", &work));
    roskilde.post(&on, answer("Adgang til flere ressourcer")).await.made();
    herning.post(&on, answer("En til")).await.problem(409, "conflict");
    herning.post(&on, json!({"notes": [shown("uden gruppe")]})).await.problem(422, "invalid_input");
    let rounds = json!({"kind": "interview_round", "title": danish("Interview"), "minutes": 30, "rounds": 3});
    let rounds = opened(&gentofte_, &meeting, rounds).await;
    let at = |field: &str| chrono::DateTime::parse_from_rfc3339(rounds[field].as_str().unwrap()).unwrap();
    assert_eq!(at("closesAt") - at("openedAt"), chrono::Duration::minutes(90));
}

async fn follow(who: &Client, exercise: &Value) -> Events {
    let request = who.request(Method::POST, "/graphql").header("accept", "text/event-stream");
    let query = "subscription($id: ID!) { noteAdded(exerciseId: $id, fromStart: true) { text } }";
    who.follow(request.json(&json!({"query": query, "variables": {"id": exercise["id"]}}))).await
}

async fn next(events: &mut Events) -> String {
    let (_, data) = tokio::time::timeout(Duration::from_secs(10), events.next()).await.unwrap().unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    data["data"]["noteAdded"]["text"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
}

#[rstest]
#[actix_web::test]
async fn whoever_follows_is_shown_each_note_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte_, roskilde, herning, aarhus] = [
        node.tenant("gentofte").await,
        node.tenant("roskilde").await,
        node.tenant("herning").await,
        node.tenant("aarhus").await,
    ];
    let consortium = node.consortium("leringsrum", &[&gentofte_, &roskilde, &herning]).await;
    let meeting = held(&gentofte_, consortium, gentofte()).await;
    let exercise = opened(&gentofte_, &meeting, json!({"kind": "free", "title": danish("Væg")})).await;
    let first = write(&roskilde, &exercise, json!([shown("a"), {"text": "b", "language": "da"}])).await;
    let (mut own, mut others) = (follow(&roskilde, &exercise).await, follow(&herning, &exercise).await);
    assert_eq!([next(&mut own).await, next(&mut own).await], ["a", "b"]);
    assert_eq!(next(&mut others).await, "a");
    // Many at once, in the order in which they became true for all.
    for n in 0..10 {
        write(&herning, &exercise, json!([shown(&format!("h{n}"))])).await;
    }
    for n in 0..10 {
        assert_eq!([next(&mut own).await, next(&mut others).await], [format!("h{n}"), format!("h{n}")]);
    }
    // What is shown later comes then to the others, and not again to its own library.
    roskilde.patch(&path("notes", &first[1]), 1, json!({"visibility": "consortium"})).await.ok();
    write(&herning, &exercise, json!([shown("end")])).await;
    assert_eq!([next(&mut others).await, next(&mut others).await], ["b", "end"]);
    assert_eq!(next(&mut own).await, "end");
    // Who has no seat is told that there is nothing.
    let request = aarhus.request(Method::POST, "/graphql").header("accept", "text/event-stream");
    let query = "subscription($id: ID!) { noteAdded(exerciseId: $id) { text } }";
    let request = request.json(&json!({"query": query, "variables": {"id": exercise["id"]}}));
    let refused = aarhus.first_event(request, Duration::from_secs(10)).await;
    assert!(refused.text.contains("NOT_FOUND"), "{}", refused.text);
}

/// Shows 60 by noteAdded.
#[rstest]
#[actix_web::test]
async fn what_another_process_of_the_node_writes_is_shown_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    node.watch();
    let [gentofte_, roskilde] = [node.tenant("gentofte").await, node.tenant("roskilde").await];
    let consortium = node.consortium("leringsrum", &[&gentofte_, &roskilde]).await;
    let meeting = held(&gentofte_, consortium, gentofte()).await;
    let exercise = opened(&gentofte_, &meeting, json!({"kind": "free", "title": danish("Væg")})).await;
    let mut here = follow(&gentofte_, &exercise).await;
    let beside = node.process_beside(node.app.tokens.keys().clone()).await;
    let there = Client::new(&beside, roskilde.token().map(str::to_owned), roskilde.tenant);
    write(&there, &exercise, json!([shown("derovrefra"), {"text": "for os selv", "language": "da"}])).await;
    write(&roskilde, &exercise, json!([shown("herfra")])).await;
    assert_eq!([next(&mut here).await, next(&mut here).await], ["derovrefra", "herfra"]);
}

#[rstest]
#[actix_web::test]
async fn a_note_is_not_found_by_a_word_that_the_reader_does_not_see(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte_, roskilde] = [node.tenant("gentofte").await, node.tenant("roskilde").await];
    let consortium = node.consortium("leringsrum", &[&gentofte_, &roskilde]).await;
    let meeting = held(&gentofte_, consortium, gentofte()).await;
    let exercise = opened(&gentofte_, &meeting, json!({"kind": "free", "title": danish("Væg")})).await;
    let notes = write(&roskilde, &exercise, json!([shown("Fællesskab")])).await;
    // Proposed to everybody, and its library's own until that is decided.
    let word = roskilde.post("/concepts", json!({"label": danish("Samskabelse")})).await.made();
    let on = format!("{}/notes", path("exercises", &exercise));
    let sort = json!({"noteIds": [notes[0]["id"]], "conceptId": word["id"]});
    roskilde.post(&format!("{on}/categorise"), sort).await.ok();
    let by_it = format!("{on}?conceptId={}", word["id"].as_str().unwrap());
    assert_eq!(texts(&roskilde.get(&by_it).await.ok()["items"]), ["Fællesskab"]);
    assert_eq!(gentofte_.get(&by_it).await.ok()["items"], json!([]));
    let seen = gentofte_.get(&on).await.ok();
    assert!(seen["items"][0]["text"] == "Fællesskab" && seen["items"][0].get("concept").is_none());
}

/// Shows 54, 64 by createExercise, openExercise, changeExercise.
#[rstest]
#[actix_web::test]
async fn homework_is_due_and_comments_wait_for_the_summary(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [gentofte_, roskilde] = [node.tenant("gentofte").await, node.tenant("roskilde").await];
    let consortium = node.consortium("leringsrum", &[&gentofte_, &roskilde]).await;
    let meeting = held(&gentofte_, consortium, gentofte()).await;
    let exercises = format!("{}/exercises", path("meetings", &meeting));
    let homework = |due: &str| json!({"kind": "homework", "title": danish("Plan"), "due": due});
    for (due, code) in [("snart", "edtf"), ("2010-10/..", "no_last_day")] {
        let refused = gentofte_.post(&exercises, homework(due)).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/due"), &json!(code))
        );
    }
    roskilde.post(&exercises, homework("2010-10")).await.problem(403, "forbidden");
    let made = gentofte_.post(&exercises, homework("2010-10")).await.made();
    let on = path("exercises", &made);
    let later = gentofte_.patch(&on, 1, json!({"due": "2010-11~"})).await.ok();
    assert_eq!(
        (&later["due"], &roskilde.get(&on).await.ok()["due"]),
        (&json!("2010-11~"), &json!("2010-11~"))
    );
    gentofte_.patch(&on, 2, json!({"due": "x"})).await.problem(422, "invalid_input");
    let whenever = gentofte_.patch(&on, 2, json!({"minutes": 30, "rounds": 2, "clear": ["due"]})).await.ok();
    assert_eq!((&whenever["due"], &whenever["rounds"]), (&Value::Null, &json!(2)));
    let endless = gentofte_.patch(&on, 3, json!({"due": "2010-11~", "clear": ["minutes"]})).await.ok();
    assert_eq!((&endless["minutes"], &endless["rounds"]), (&Value::Null, &Value::Null));
    // Nobody comments on what only the coordinator has read.
    let comments = json!({"kind": "comments", "title": danish("Kommentarer")});
    let comments = gentofte_.post(&exercises, comments).await.made();
    let open = format!("{}/open", path("exercises", &comments));
    let refused = gentofte_.post_from(&open, 1, json!(null)).await.problem(409, "conflict");
    assert_eq!(refused["errors"][0]["code"], "summary_not_published");
    let summary = json!({"summary": danish("Vi mødtes"), "publishSummary": true});
    gentofte_.patch(&path("meetings", &meeting), 1, summary).await.ok();
    gentofte_.post_from(&open, 1, json!(null)).await.ok();
    write(&roskilde, &comments, json!([shown("Enig")])).await;
}

#[rstest]
#[actix_web::test]
async fn a_day_that_no_clock_knows_is_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    let consortium = node.consortium("sammen", &[&oslo]).await;
    let path = format!("/consortia/{consortium}/meetings");
    let meeting = |from: &str, to: &str| json!({"title": [{"language": "nb", "text": "Møte"}], "startsAt": from, "endsAt": to, "timeZone": "Pacific/Kiritimati"});
    for (from, to) in [
        ("+262142-12-31T10:00:00Z", "+262142-12-31T23:59:59Z"),
        ("-4800-01-01T00:00:00Z", "-4800-01-01T01:00:00Z"),
        ("9999-12-31T10:00:00Z", "9999-12-31T11:00:00Z"),
        ("0000-12-31T10:00:00Z", "0000-12-31T11:00:00Z"),
    ] {
        let refused = oslo.post(&path, meeting(from, to)).await.problem(422, "invalid_input");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/startsAt"), &json!("between"))
        );
    }
    for far in [
        "/contacts?consentUntil=-4800-01-01",
        "/commitments?dueBy=%2B10000-01-01",
        "/calendar?from=-262143-01-01",
        "/calendar?to=%2B262142-12-31",
    ] {
        oslo.get(far).await.problem(422, "invalid_input");
    }
    // The edges are taken in, and can be told.
    for (from, to) in
        [("9998-12-31T10:00:00Z", "9998-12-31T23:59:59Z"), ("0001-01-01T00:00:00Z", "0001-01-01T01:00:00Z")]
    {
        let made = oslo.post(&path, meeting(from, to)).await.made();
        let report = oslo.get(&format!("/meetings/{}/report", made["id"].as_str().unwrap())).await.ok();
        assert!(report["markdown"].as_str().is_none_or(|text| text.contains("Pacific")), "{report}");
    }
    assert_eq!(oslo.get("/calendar?from=9998-01-01").await.ok()["entries"].as_array().unwrap().len(), 1);
}
