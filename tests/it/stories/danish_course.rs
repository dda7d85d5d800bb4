//! «Sæt spot på kompetencerne»: a national effort for schools and libraries, a course of two days with an experiment between them
//! (seed 002), in Danish.

use serde_json::{Value, json};

use super::{Tongue, closed, concept, items, library, named, opened, path, report, sort, texts, write};
use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

const DA: Tongue = Tongue("da");
const SECOND: &str = "2014-09-17";

/// What each library's entry is called, and how it stands to it.
fn entries(profile: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = profile["entries"].as_array().unwrap().iter();
    entries.map(|entry| (word(&entry["sourcePhrase"]), word(&entry["stance"]))).collect()
}

/// Shows 23, 25, 29, 58, 59, 71, 72 by createMeetingSeries, writeNotes, categoriseNotes, makeCompetenceOfNote, landscape, profile.
/// Shows 47, 51, 60, 61, 62, 73, 74, 96, 146, 147, 148, 149, 160 by createExercise, spotCompetence, suggestions, meetingReport, makeCommitmentOfNote, createProject.
#[rstest]
#[actix_web::test]
async fn the_course_puts_the_spot_on_competences(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let herning = library(&node, "herning", "Herning Bibliotekerne", "DK", "da").await;
    let odense = library(&node, "odense", "Odense Bibliotekerne", "DK", "da").await;
    let vejle = library(&node, "vejle", "Vejle Bibliotekerne", "DK", "da").await;
    let aarhus = library(&node, "aarhus", "Aarhus Kommunes Biblioteker", "DK", "da").await;
    let consortium = node.consortium("skole-og-bibliotek", &[&herning, &odense, &vejle]).await;
    named(&herning, consortium, DA.text("Skole og bibliotek")).await;
    let of = |what: &str| format!("/consortia/{consortium}/{what}");

    // Before: the national effort, the course in its steps, and the reform that it is about.
    let effort =
        json!({"kind": "programme", "title": DA.text("Skole- og bibliotekssamarbejde. National indsats")});
    let effort = herning.post(&of("meeting-series"), effort).await.made();
    let course = json!({"kind": "course", "title": DA.text("Sæt spot på kompetencerne"), "parentId": effort["id"],
        "steps": DA.texts(&["A-Z konference", "Interview", "1. kursusgang: biblioteksansattes kompetencer i relation til skolereformen",
            "Eksperiment mellem kursusgange", "2. kursusgang: præsentation af eksperimenter og kategorisering af kompetencer"])});
    let course = herning.post(&of("meeting-series"), course).await.made();
    let reform = herning
        .post(&of("occasions"), json!({"name": DA.text("Skolereformen"), "starts": "2014-08"}))
        .await
        .made();
    // Schools are a partner of the group, not a library of the node.
    let school = json!({"name": "Skolerne i Herning", "sector": "school"});
    herning.post(&of("organisations"), school).await.made();

    // The first day: what each can already, for the occasion.
    let first =
        json!({"seriesId": course["id"], "number": 1, "title": DA.text("1. kursusgang"), "held": "2014-06"});
    let first = herning.post(&of("meetings"), first).await.made();
    let has = |word: &str, notation: &str| {
        json!({"stance": "have", "sourcePhrase": word, "language": "da",
        "conceptId": concept(notation), "occasionId": reform["id"], "visibility": "consortium"})
    };
    herning.post("/competences", has("Spil i undervisningen", "c:games")).await.made();
    odense.post("/competences", has("Kildekritik for skoleklasser", "c:source-criticism")).await.made();
    // For the time between: an experiment, together with somebody.
    let between = opened(
        &herning,
        &first,
        json!({"kind": "free", "title": DA.text("Eksperiment mellem kursusgange"),
        "prompts": [DA.text("Afdækning af samarbejdsmuligheder og tiltag til samarbejde")]}),
    )
    .await;
    let experiment =
        write(&odense, &between, DA.answers(1, &["Vi holder spilværksted for 6. klasse sammen med Herning"]))
            .await;
    let experiment = path("notes", &experiment[0]);
    let together = json!({"partnerIds": [herning.tenant], "due": "2014-09", "visibility": "consortium"});
    let experiment = odense.post_from(&format!("{experiment}/commitment"), 1, together).await.ok();
    let experiment = format!("/commitments/{}", experiment["becameId"].as_str().unwrap());
    closed(&herning, &between).await;

    // The second day: goals, and a programme in which nothing overlaps.
    let part = |kind: &str, title: &str, from: &str, to: &str| DA.part(SECOND, kind, title, from, to);
    let second = json!({"seriesId": course["id"], "number": 2, "title": DA.text("2. kursusdag"), "place": "Herning Bibliotek",
        "startsAt": format!("{SECOND}T09:00:00+02:00"), "endsAt": format!("{SECOND}T15:30:00+02:00"), "timeZone": "Europe/Copenhagen",
        "goals": [{"text": DA.text("At øge fokus på egne kompetencer og bibliotekets ressourcer")},
            {"text": DA.text("At kategorisere kompetencer og skabe lokale kompetencelandskaber med henblik på etablering og videreudvikling af samarbejder")}],
        "agenda": [part("other", "Entré og spørgsmål siden sidst", "09:00", "09:30"),
            part("exercise", "Refleksioner over eksperimenter og kompetencespotting", "09:30", "11:25"),
            part("exercise", "Videndelingsøvelse", "11:25", "11:45"),
            part("break", "Frokost", "11:45", "12:30"),
            part("exercise", "Lokale kompetencelandskaber", "12:30", "13:40"),
            part("break", "Pause", "13:40", "13:50"),
            part("exercise", "Tiltag til samarbejde", "13:50", "15:00"),
            part("exercise", "Exit", "15:00", "15:30")]});
    let second = herning.post(&of("meetings"), second).await.made();
    let on = path("meetings", &second);
    for (who, people) in [(&herning, 4), (&odense, 2), (&vejle, 1)] {
        who.put(&format!("{on}/attendance"), json!({"people": people})).await.ok();
    }

    // Three interview rounds of half an hour: who did the experiment together tells, the others name what they saw.
    let rounds = opened(
        &herning,
        &second,
        json!({"kind": "interview_round", "title": DA.text("Refleksioner over eksperimenter"),
        "prompts": [DA.text("Hvad gjorde I, og hvad så I?")], "minutes": 30, "rounds": 3}),
    )
    .await;
    write(&odense, &rounds, DA.answers(1, &["Eleverne lærte os spillet, og vi lærte dem at søge"])).await;
    follow(
        &odense,
        &experiment,
        json!({"status": "done", "note": "Spilværkstedet blev holdt to gange", "language": "da"}),
    )
    .await;
    let saw = json!({"conceptId": concept("c:course-delivery"), "phrase": "I holdt 25 elever i gang i to timer", "language": "da"});
    let seen = herning.post(&format!("/tenants/{}/sightings", odense.tenant), saw).await.made();
    let accept = format!("{}/accept", path("competence-sightings", &seen));
    odense.post_from(&accept, 1, json!({"level": 2, "visibility": "consortium"})).await.ok();
    let sharing = opened(
        &herning,
        &second,
        json!({"kind": "knowledge_sharing", "title": DA.text("Videndelingsøvelse")}),
    )
    .await;
    write(&vejle, &sharing, DA.shown(&["Spørg læreren, før skoleåret er lagt"])).await;

    // Post-its: what they have, and what they would like to have; put into themes, and into the profiles.
    let wall = opened(
        &herning,
        &second,
        json!({"kind": "categorise", "title": DA.text("Kategorisering af kompetencer"),
        "prompts": DA.texts(&["Kompetencer, I allerede har", "Kompetencer, som I kunne tænke jer at få"])}),
    )
    .await;
    let have = write(&vejle, &wall, DA.answers(1, &["Formidling til børn", "Rollespil"])).await;
    let want = write(&vejle, &wall, DA.answers(2, &["Kildekritik"])).await;
    sort(&vejle, &wall, &[&have[0]], "c:services-for-children").await;
    sort(&vejle, &wall, &[&have[1]], "c:games").await;
    sort(&vejle, &wall, &[&want[0]], "c:source-criticism").await;
    for (note, stance) in [(&have[0], "have"), (&have[1], "have"), (&want[0], "want")] {
        let entry = json!({"stance": stance, "visibility": "consortium"});
        vejle.post_from(&format!("{}/competence", path("notes", note)), 2, entry).await.ok();
    }
    let profile = herning.get(&format!("/tenants/{}/profile", vejle.tenant)).await.ok();
    let mut found = entries(&profile);
    found.sort();
    let word = |word: &str, stance: &str| (word.to_owned(), stance.to_owned());
    assert_eq!(
        found,
        [word("Formidling til børn", "have"), word("Kildekritik", "want"), word("Rollespil", "have")]
    );

    // The landscape: two can play, one wants what another has, and a part of it is empty until somebody adds to it.
    let landscape = vejle.get(&of("landscape")).await.ok();
    assert_eq!(
        (&landscape["totals"]["common"], &landscape["totals"]["covered"]),
        (&json!(1), &json!(1)),
        "{landscape}"
    );
    let drawn = opened(
        &herning,
        &second,
        json!({"kind": "landscape", "title": DA.text("Lokale kompetencelandskaber"),
        "prompts": [DA.text("Hvad mangler i landskabet?")]}),
    )
    .await;
    write(&odense, &drawn, DA.answers(1, &["Ingen af os har noget på musik"])).await;
    herning
        .post(
            "/competences",
            json!({"stance": "want", "conceptId": concept("c:music"), "visibility": "consortium"}),
        )
        .await
        .made();
    assert_eq!(vejle.get(&of("landscape")).await.ok()["totals"]["gap"], 1);

    // What to do together: a sparring partner, an idea, and what each takes home.
    let sparring = vejle.get(&format!("{}?kind=sparring", of("suggestions"))).await.ok();
    assert!(
        items(&sparring).iter().any(|s| s["tenants"]
            .as_array()
            .unwrap()
            .iter()
            .any(|t| t["slug"] == "odense")),
        "{sparring}"
    );
    let tasks = opened(&herning, &second, json!({"kind": "free", "title": DA.text("Tiltag til samarbejde"),
        "prompts": DA.texts(&["Ideer til nye samarbejdsprojekter", "Hvilke ideer / initiativer går vi / vores bibliotek hjem og gør noget ved?"])})).await;
    write(&vejle, &tasks, DA.answers(1, &["Rejsende spilværksted", "Fælles kildekritikuge"])).await;
    // Some of it is a library's own, some a group's: that one is taken home by both, and a school is in it.
    let pair = json!({"name": DA.text("Kildekritikgruppen"), "kind": "team", "memberIds": [vejle.tenant, odense.tenant]});
    let pair = herning.post(&of("groups"), pair).await.made();
    let mut home = DA.answers(2, &["Vi prøver kildekritikugen i to klasser"]);
    home["notes"][0]["groupId"] = pair["id"].clone();
    let home = write(&vejle, &tasks, home).await;
    let promise = json!({"partnerIds": [odense.tenant], "others": ["Skolerne i Vejle"], "due": "2014-11", "visibility": "consortium"});
    let promise = vejle.post_from(&format!("{}/commitment", path("notes", &home[0])), 1, promise).await.ok();
    let promise = format!("/commitments/{}", promise["becameId"].as_str().unwrap());
    assert_eq!(odense.get(&promise).await.ok()["groupId"], pair["id"]);
    let idea = json!({"title": DA.text("Rejsende spilværksted"), "purpose": DA.text("At bringe spil ud i klasserne"),
        "consortiumId": consortium, "conceptIds": [concept("c:games")], "visibility": "consortium"});
    let idea = vejle.post("/projects", idea).await.made();

    // The way out: two things.
    let exit = opened(&herning, &second, json!({"kind": "exit", "title": DA.text("Exit"),
        "prompts": DA.texts(&["Når jeg tænker på de to kursusdage, tænker jeg ...?", "»I den nærmeste fremtid vil jeg ... sammen med ...«"])})).await;
    write(&odense, &exit, DA.answers(1, &["at vi kan mere, end vi troede"])).await;
    write(&vejle, &exit, DA.answers(1, &["at skolen er tættere på"])).await;
    // What is kept to itself is in nobody else's report.
    let kept = json!({"notes": [{"text": "at vi er for få", "language": "da", "prompt": 1}]});
    write(&vejle, &exit, kept).await;
    for exercise in [&rounds, &sharing, &wall, &drawn, &tasks, &exit] {
        closed(&herning, exercise).await;
    }

    // After: the goals are looked at, the summary is published, and the report is there for those who were not.
    let reached = |text: &str| json!({"text": DA.text(text), "reached": true});
    let over = json!({"goals": [reached("At øge fokus på egne kompetencer og bibliotekets ressourcer"),
            reached("At kategorisere kompetencer og skabe lokale kompetencelandskaber med henblik på etablering og videreudvikling af samarbejder")],
        "summary": DA.text("Eksperimenterne viste, at bibliotekerne kan mere, end skolerne ved. Næste skridt er en fælles kildekritikuge."),
        "publishSummary": true});
    herning.patch(&on, 1, over).await.ok();
    let told = report("danish_course.md", &second, &[&herning, &odense]).await;
    assert!(!told.contains("for få"));
    // Of the way out it says how many answered, as far as one sees.
    let counted = herning.get(&format!("{on}/report")).await.ok();
    let exit =
        counted["exercises"].as_array().unwrap().iter().find(|e| e["exercise"]["kind"] == "exit").unwrap();
    let answers = exit["answers"].as_array().unwrap();
    assert_eq!((&answers[0]["libraries"], &answers[1]["libraries"]), (&json!(2), &json!(0)));
    aarhus.get(&format!("{on}/report")).await.problem(404, "not_found");
    // And what was promised is followed up: done, and by the other put off.
    let due = odense.get("/commitments?withUs=true").await.ok();
    assert_eq!(texts(&due), ["Vi prøver kildekritikugen i to klasser"]);
    follow(&vejle, &promise, json!({"status": "done"})).await;
    let steps = odense.get(&format!("{promise}/steps")).await.ok();
    assert_eq!(
        items(&steps).iter().map(|s| s["status"].as_str().unwrap()).collect::<Vec<_>>(),
        ["open", "done"]
    );
    assert_eq!(odense.get(&path("projects", &idea)).await.ok()["title"]["text"], "Rejsende spilværksted");
}

async fn follow(who: &crate::harness::Client, commitment: &str, step: Value) {
    let version = who.get(commitment).await.ok()["version"].as_i64().unwrap();
    who.post_from(&format!("{commitment}/follow-up"), version, step).await.ok();
}
