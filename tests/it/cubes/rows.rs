//! What members list of themselves and let into the consortium, as rows to be counted.

use std::collections::{BTreeMap, BTreeSet};

use samvirke::id::ConsortiumId;
use serde_json::{Value, json};

use super::{
    past::{self, BETWEEN, LONG, Then},
    setting::{LIBRARIES, SHARING, Setting},
};
use crate::aggregates::{text, themes};

/// One row: its codes on each dimension, and what it adds to each measure and for what.
pub struct Row {
    pub codes: BTreeMap<&'static str, Vec<String>>,
    pub adds: Vec<(String, i64)>,
}

pub const NONE: &str = "-";
pub const CUBES: [(&str, &[&str], &[&str]); 7] = [
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
    (
        "funding",
        &[
            "currency",
            "state",
            "funder",
            "funder_kind",
            "programme",
            "theme",
            "kind",
            "country",
            "region",
            "tenant",
            "year",
            "quarter",
            "month",
        ],
        &["applications", "tenants", "applied", "granted", "rejected"],
    ),
    (
        "agreements",
        &["state", "external", "kind", "country", "region", "tenant", "year", "quarter", "month"],
        &["agreements", "tenants", "in_force", "expiring", "signatures"],
    ),
];

/// Measures that are money.
const MONEY: [&str; 3] = ["applied", "granted", "rejected"];

/// Whether a measure is told: money only of one currency at a time.
pub fn is_told(cube: &str, measure: &str, by: &[&str], only: &BTreeMap<&str, Vec<String>>) -> bool {
    let one = by.contains(&"currency") || only.get("currency").is_some_and(|codes| codes.len() == 1);
    cube != "funding" || !MONEY.contains(&measure) || one
}

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

    /// So many, the first of them, share something.
    fn sharing(&self) -> usize {
        if self.over == Over::Node { LIBRARIES.len() } else { SHARING }
    }

    async fn own(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        for library in self.setting.libraries.iter().take(self.sharing()) {
            let page = library.get(&format!("{path}={}&first=100", library.tenant)).await.ok();
            assert!(page.get("nextCursor").is_none());
            let shared = page["items"].as_array().unwrap().iter().filter(|row| self.shared(row));
            rows.extend(shared.filter_map(|row| self.then(row)).filter(|row| self.shared(row)));
        }
        rows
    }

    /// As it was on the day.
    fn then(&self, row: &Value) -> Option<Value> {
        if self.year == 2026 { Some(row.clone()) } else { past::then(&self.setting.past, &row["id"], row) }
    }

    async fn statements(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for row in self.own("/statements?tenantId").await {
            let mut codes = self.library(&row["tenantId"]);
            codes.extend(self.about(&row["conceptIds"]));
            let late = matches!(self.setting.past.get(row["id"].as_str().unwrap()), Some(Then::Absent));
            codes.extend(period(&json!(if late { BETWEEN } else { LONG })));
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
            let parts = row["participants"].as_array().unwrap().iter().filter_map(|part| self.then(part));
            let parts: Vec<Value> = parts.filter(|part| part["status"] == "accepted").collect();
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
            let Some(round) = self.then(&round) else { continue };
            let known = ["closed", "published"].contains(&round["phase"].as_str().unwrap());
            let proposals = reader.get(&format!("{at}/proposals?withdrawn=false&first=100")).await.ok();
            for row in proposals["items"].as_array().unwrap() {
                let date = if round["held"].is_null() { &round["closedAt"] } else { &round["held"] };
                let ids = Value::Array(row.get("conceptId").into_iter().cloned().collect());
                let mut codes: Codes = self.about(&ids).into();
                codes.extend(period(date));
                codes.insert("round", vec![text(&round["id"])]);
                codes.insert("state", vec![text(&round["phase"])]);
                let result = if round["phase"] == "published" { &round["result"] } else { &Value::Null };
                let standings = result["standings"].as_array().cloned().unwrap_or_default();
                let standing =
                    standings.iter().find(|s| s["proposalId"] == row["id"]).cloned().unwrap_or_default();
                let (id, of_round) = (text(&row["id"]), text(&round["id"]));
                let adds = vec![
                    (id.clone(), 1),
                    (of_round.clone(), 1),
                    (of_round, if known { round["turnout"].as_i64().unwrap() } else { 0 }),
                    (id.clone(), standing["points"].as_i64().unwrap_or_default()),
                    (id, (standing["chosen"] == true).into()),
                ];
                out.push(Row { codes, adds });
            }
        }
        out
    }

    async fn funding(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for row in self.own("/funding-applications?tenantId").await {
            if row.get("consortiumId").is_none() && row["visibility"] != "public" {
                continue;
            }
            let own = &self.setting.libraries[self.at(&row["tenantId"])];
            let project = own.get(&format!("/projects/{}", text(&row["projectId"]))).await.ok();
            // What a project is about is told where it is shared here by somebody who shares here.
            let told = self.at(&project["leadId"]) < self.sharing()
                && self.shared(&project)
                && (project["visibility"] == "public" || project.get("consortiumId").is_some());
            let concepts = if told { &project["conceptIds"] } else { &Value::Null };
            let mut codes = self.library(&row["tenantId"]);
            codes.extend(self.about(concepts).into_iter().filter(|(of, _)| *of == "theme"));
            let first = row.get("firstDay").or(row.get("appliedOn")).unwrap_or(&Value::Null);
            codes.extend(period(first));
            for (of, name) in [("currency", "currency"), ("state", "state"), ("funder_kind", "funderKind")] {
                codes.insert(of, vec![text(&row[name])]);
            }
            let named = |name: &Value| match name.as_str() {
                None => NONE,
                Some("Kulturrådet" | "KULTURRÅDET") => "kulturradet",
                Some("Region Skåne" | "region skåne") => "regionskane",
                Some("Sparebankstiftelsen") => "sparebankstiftelsen",
                Some("Projektbidrag") => "projektbidrag",
                Some("Udviklingspuljen") => "udviklingspuljen",
                Some(other) => panic!("{other}"),
            };
            codes.insert("funder", vec![named(&row["funder"]).to_owned()]);
            codes.insert("programme", vec![named(&row["programme"]).to_owned()]);
            let id = text(&row["id"]);
            let [applied, granted] =
                ["appliedMinor", "grantedMinor"].map(|name| row[name].as_i64().unwrap_or_default());
            let sums = match row["state"].as_str().unwrap() {
                "applied" => [applied, 0, 0],
                "granted" => [applied, granted, 0],
                "rejected" => [applied, 0, applied],
                _ => [0; 3],
            };
            let mut adds = vec![(id.clone(), 1), (text(&row["tenantId"]), 1)];
            adds.extend(sums.map(|sum| (id.clone(), sum)));
            out.push(Row { codes, adds });
        }
        out
    }
}

