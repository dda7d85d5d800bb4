//! Libraries that say, lead, promise, host and vote by chance, and keep some of it to themselves.

use migration::registers::concept_id;
use samvirke::{auth::Role, id::ConsortiumId};
use serde_json::{Value, json};

use super::past::{Past, age};
use crate::{
    aggregates::{Dice, text},
    harness::{Client, Kind, TestNode},
};

pub const CONCEPTS: [&str; 5] = ["c:music", "c:weeding", "c:games", "c:statistics", "c:school-library"];

/// Short name, kind, country, regions. The last but one lets nothing in, and the last is no member.
pub const LIBRARIES: [(&str, &str, &str, &[&str]); 6] = [
    ("akershus", "county_library", "NO", &["no-32"]),
    ("sydost", "county_library", "SE", &["se-07", "se-08"]),
    ("kalmar", "public_library", "SE", &["se-08"]),
    ("roskilde", "public_library", "DK", &[]),
    ("lukket", "public_library", "NO", &["no-31"]),
    ("utenfor", "university_library", "FI", &[]),
];
pub const SHARING: usize = 4;
pub const MEMBERS: usize = 5;

pub struct Setting {
    pub node: TestNode,
    pub consortium: ConsortiumId,
    /// Of the first two.
    pub other: ConsortiumId,
    pub libraries: Vec<Client>,
    pub past: Past,
}

pub fn path(of: &str, row: &Value) -> String {
    format!("/{of}/{}", text(&row["id"]))
}

pub async fn setting(kind: Kind) -> Setting {
    let node = TestNode::start(kind).await;
    let mut libraries = Vec::new();
    for (slug, kind, country, regions) in LIBRARIES {
        let body = json!({"slug": slug, "kind": kind, "country": country, "regionIds": regions,
            "name": [{"language": "nb", "text": slug}]});
        let made = node.operator().post("/tenants", body).await.made();
        libraries.push(node.client(text(&made["id"]).parse().unwrap(), Role::Admin));
    }
    let members: Vec<&Client> = libraries.iter().take(MEMBERS).collect();
    let consortium = node.consortium("alle", &members).await;
    let other = node.consortium("andre", &members[..2]).await;
    let closed = &libraries[SHARING];
    let mine = closed.get("/memberships").await.ok()["items"][0].clone();
    let kept = json!({"statements": "none", "projects": "none", "activities": "none"});
    closed.patch(&path("memberships", &mine), mine["version"].as_i64().unwrap(), kept).await.ok();

    let mut dice = Dice(11);
    let mut made = Made { dice: &mut dice, libraries: &libraries, consortium, other };
    for n in 0..libraries.len() {
        made.statements(n).await;
        made.projects(n).await;
        made.commitments(n).await;
        made.activities(n).await;
        made.agreements(n).await;
    }
    made.priorities().await;
    for n in 0..libraries.len() {
        made.funding(n).await;
    }
    let mut dice = Dice(5);
    let both: Vec<_> = libraries.iter().take(2).map(|library| library.tenant.0).collect();
    let past = age(&node, kind, [consortium, other], &both, &mut dice).await;
    Setting { node, consortium, other, libraries, past }
}

struct Made<'m> {
    dice: &'m mut Dice,
    libraries: &'m [Client],
    consortium: ConsortiumId,
    other: ConsortiumId,
}

