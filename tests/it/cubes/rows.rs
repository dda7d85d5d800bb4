//! What members list of themselves and let into the consortium, as rows to be counted.

use std::collections::{BTreeMap, BTreeSet};

use samvirke::id::ConsortiumId;
use serde_json::Value;

use super::setting::{LIBRARIES, SHARING, Setting};
use crate::aggregates::{text, themes};

/// One row: its codes on each dimension, and what it adds to each measure and for what.
pub struct Row {
    pub codes: BTreeMap<&'static str, Vec<String>>,
    pub adds: Vec<(String, i64)>,
}

pub const NONE: &str = "-";
pub const CUBES: [(&str, &[&str], &[&str]); 5] = [
    (
        "statements",
        &[
            "statement_kind",
            "concept",
            "theme",
            "kind",
            "country",
            "region",
            "tenant",
            "year",
            "quarter",
            "month",
        ],
        &["statements", "tenants", "endorsements"],
    ),
    (
        "projects",
        &[
            "state",
            "concept",
            "theme",
            "lead",
            "lead_kind",
            "role",
            "pair",
            "kind",
            "country",
            "region",
            "tenant",
            "year",
            "quarter",
            "month",
        ],
        &["projects", "tenants", "participations"],
    ),
    (
        "commitments",
        &["state", "kind", "country", "region", "tenant", "year", "quarter", "month"],
        &["commitments", "tenants", "open", "overdue", "done", "dropped"],
    ),
    (
        "activities",
        &[
            "activity_kind",
            "side",
            "state",
            "concept",
            "theme",
            "kind",
            "country",
            "region",
            "tenant",
            "year",
            "quarter",
            "month",
        ],
        &["activities", "tenants", "seats", "registrations", "places"],
    ),
    (
        "priorities",
        &["round", "state", "concept", "theme", "year", "quarter", "month"],
        &["proposals", "rounds", "ballots", "points", "chosen"],
    ),
];

type Codes = BTreeMap<&'static str, Vec<String>>;

/// The rows of every cube, as they are on a day of 2022 or of 2026.
pub struct Rows {
    pub year: i32,
    pub cubes: BTreeMap<&'static str, Vec<Row>>,
}

/// Year, quarter and month of dates that the setting uses; what lies in several has none.
fn period(date: &Value) -> [(&'static str, Vec<String>); 3] {
    let codes = match date.as_str().map(|d| d.trim_end_matches('~')) {
        Some("2026-03-04" | "2026-03") => ["2026", "2026-Q1", "2026-03"],
        Some("2026-02") => ["2026", "2026-Q1", "2026-02"],
        Some("2026-10") => ["2026", "2026-Q4", "2026-10"],
        Some("2026-12") => ["2026", "2026-Q4", "2026-12"],
        Some("2025") => ["2025", NONE, NONE],
        // March to May.
        Some("2026-21" | "2026/..") => ["2026", NONE, NONE],
        Some("2025-11/2026-02") | None => [NONE; 3],
        Some(day) => {
            let (year, month) = (&day[..4], &day[5..7]);
            let quarter = (month.parse::<u32>().unwrap() - 1) / 3 + 1;
            return [
                ("year", vec![year.to_owned()]),
                ("quarter", vec![format!("{year}-Q{quarter}")]),
                ("month", vec![format!("{year}-{month}")]),
            ];
        }
    };
    let [year, quarter, month] = codes.map(|code| vec![code.to_owned()]);
    [("year", year), ("quarter", quarter), ("month", month)]
}

/// Over whose rows is counted: one consortium's, those of both, or everybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    One,
    Both,
    Node,
}

struct Counter<'s> {
    setting: &'s Setting,
    over: Over,
    year: i32,
    themes: BTreeMap<String, String>,
    notations: BTreeMap<String, String>,
}