impl Counter<'_> {
    /// A party is a row; of an agreement that others may see, and that came to something.
    async fn agreements(&self) -> Vec<Row> {
        let mut out = Vec::new();
        for library in self.setting.libraries.iter().take(self.sharing()) {
            let page = library.get(&format!("/agreements?partyId={}&first=100", library.tenant)).await.ok();
            assert!(page.get("nextCursor").is_none());
            for row in page["items"].as_array().unwrap() {
                let written = row["tenantId"] == library.tenant.to_string();
                let told = ["in_force", "ended", "terminated"].contains(&row["state"].as_str().unwrap());
                if !(written && told && self.shared(row)) {
                    continue;
                }
                // What is over by now was in force until it was terminated, as far as is kept.
                let Some(mut row) = self.then(row).filter(|row| self.shared(row)) else { continue };
                if row["state"] == "ended" {
                    row["state"] = "in_force".into();
                }
                out.extend(self.parties(&row));
            }
        }
        out
    }

    fn parties(&self, row: &Value) -> Vec<Row> {
        // In the setting they begin on the second of a month of 2022 or 2026 and last a day, half a year or for ever. The first of June is
        // asked about.
        let (begun, over) = match (text(&row["firstDay"]).as_str(), row["lastDay"].as_str()) {
            ("2021-11-02", None) => (true, false),
            ("2021-11-02", Some("2022-08-30")) => (true, self.year == 2026),
            ("2026-03-02", None | Some("2026-08-31")) => (self.year == 2026, false),
            ("2026-03-02", Some("2026-08-30")) => (self.year == 2026, false),
            ("2026-06-02", None) => (false, false),
            other => panic!("{other:?}"),
        };
        let terminated = row["state"] == "terminated";
        let state = match (terminated, over) {
            (true, _) => "terminated",
            (_, true) => "ended",
            _ => "in_force",
        };
        let in_force = begun && !over && !terminated;
        // The thirtieth of August is the ninetieth day.
        let soon = row["lastDay"].as_str().is_some_and(|day| day == format!("{}-08-30", self.year));
        let parties = row["parties"].as_array().unwrap();
        let external = parties.iter().any(|party| party.get("name").is_some());
        let libraries = parties.iter().filter(|party| party.get("tenantId").is_some());
        let one = |party: &Value| {
            let mut codes = self.library(&party["tenantId"]);
            codes.extend(period(&row["firstDay"]));
            codes.insert("state", vec![state.to_owned()]);
            codes.insert("external", vec![if external { "yes" } else { "no" }.to_owned()]);
            let (id, who) = (text(&row["id"]), text(&party["tenantId"]));
            let signed =
                row["signatures"].as_array().unwrap().iter().any(|s| s["tenantId"] == party["tenantId"]);
            let adds = vec![
                (id.clone(), 1),
                (who.clone(), 1),
                (id.clone(), in_force.into()),
                (id.clone(), (in_force && soon).into()),
                (format!("{id} {who}"), signed.into()),
            ];
            Row { codes, adds }
        };
        libraries.map(one).collect()
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
        ("funding", counter.funding().await),
        ("agreements", counter.agreements().await),
    ];
    Rows { year, cubes: cubes.into() }
}

/// Cells by their codes; what is not told has no figure.
pub type Cells = BTreeMap<Vec<String>, Vec<Option<i64>>>;

/// Counted plainly: for each cell, over all rows.
pub fn recount(
    rows: &Rows,
    (cube, measures): (&str, &[&str]),
    by: &[&str],
    only: &BTreeMap<&str, Vec<String>>,
) -> Cells {
    let (rows, told) = (&rows.cubes[cube], measures.iter().map(|of| is_told(cube, of, by, only)));
    let (told, measures): (Vec<bool>, usize) = (told.collect(), measures.len());
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
    let sums = |cell: Vec<BTreeMap<&String, i64>>| {
        let sums = cell.into_iter().zip(&told);
        sums.map(|(of, told)| told.then(|| of.into_values().sum())).collect()
    };
    gathered.into_iter().map(|(place, cell)| (place, sums(cell))).collect()
}
