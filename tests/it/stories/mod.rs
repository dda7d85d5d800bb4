//! Whole days as the seeds tell of them, through the service alone: before, during and after. Each ends in the report that a librarian
//! reads, checked in under `reports`; `SAMVIRKE_UPDATE_SCHEMA=1 tests/run stories` writes those anew.

mod danish_course;
mod four_counties;
mod gentofte;

use std::path::Path;

use migration::registers::concept_id;
use samvirke::{auth::Role, id::ConsortiumId};
use serde_json::{Value, json};

use crate::harness::{Client, TestNode};

/// In the meeting's own language.
pub struct Tongue(pub &'static str);

impl Tongue {
    pub fn text(&self, text: &str) -> Value {
        json!([{"language": self.0, "text": text}])
    }

    pub fn texts(&self, texts: &[&str]) -> Value {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// A part of the programme, at clock times of the day.
    pub fn part(&self, day: &str, kind: &str, title: &str, from: &str, to: &str) -> Value {
        json!({"kind": kind, "title": self.text(title), "startsAt": format!("{day}T{from}:00+02:00"),
            "endsAt": format!("{day}T{to}:00+02:00")})
    }

    /// Notes that the consortium sees, as they are typed: a line each.
    pub fn shown(&self, lines: &[&str]) -> Value {
        let note = |text: &&str| json!({"text": text, "language": self.0, "visibility": "consortium"});
        json!({"notes": lines.iter().map(note).collect::<Vec<_>>()})
    }

    /// Answers to one of the questions.
    pub fn answers(&self, prompt: i64, lines: &[&str]) -> Value {
        let mut notes = self.shown(lines);
        notes["notes"].as_array_mut().unwrap().iter_mut().for_each(|note| note["prompt"] = json!(prompt));
        notes
    }
}

/// A library of a country, made by the node's operator, and somebody of it who speaks its language.
pub async fn library(
    node: &TestNode,
    slug: &str,
    name: &str,
    country: &str,
    language: &'static str,
) -> Client {
    let kind = if country == "NO" { "county_library" } else { "public_library" };
    let new = json!({"slug": slug, "kind": kind, "country": country, "name": [{"language": language, "text": name}]});
    let made = node.operator().post("/tenants", new).await.made();
    let id = serde_json::from_value(made["id"].clone()).unwrap();
    node.client(id, Role::Admin).speaking(language)
}

/// Gives a consortium its name.
pub async fn named(coordinator: &Client, consortium: ConsortiumId, name: Value) {
    let on = format!("/consortia/{consortium}");
    let version = coordinator.get(&on).await.ok()["version"].as_i64().unwrap();
    coordinator.patch(&on, version, json!({"name": name})).await.ok();
}

pub fn path(noun: &str, of: &Value) -> String {
    format!("/{noun}/{}", of["id"].as_str().unwrap_or_else(|| panic!("no id: {of}")))
}

pub fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap_or_else(|| panic!("no list: {list}"))
}

pub fn texts(list: &Value) -> Vec<&str> {
    items(list).iter().map(|item| item["text"].as_str().unwrap()).collect()
}

pub fn concept(notation: &str) -> Value {
    json!(concept_id(notation))
}

/// An exercise of a meeting, made and opened.
pub async fn opened(who: &Client, meeting: &Value, exercise: Value) -> Value {
    let made = who.post(&format!("{}/exercises", path("meetings", meeting)), exercise).await.made();
    who.post_from(&format!("{}/open", path("exercises", &made)), 1, json!(null)).await.ok()
}

pub async fn closed(who: &Client, exercise: &Value) {
    let version = who.get(&path("exercises", exercise)).await.ok()["version"].as_i64().unwrap();
    who.post_from(&format!("{}/close", path("exercises", exercise)), version, json!(null)).await.ok();
}

pub async fn write(who: &Client, exercise: &Value, notes: Value) -> Vec<Value> {
    let on = format!("{}/notes", path("exercises", exercise));
    who.post(&on, notes).await.made()["notes"].as_array().unwrap().clone()
}

/// Puts some of a library's notes to a concept or theme.
pub async fn sort(who: &Client, exercise: &Value, notes: &[&Value], notation: &str) {
    let ids: Vec<&Value> = notes.iter().map(|note| &note["id"]).collect();
    let on = format!("{}/notes/categorise", path("exercises", exercise));
    who.post(&on, json!({"noteIds": ids, "conceptId": concept(notation)})).await.ok();
}

/// The report as text, which is the same on both faces and for everybody who sees the same, and is kept here.
#[allow(clippy::disallowed_methods, reason = "the tests' own switch")]
pub async fn report(name: &str, meeting: &Value, readers: &[&Client]) -> String {
    let on = format!("{}/report", path("meetings", meeting));
    let mut all = Vec::new();
    for reader in readers {
        let request = reader.request(reqwest::Method::GET, &format!("/api/v1{on}"));
        let answer = reader.send(request.header("accept", "text/markdown")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "text/markdown; charset=utf-8")
        );
        all.push(answer.text);
    }
    let told = all.remove(0);
    all.iter().for_each(|other| assert_eq!(*other, told, "the same to everybody who sees the same"));
    let question = "query($id: ID!) { meetingReport(id: $id) { markdown } }";
    let graphql = readers[0].data(question, json!({"id": meeting["id"]})).await;
    assert_eq!(graphql["meetingReport"]["markdown"], told);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/stories/reports").join(name);
    if std::env::var_os("SAMVIRKE_UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &told).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == told, "{name} is not what comes out:\n{told}");
    told
}