impl Counter<'_> {
    fn at(&self, id: &Value) -> usize {
        self.setting.libraries.iter().position(|l| l.tenant.to_string() == text(id)).unwrap()
    }

    fn library(&self, id: &Value) -> Codes {
        let (slug, kind, country, regions) = LIBRARIES[self.at(id)];
        // Today's counties of the south-east were Viken then.
        let then = |id: &&str| {
            if self.year == 2022 && id.starts_with("no-3") { "no-30".into() } else { (*id).into() }
        };
        let mut regions: Vec<String> = regions.iter().map(then).collect();
        if regions.is_empty() {
            regions.push(NONE.into());
        }
        let one = |word: &str| vec![word.to_owned()];
        [("kind", one(kind)), ("country", one(country)), ("region", regions), ("tenant", one(slug))].into()
    }

    fn about(&self, ids: &Value) -> [(&'static str, Vec<String>); 2] {
        let ids = ids.as_array().cloned().unwrap_or_default();
        let of = |code: &dyn Fn(&String) -> String| {
            let codes: BTreeSet<String> = ids.iter().map(|id| code(&self.notations[&text(id)])).collect();
            if codes.is_empty() { vec![NONE.to_owned()] } else { codes.into_iter().collect() }
        };
        [("concept", of(&|c| c.clone())), ("theme", of(&|c| self.themes[c].clone()))]
    }

    /// Visible to the others, and for this consortium, or either, or for none; a project of none must be public. On the node what is
    /// everybody's, whatever it is for.
    fn shared(&self, row: &Value) -> bool {
        let of = |consortium: ConsortiumId| row["consortiumId"] == consortium.to_string();
        let here = of(self.setting.consortium) || self.over == Over::Both && of(self.setting.other);
        let none = row.get("consortiumId").is_none();
        match self.over {
            Over::Node => row["visibility"] == "public",
            _ => ["consortium", "public"].contains(&row["visibility"].as_str().unwrap()) && (here || none),
        }
    }

    async fn own(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let sharing = if self.over == Over::Node { LIBRARIES.len() } else { SHARING };
        for library in self.setting.libraries.iter().take(sharing) {
            let page = library.get(&format!("{path}={}&first=100", library.tenant)).await.ok();
            assert!(page.get("nextCursor").is_none());
            rows.extend(page["items"].as_array().unwrap().iter().filter(|row| self.shared(row)).cloned());
        }
        rows
    }

    async fn statements(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for row in self.own("/statements?tenantId").await {
            let mut codes = self.library(&row["tenantId"]);
            codes.extend(self.about(&row["conceptIds"]));
            // Nothing is changed after it was said.
            codes.extend(period(&row["changedAt"]));
            codes.insert("statement_kind", vec![text(&row["kind"])]);
            let id = text(&row["id"]);
            let adds = vec![
                (id.clone(), 1),
                (text(&row["tenantId"]), 1),
                (id, row["endorsements"].as_i64().unwrap()),
            ];
            out.push(Row { codes, adds });
        }
        out
    }

    async fn projects(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for row in self.own("/projects?leadId").await {
            if row.get("consortiumId").is_none() && row["visibility"] != "public" {
                continue;
            }
            let parts: Vec<&Value> = row["participants"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|p| p["status"] == "accepted")
                .collect();
            for part in &parts {
                let slug = |id: &Value| LIBRARIES[self.at(id)].0;
                let mut codes = self.library(&part["tenantId"]);
                codes.extend(self.about(&row["conceptIds"]));
                codes.extend(period(&row["starts"]));
                codes.insert("state", vec![text(&row["state"])]);
                codes.insert("role", vec![text(&part["role"])]);
                codes.insert("lead", vec![slug(&row["leadId"]).to_owned()]);
                codes.insert("lead_kind", vec![LIBRARIES[self.at(&row["leadId"])].1.to_owned()]);
                let me = slug(&part["tenantId"]);
                let others = parts.iter().map(|other| slug(&other["tenantId"])).filter(|other| *other != me);
                let mut pairs: Vec<String> =
                    others.map(|other| format!("{}+{}", me.min(other), me.max(other))).collect();
                if pairs.is_empty() {
                    pairs.push(NONE.into());
                }
                codes.insert("pair", pairs);
                let adds = vec![(text(&row["id"]), 1), (text(&part["tenantId"]), 1), (text(&part["id"]), 1)];
                out.push(Row { codes, adds });
            }
        }
        out
    }

    async fn commitments(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for row in self.own("/commitments?tenantId").await {
            let mut codes = self.library(&row["tenantId"]);
            codes.extend(period(&row["due"]));
            codes.insert("state", vec![text(&row["status"])]);
            let open = ["open", "moved"].contains(&row["status"].as_str().unwrap());
            // On the first of June: what was due in 2025, by March or by the end of February is overdue, a spring is over the day before.
            let past = ["2025", "2025-11/2026-02", "2026-03", "2026-03-04", "2026-21"];
            let overdue =
                open && self.year == 2026 && past.contains(&row["due"].as_str().unwrap_or_default());
            let id = text(&row["id"]);
            let mut adds = vec![(id.clone(), 1), (text(&row["tenantId"]), 1)];
            for so in [open, overdue, row["status"] == "done", row["status"] == "dropped"] {
                adds.push((id.clone(), so.into()));
            }
            out.push(Row { codes, adds });
        }
        out
    }

    async fn activities(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for row in self.own("/activities?tenantId").await {
            let mut codes = self.library(&row["tenantId"]);
            codes.extend(self.about(&row["conceptIds"]));
            codes.extend(period(&row["held"]));
            for (of, name) in [("activity_kind", "kind"), ("side", "side"), ("state", "state")] {
                codes.insert(of, vec![text(&row[name])]);
            }
            let id = text(&row["id"]);
            let mut adds = vec![(id.clone(), 1), (text(&row["tenantId"]), 1)];
            for name in ["seats", "registrations", "places"] {
                adds.push((id.clone(), row[name].as_i64().unwrap_or_default()));
            }
            out.push(Row { codes, adds });
        }
        out
    }

    async fn priorities(&self) -> Vec<Row> {
        // They are a consortium's own.
        if self.over == Over::Node {
            return Vec::new();
        }
        let reader = &self.setting.libraries[2];
        let rounds = reader
            .get(&format!("/priority-rounds?consortiumId={}&first=100", self.setting.consortium))
            .await
            .ok();
        let mut out = Vec::new();
        for round in rounds["items"].as_array().unwrap() {
            let at = super::setting::path("priority-rounds", round);
            let round = reader.get(&at).await.ok();
            let proposals = reader.get(&format!("{at}/proposals?withdrawn=false&first=100")).await.ok();
            for row in proposals["items"].as_array().unwrap() {
                let date = if round["held"].is_null() { &round["closedAt"] } else { &round["held"] };
                let ids = Value::Array(row.get("conceptId").into_iter().cloned().collect());
                let mut codes: Codes = self.about(&ids).into();
                codes.extend(period(date));
                codes.insert("round", vec![text(&round["id"])]);
                codes.insert("state", vec![text(&round["phase"])]);
                let standings = round["result"]["standings"].as_array().cloned().unwrap_or_default();
                let standing =
                    standings.iter().find(|s| s["proposalId"] == row["id"]).cloned().unwrap_or_default();
                let (id, of_round) = (text(&row["id"]), text(&round["id"]));
                let adds = vec![
                    (id.clone(), 1),
                    (of_round.clone(), 1),
                    (of_round, round["turnout"].as_i64().unwrap()),
                    (id.clone(), standing["points"].as_i64().unwrap_or_default()),
                    (id, (standing["chosen"] == true).into()),
                ];
                out.push(Row { codes, adds });
            }
        }
        out
    }
}

