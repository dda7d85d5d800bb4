//! «Bibliotekerne som læringsrum»: the fourth meeting, in Gentofte on the first of September 2010 (seed 000), in Danish.

use serde_json::json;

use super::{Tongue, closed, concept, items, library, named, opened, path, report, texts, write};
use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

const DA: Tongue = Tongue("da");
const DAY: &str = "2010-09-01";

/// Shows 54, 55, 62, 64 by createExercise, openExercise, writeNotes, notes, meetingReport.
/// Shows 31, 32, 43, 46, 48, 49, 50, 52, 53, 57 by createMeeting, createGroup, openExercise, writeNotes, defineConcept.
/// Shows 89 by createExercise, writeNotes, notes.
/// Shows 70, 156 by createGroup, writeNotes, makeStatementOfNote.
#[rstest]
#[actix_web::test]
async fn the_fourth_meeting_in_gentofte(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let gentofte = library(&node, "gentofte", "Gentofte Bibliotekerne", "DK", "da").await;
    let roskilde = library(&node, "roskilde", "Roskilde Bibliotekerne", "DK", "da").await;
    let ballerup = library(&node, "ballerup", "Ballerup Bibliotekerne", "DK", "da").await;
    let hvidovre = library(&node, "hvidovre", "Hvidovre Bibliotekerne", "DK", "da").await;
    let outside = library(&node, "bergen", "Bergen Offentlige Bibliotek", "NO", "nb").await;
    let consortium = node.consortium("laeringsrum", &[&gentofte, &roskilde, &ballerup, &hvidovre]).await;
    named(&gentofte, consortium, DA.text("Bibliotekerne som læringsrum")).await;
    let of = |what: &str| format!("/consortia/{consortium}/{what}");

    // Before: the series, the network group that works together from meeting to meeting, and each library's project.
    let series = json!({"kind": "gatherings", "title": DA.text("Bibliotekerne som læringsrum")});
    let series = gentofte.post(&of("meeting-series"), series).await.made();
    let group = json!({"name": DA.text("Netværksgruppe 1"), "kind": "network", "memberIds": [roskilde.tenant, ballerup.tenant]});
    let group = gentofte.post(&of("groups"), group).await.made();
    let project = json!({"title": DA.text("Ud af boksen – Biblioteker i innovative partnerskaber"),
        "purpose": DA.text("At biblioteker og virksomheder lærer af hinanden"), "consortiumId": consortium,
        "starts": "2010-03-01", "ends": "2012-06-30", "visibility": "consortium"});
    let project = roskilde.post("/projects", project).await.made();

    let part = |kind: &str, title: &str, from: &str, to: &str| DA.part(DAY, kind, title, from, to);
    let mut talk = part("talk", "Ud af boksen – Biblioteker i innovative partnerskaber", "13:15", "14:15");
    talk["speaker"] = json!("Roskilde Bibliotekerne");
    talk["slides"] = json!(["https://example.org/ud-af-boksen"]);
    let meeting = json!({"seriesId": series["id"], "number": 4, "title": DA.text("Kompetenceafklaring og partnerskaber"),
        "place": "Gentofte Hovedbibliotek", "timeZone": "Europe/Copenhagen",
        "startsAt": format!("{DAY}T08:45:00+02:00"), "endsAt": format!("{DAY}T15:00:00+02:00"),
        "agenda": [part("break", "Kaffe og rundstykke", "08:45", "09:00"),
            part("other", "Opfølgning ift. kompetenceafklarings tretrins-raket (hjemmeopgave)", "09:00", "09:45"),
            part("exercise", "Projektpræsentation ved deltagerne", "09:45", "12:00"),
            part("break", "Frokost og Walk'n'Talk", "12:00", "12:50"),
            part("exercise", "Opsamling Walk'n'Talk", "12:50", "13:00"),
            part("talk", "Intro-oplæg om partnerskaber", "13:00", "13:15"),
            talk,
            part("exercise", "Arbejde i netværksgrupper", "14:15", "14:45"),
            part("other", "Hjemmeopgave og afrunding", "14:45", "15:00")]});
    let meeting = gentofte.post(&of("meetings"), meeting).await.made();
    assert_eq!(meeting["agenda"].as_array().unwrap().len(), 9);
    let on = path("meetings", &meeting);
    for (who, people) in [(&gentofte, 5), (&roskilde, 3), (&ballerup, 2), (&hvidovre, 2)] {
        who.put(&format!("{on}/attendance"), json!({"people": people})).await.ok();
    }

    // The homework from last time: the rocket of three stages, and what was hard about it, one answer a group.
    let rocket = opened(
        &gentofte,
        &meeting,
        json!({"kind": "free", "title": DA.text("Opfølgning på hjemmeopgave: tretrins-raketten"),
        "minutes": 30, "answersPer": "group", "prompts": DA.texts(&[
            "Hvilke udfordringer er I stødt på i forbindelse med gennemførelsen af kompetenceafklaringen?",
            "Hvordan har I tænkt jer at handle på kompetenceafklaringen (trin 3)?"])}),
    )
    .await;
    let hard = json!({"notes": [
        {"text": "Vi kender ikke hinandens kompetencer", "language": "da", "prompt": 1, "groupId": group["id"], "visibility": "consortium"},
        {"text": "Vi låner en projektleder af naboen", "language": "da", "prompt": 2, "groupId": group["id"], "visibility": "consortium"}]});
    let hard = write(&roskilde, &rocket, hard).await;
    let challenge = json!({"kind": "challenge", "visibility": "consortium"});
    roskilde.post_from(&format!("{}/statement", path("notes", &hard[0])), 1, challenge).await.ok();
    let second = json!({"notes": [{"text": "Og en gang til", "language": "da", "prompt": 1, "groupId": group["id"], "visibility": "consortium"}]});
    ballerup.post(&format!("{}/notes", path("exercises", &rocket)), second).await.problem(409, "conflict");

    // All projects by the same six questions.
    let projects = opened(&gentofte, &meeting, json!({"kind": "project_presentation", "title": DA.text("Projektpræsentation"), "prompts": DA.texts(&[
        "Hvad er formålet med jeres projekt?", "Har projektets formål ændret sig gennem udviklingsforløbet? Hvis ja, hvordan og hvorfor?",
        "Hvad har været jeres største succes indtil nu?", "Hvad har været jeres største udfordring indtil nu?",
        "Hvis I forestiller jer, at jeres projekt har været en succes, hvad har I så opnået, når det er afsluttet?",
        "Hvilke aspekter og erfaringer fra jeres projekt er især interessante at dele med resten af regionen?"])})).await;
    for (prompt, answer) in [
        (1, "At gøre partnere af naboerne"),
        (2, "Nej"),
        (3, "Den første aftale er underskrevet"),
        (4, "At finde tid hos virksomhederne"),
        (5, "En guide, som andre bruger"),
        (6, "Hvordan man siger nej til en partner"),
    ] {
        write(&roskilde, &projects, DA.answers(prompt, &[answer])).await;
    }
    for (prompt, answer) in [(1, "At børn lærer ved at bygge"), (3, "200 børn på én lørdag")] {
        write(&hvidovre, &projects, DA.answers(prompt, &[answer])).await;
    }
    // Side by side: the same question of all.
    let successes = ballerup.get(&format!("{}/notes?prompt=3", path("exercises", &projects))).await.ok();
    assert_eq!(texts(&successes), ["Den første aftale er underskrevet", "200 børn på én lørdag"]);

    // Walked, talked, and gathered.
    let walk = opened(
        &gentofte,
        &meeting,
        json!({"kind": "walk_and_talk", "title": DA.text("Walk'n'Talk"), "minutes": 50, "prompts": DA.texts(&[
        "Hvilket udbytte har I fået af at høre oplæggene om de andres projekter i dag?",
        "Hvilke refleksioner afføder det i forhold til jeres egne projekter?"])}),
    )
    .await;
    write(&ballerup, &walk, DA.answers(1, &["Mod til at spørge en virksomhed"])).await;
    write(&hvidovre, &walk, DA.answers(2, &["Vi skal have en aftale på skrift"])).await;

    // What a partnership is: three definitions side by side, each with its source, and what people mean by the word.
    let word = concept("c:partnerships");
    let word = word.as_str().unwrap();
    let define = |text: &str, source: &str| json!({"text": text, "language": "da", "source": source, "visibility": "consortium"});
    for (text, source) in [
        (
            "Konkrete tiltag på baggrund af et samarbejde, hvor alle parter bringer ressourcer ind, og hvor der formuleres fælles spilleregler.",
            "Styrelsen for Bibliotek og Medier (2010)",
        ),
        (
            "En struktureret, gensidigt forpligtende og dialogbaseret samarbejdsform mellem organisationer fra forskellige sektorer.",
            "Syddansk Universitet (2008)",
        ),
        (
            "En samarbejdsmodel mellem det offentlige og private virksomheder, hvor partnerne vælger hinanden på baggrund af komplementære kompetencer.",
            "Oplæg i Gentofte",
        ),
    ] {
        gentofte.post(&format!("/concepts/{word}/definitions"), define(text, source)).await.made();
    }
    let definitions = hvidovre.get(&format!("/concepts/{word}/definitions")).await.ok();
    assert_eq!(items(&definitions).len(), 3);
    let meanings = opened(
        &gentofte,
        &meeting,
        json!({"kind": "partnership", "title": DA.text("Hvad mener folk, når de bruger ordet partnerskab?")}),
    )
    .await;
    write(&roskilde, &meanings, DA.shown(&["Fællesskab", "Synergi", "Langsigtet samarbejde", "Dialog"]))
        .await;
    write(
        &ballerup,
        &meanings,
        DA.shown(&["Udnyttelse af parternes gensidige forskellighed", "Komplementaritet", "Fælles værdier"]),
    )
    .await;

    // In the network groups: what a partnership could bring, what we have to offer, what is hard.
    let groups = opened(&gentofte, &meeting, json!({"kind": "partnership", "title": DA.text("Arbejde i netværksgrupper"), "minutes": 30, "prompts": DA.texts(&[
        "Hvad kunne et partnerskab bidrage med i forhold til jeres projekt eller jeres organisation?",
        "Hvad har I at tilbyde jeres samarbejdspartner? Hvordan synliggør I det?",
        "Hvilke særlige udfordringer er der forbundet med et evt. partnerskab i jeres tilfælde?"])})).await;
    write(&ballerup, &groups, DA.answers(1, &["Adgang til flere og andre ressourcer"])).await;
    write(&hvidovre, &groups, DA.answers(2, &["Et rum midt i byen, åbent hver dag"])).await;

    // The homework for next time: what it must hold at the least, and by when. It stays open until then.
    let minimum = "Udarbejd som minimum (i bulletform) en liste over de vigtigste markedsføringstiltag, der knytter sig til jeres projekt";
    let homework = json!({"kind": "homework", "title": DA.text("Lav til næste gang et bud på en overordnet markedsføringsplan for jeres projekt"),
        "prompts": [DA.text(minimum)], "answersPer": "tenant", "due": "2010-10-08"});
    let homework = opened(&gentofte, &meeting, homework).await;
    for exercise in [&rocket, &projects, &walk, &meanings, &groups] {
        closed(&gentofte, exercise).await;
    }

    // After: an open event in October, of which others see the event and no more.
    let open = json!({"title": DA.text("Kom og hør: Hvordan den fysiske indretning af biblioteksrummet kan understøtte »biblioteket som læringsrum«"),
        "startsAt": "2010-10-08T09:30:00+02:00", "endsAt": "2010-10-08T11:00:00+02:00", "timeZone": "Europe/Copenhagen",
        "place": "Øregårdssalen", "visibility": "public",
        "agenda": [{"kind": "talk", "title": DA.text("Rummet"), "speaker": "SIGNAL arkitekter"}]});
    gentofte.post(&of("meetings"), open).await.made();
    let seen = outside.get("/meetings?open=true").await.ok();
    assert_eq!((items(&seen).len(), &seen["items"][0]["place"]), (1, &json!("Øregårdssalen")));
    outside.get(&format!("{on}/report")).await.problem(404, "not_found");
    let summary = json!({"summary": DA.text("Vi fulgte op på raketten, hørte om hinandens projekter og gik hjem med en opgave."), "publishSummary": true});
    gentofte.patch(&on, 1, summary).await.ok();
    let told = report("gentofte.md", &meeting, &[&roskilde, &hvidovre]).await;
    assert!(told.contains(minimum), "{told}");
    let known = hvidovre.get(&path("projects", &project)).await.ok();
    assert_eq!((&known["starts"], &known["ends"]), (&json!("2010-03-01"), &json!("2012-06-30")));

    // Follow-up at the next meeting: who has done it, with what result; one answer a library, and comments on what was said.
    write(
        &roskilde,
        &homework,
        DA.answers(1, &["Plakater på skolerne; et opslag om ugen; åbent hus i november"]),
    )
    .await;
    let again = format!("{}/notes", path("exercises", &homework));
    roskilde.post(&again, DA.answers(1, &["En plan til"])).await.problem(409, "conflict");
    write(&hvidovre, &homework, DA.answers(1, &["Vi nåede kun en plakat"])).await;
    let done = gentofte.get(&again).await.ok();
    let who: Vec<&str> =
        items(&done).iter().map(|note| note["tenantName"]["text"].as_str().unwrap()).collect();
    assert_eq!(who, ["Roskilde Bibliotekerne", "Hvidovre Bibliotekerne"]);
    closed(&gentofte, &homework).await;
    let comments =
        opened(&gentofte, &meeting, json!({"kind": "comments", "title": DA.text("Til opsamlingen")})).await;
    write(&ballerup, &comments, DA.shown(&["Tak for en god dag!"])).await;
    let told = report("gentofte_afterwards.md", &meeting, &[&roskilde, &hvidovre]).await;
    assert!(told.contains("Tak for en god dag") && told.contains("Vi nåede kun en plakat"), "{told}");
    let counted = gentofte.get(&format!("{on}/report")).await.ok();
    let exercises = counted["exercises"].as_array().unwrap();
    let homework = exercises.iter().find(|e| e["exercise"]["kind"] == "homework").unwrap();
    assert_eq!(
        (&homework["answers"][0]["libraries"], &homework["exercise"]["due"]),
        (&json!(2), &json!("2010-10-08"))
    );
}