impl Made<'_> {
    fn concepts(&mut self) -> Vec<String> {
        let mut ids: Vec<String> = (0..self.dice.roll(3))
            .map(|_| concept_id(CONCEPTS[self.dice.roll(CONCEPTS.len())]).to_string())
            .collect();
        ids.dedup();
        ids
    }

    /// With who sees it, and for whom it is.
    fn shown(&mut self, n: usize, mut body: Value) -> Value {
        body["visibility"] = (*self.dice.pick(&["private", "consortium", "consortium", "public"])).into();
        // A member of both may be for either; the others for the one that they are in.
        let at = self.dice.roll(4);
        if n < MEMBERS && at < 2 {
            body["consortiumId"] = json!(self.consortium);
        } else if n < 2 && at == 2 {
            body["consortiumId"] = json!(self.other);
        }
        body
    }

    /// EDTF, or none.
    fn date(&mut self) -> Option<&'static str> {
        let dates = ["2026-03-04", "2026-03", "2026-10~", "2025", "2025-11/2026-02", "2026-21"];
        (self.dice.roll(7) > 0).then(|| *self.dice.pick(&dates))
    }

    async fn statements(&mut self, n: usize) {
        let who = &self.libraries[n];
        for _ in 0..9 {
            let kinds = ["strength", "weakness", "opportunity", "threat", "challenge", "ambition"];
            let kind = *self.dice.pick(&kinds);
            let body = json!({"kind": kind, "text": "Vi kan", "language": "nb", "conceptIds": self.concepts(),
                "visibility": *self.dice.pick(&["private", "consortium", "consortium", "public"])});
            let said = who.post("/statements", body).await.made();
            for other in self.libraries.iter().take(MEMBERS) {
                if self.dice.roll(3) == 0 {
                    // Who does not see it cannot.
                    let answer =
                        other.post(&format!("{}/endorsement", path("statements", &said)), json!(null)).await;
                    assert!(!answer.status.is_server_error());
                }
            }
        }
    }

    async fn projects(&mut self, n: usize) {
        let lead = &self.libraries[n];
        for _ in 0..6 {
            let mut body =
                json!({"title": [{"language": "nb", "text": "Felles kurs"}], "conceptIds": self.concepts()});
            if let Some(date) = self.date() {
                // Going on without an end.
                let date = if date == "2025" { "2026/.." } else { date };
                body["starts"] = date.into();
            }
            let mut body = self.shown(n, body);
            // Within a consortium it is for one.
            if body["visibility"] == "consortium" && body.get("consortiumId").is_none() {
                body["visibility"] = "public".into();
            }
            let made = lead.post("/projects", body).await.made();
            let mut version = made["version"].as_i64().unwrap();
            for to in ["planned", "active", "evaluating"].into_iter().take(self.dice.roll(4)) {
                let moved = lead
                    .post_from(&format!("{}/move", path("projects", &made)), version, json!({"to": to}))
                    .await;
                version = moved.ok()["version"].as_i64().unwrap();
            }
            for other in (0..self.libraries.len()).filter(|other| *other != n) {
                if self.dice.roll(2) == 0 {
                    continue;
                }
                let whom = &self.libraries[other];
                let role = *self.dice.pick(&["partner", "observer"]);
                let asked = json!({"tenantId": whom.tenant, "role": role});
                let invited =
                    lead.post(&format!("{}/participants", path("projects", &made)), asked).await.made();
                let answer = *self.dice.pick(&["accept", "accept", "decline", ""]);
                if !answer.is_empty() {
                    let at = format!("{}/participation/{answer}", path("projects", &made));
                    let answered = whom.post_from(&at, invited["version"].as_i64().unwrap(), json!({})).await;
                    assert!(answered.status.is_success(), "{}", answered.text);
                }
            }
        }
    }

    async fn commitments(&mut self, n: usize) {
        let who = &self.libraries[n];
        for _ in 0..6 {
            let mut body = json!({"text": "Vi vil", "language": "nb"});
            if let Some(date) = self.date() {
                body["due"] = date.into();
            }
            let body = self.shown(n, body);
            let made = who.post("/commitments", body).await.made();
            let status = *self.dice.pick(&["open", "done", "dropped", "moved"]);
            if status != "open" {
                let mut step = json!({"status": status});
                if status == "moved" {
                    step["due"] = "2026-12".into();
                }
                who.post_from(&format!("{}/follow-up", path("commitments", &made)), 1, step).await.ok();
            }
        }
    }

    async fn activities(&mut self, n: usize) {
        let host = &self.libraries[n];
        for _ in 0..6 {
            let mut body = json!({"kind": *self.dice.pick(&["course", "conference", "placement"]), "title": "Kurs",
                "side": *self.dice.pick(&["offered", "sought"]), "language": "nb", "conceptIds": self.concepts()});
            if self.dice.roll(2) == 0 {
                body["seats"] = (self.dice.roll(40) + 30).into();
            }
            if let Some(date) = self.date() {
                body["held"] = date.into();
            }
            let body = self.shown(n, body);
            let offered = body["side"] == "offered";
            let made = host.post("/activities", body).await.made();
            if self.dice.roll(3) == 0 {
                continue;
            }
            let at = path("activities", &made);
            host.post_from(&format!("{at}/state"), 1, json!({"state": "open"})).await.ok();
            for other in self.libraries.iter().take(MEMBERS) {
                if offered && self.dice.roll(2) == 0 {
                    let places = json!({"places": self.dice.roll(5) + 1});
                    // Who does not see it, or is the host, cannot.
                    let answer = other.post(&format!("{at}/registration"), places).await;
                    assert!(!answer.status.is_server_error());
                }
            }
        }
    }

    /// Applications for money for projects that the library leads or takes part in.
    async fn funding(&mut self, n: usize) {
        let who = &self.libraries[n];
        let me = json!(who.tenant);
        let projects = who.get("/projects?takingPart=true&first=100").await.ok();
        let accepted = |project: &&Value| {
            let parts = project["participants"].as_array().unwrap();
            parts.iter().any(|part| part["tenantId"] == me && part["status"] == "accepted")
        };
        let projects: Vec<&Value> = projects["items"].as_array().unwrap().iter().filter(accepted).collect();
        for _ in 0..9 {
            let project = *self.dice.pick(&projects);
            let funders =
                ["Kulturrådet", "KULTURRÅDET", "Region Skåne", "region skåne", "Sparebankstiftelsen"];
            let mut body = json!({"projectId": project["id"], "funder": *self.dice.pick(&funders),
                "funderKind": *self.dice.pick(&["national_agency", "county", "foundation"]),
                "currency": *self.dice.pick(&["NOK", "SEK", "SEK", "DKK"]),
                "appliedMinor": self.dice.roll(1_000_000) * 1_000_000});
            if self.dice.roll(3) > 0 {
                body["programme"] = (*self.dice.pick(&["Projektbidrag", "Udviklingspuljen"])).into();
            }
            if self.dice.roll(3) > 0 {
                body["firstDay"] = (*self.dice.pick(&["2026-03-04", "2025-12-31", "2027-01-01"])).into();
            }
            body["visibility"] =
                (*self.dice.pick(&["private", "consortium", "consortium", "consortium", "public"])).into();
            let mut answer = who.post("/funding-applications", body.clone()).await;
            if answer.status == 422 {
                // Its project is in no consortium, or in none of the library's.
                body["visibility"] = "public".into();
                answer = who.post("/funding-applications", body).await;
            }
            let made = answer.made();
            let ways: [&[&str]; 7] = [
                &[],
                &["applied"],
                &["applied", "granted"],
                &["applied", "granted"],
                &["applied", "rejected"],
                &["withdrawn"],
                &["applied", "withdrawn"],
            ];
            let steps = *self.dice.pick(&ways);
            for (n, to) in steps.iter().enumerate() {
                let on = if n == 0 { "2025-02-03" } else { "2025-10-05" };
                let mut step = json!({"to": to, "on": on});
                if *to == "granted" {
                    step["grantedMinor"] = (self.dice.roll(1_000_000) * 1_000).into();
                }
                let at = format!("{}/move", path("funding-applications", &made));
                who.post_from(&at, i64::try_from(n).unwrap() + 1, step).await.ok();
            }
        }
    }

    /// Some drafts, some proposed, some signed by all, and some of these terminated.
    async fn agreements(&mut self, n: usize) {
        let writer = &self.libraries[n];
        for _ in 0..7 {
            let (first, last) = *self.dice.pick(&[
                ("2021-11-02", None),
                ("2021-11-02", Some("2022-08-30")),
                ("2026-03-02", None),
                ("2026-03-02", Some("2026-08-30")),
                ("2026-03-02", Some("2026-08-31")),
                ("2026-06-02", None),
            ]);
            let mut among = vec![n];
            among.extend((0..self.libraries.len()).filter(|other| *other != n && self.dice.roll(3) == 0));
            let mut parties: Vec<Value> =
                among.iter().map(|party| json!({"tenantId": self.libraries[*party].tenant})).collect();
            if parties.len() < 2 || self.dice.roll(3) == 0 {
                parties.push(json!({"name": "Kommunen"}));
            }
            let body = json!({"title": "Felles kurs", "purpose": "Vi lærer sammen", "language": "nb",
                "firstDay": first, "parties": parties});
            let mut body = self.shown(n, body);
            if let Some(last) = last {
                body["lastDay"] = last.into();
            }
            if body["visibility"] == "consortium" && body.get("consortiumId").is_none() {
                body["visibility"] = "public".into();
            }
            let made = writer.post("/agreements", body).await.made();
            let at = path("agreements", &made);
            if self.dice.roll(8) == 0 {
                continue;
            }
            writer.post_from(&format!("{at}/propose"), 1, json!({})).await.ok();
            let digest = json!({"digest": made["textDigest"], "textVersion": 1});
            if self.dice.roll(8) == 0 {
                continue;
            }
            let mut version = 0;
            for party in &among {
                let signed = self.libraries[*party].post(&format!("{at}/sign"), digest.clone()).await.ok();
                version = signed["version"].as_i64().unwrap();
            }
            // What is over is not terminated.
            if self.dice.roll(3) == 0 && last.is_none() {
                let why = json!({"reason": "Vi slutter", "language": "nb"});
                writer.post_from(&format!("{at}/terminate"), version, why).await.ok();
            }
        }
    }

    /// One round that is published, one in which votes are cast, and one in which areas are proposed.
    async fn priorities(&mut self) {
        let (coordinator, consortium) = (&self.libraries[0], self.consortium);
        let rounds = format!("/consortia/{consortium}/priority-rounds");
        for (n, last) in ["published", "voting", "proposing"].into_iter().enumerate() {
            let title = |text: &str| json!([{"language": "nb", "text": text}]);
            let mut body = json!({"question": title("Hva nå?"), "method": "dots", "backbone": 1, "points": 5, "maxPerProposal": 5});
            if n > 0 {
                body["held"] = (*self.dice.pick(&["2026-02", "2025"])).into();
            }
            let made = coordinator.post(&rounds, body).await.made();
            let at = path("priority-rounds", &made);
            let advance = async |to: &str| {
                let version = coordinator.get(&at).await.ok()["version"].as_i64().unwrap();
                coordinator.post_from(&format!("{at}/move"), version, json!({"to": to})).await.ok();
            };
            advance("proposing").await;
            let mut proposals = Vec::new();
            for member in self.libraries.iter().take(MEMBERS) {
                let mut proposal = json!({"title": title("Dette")});
                if self.dice.roll(3) > 0 {
                    proposal["conceptId"] =
                        concept_id(CONCEPTS[self.dice.roll(CONCEPTS.len())]).to_string().into();
                }
                proposals.push(member.post(&format!("{at}/proposals"), proposal).await.made());
            }
            let gone = proposals.pop().unwrap();
            let who = &self.libraries[MEMBERS - 1];
            who.patch(&path("priority-proposals", &gone), 1, json!({"withdrawn": true})).await.ok();
            if last == "proposing" {
                continue;
            }
            advance("voting").await;
            for member in self.libraries.iter().take(SHARING) {
                let choices = json!([{"proposalId": self.dice.pick(&proposals)["id"], "points": self.dice.roll(5) + 1}]);
                let cast = member.put(&format!("{at}/ballot"), json!({"choices": choices})).await;
                assert!(cast.status.is_success(), "{}", cast.text);
            }
            if last == "published" {
                advance("closed").await;
                advance("published").await;
            }
        }
    }
}