/// Everything that is to be counted, in the year of a question's day.
pub async fn rows(setting: &Setting, year: i32, over: Over) -> Rows {
    let themes = themes();
    let notations =
        themes.keys().map(|c| (migration::registers::concept_id(c).to_string(), c.clone())).collect();
    let counter = Counter { setting, over, year, themes, notations };
    let cubes = [
        ("statements", counter.statements().await),
        ("projects", counter.projects().await),
        ("commitments", counter.commitments().await),
        ("activities", counter.activities().await),
        ("priorities", counter.priorities().await),
    ];
    Rows { year, cubes: cubes.into() }
}

/// Cells by their codes.
pub type Cells = BTreeMap<Vec<String>, Vec<i64>>;

/// Counted plainly: for each cell, over all rows.
pub fn recount(rows: &[Row], measures: usize, by: &[&str], only: &BTreeMap<&str, Vec<String>>) -> Cells {
    let wanted = |of: &str, code: &String| only.get(of).is_none_or(|codes| codes.contains(code));
    let mut gathered: BTreeMap<Vec<String>, Vec<BTreeMap<&String, i64>>> = BTreeMap::new();
    if by.is_empty() {
        gathered.insert(Vec::new(), vec![BTreeMap::new(); measures]);
    }
    let passes = |row: &&Row| only.keys().all(|of| row.codes[of].iter().any(|code| wanted(of, code)));
    for row in rows.iter().filter(passes) {
        let mut places: Vec<Vec<String>> = vec![Vec::new()];
        for of in by {
            let codes: Vec<&String> = row.codes[of].iter().filter(|code| wanted(of, code)).collect();
            places = places
                .iter()
                .flat_map(|head| codes.iter().map(|code| [head.clone(), vec![(*code).clone()]].concat()))
                .collect();
        }
        for place in places {
            let cell = gathered.entry(place).or_insert_with(|| vec![BTreeMap::new(); measures]);
            for (of, (id, number)) in cell.iter_mut().zip(&row.adds) {
                of.insert(id, *number);
            }
        }
    }
    let sums =
        |cell: Vec<BTreeMap<&String, i64>>| cell.into_iter().map(|of| of.into_values().sum()).collect();
    gathered.into_iter().map(|(place, cell)| (place, sums(cell))).collect()
}
