//! The cube of competences in time: as of a day, and by year, quarter and month; counted again here from the history that each
//! library reads of itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use migration::registers::concept_id;
use samvirke::{id::ConsortiumId, when};
use serde_json::{Value, json};

use crate::{
    aggregates::{CUBE, Dice, text},
    formats::toolkit,
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
    landscape::as_rest,
};

const CONCEPTS: [&str; 4] = ["c:music", "c:weeding", "c:web", "c:games"];
const LIBRARIES: [&str; 4] = ["akershus", "ostfold", "buskerud", "kalmar"];

struct Setting {
    _node: TestNode,
    consortium: ConsortiumId,
    libraries: Vec<Client>,
}

/// A library's state of an entry, while the entry is shared still.
struct State {
    slug: &'static str,
    concept: String,
    stance: String,
    level: Option<i64>,
    from: DateTime<Utc>,
    to: Option<DateTime<Utc>>,
}

/// Everything that was so until now was so a while ago.
async fn let_time_pass(node: &TestNode, kind: Kind, days: usize) {
    for column in ["valid_from", "valid_to"] {
        let then = match kind {
            Sqlite => format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', {column}, '-{days} days')"),
            Postgres => format!("{column} - interval '{days} days'"),
        };
        node.database.raw(&format!("UPDATE competence_history SET {column} = {then}")).await;
    }
}

async fn own(library: &Client) -> Vec<Value> {
    let page = library.get(&format!("/competences?tenantId={}&first=100", library.tenant)).await.ok();
    assert!(page.get("nextCursor").is_none());
    page["items"].as_array().unwrap().clone()
}

/// Four libraries that change their minds for some years.
async fn setting(kind: Kind) -> Setting {
    let node = TestNode::start(kind).await;
    let mut libraries = Vec::new();
    for slug in LIBRARIES {
        libraries.push(node.tenant(slug).await);
    }
    let members: Vec<&Client> = libraries.iter().collect();
    let consortium = node.consortium("alle", &members).await;
    let mut dice = Dice(17);
    for _ in 0..40 {
        for _ in 0..4 {
            let library = dice.pick(&libraries).clone();
            let visibility =
                *dice.pick(&["private", "sealed", "consortium", "consortium", "consortium", "public"]);
            let rows = own(&library).await;
            if rows.is_empty() || dice.roll(3) == 0 {
                let concept: &&str = dice.pick(&CONCEPTS);
                let body = json!({"conceptId": concept_id(concept), "stance": dice.pick(&["have", "want"]),
                    "level": 1 + dice.roll(4), "visibility": visibility});
                // It may have that one already.
                library.post("/competences", body).await;
                continue;
            }
            let row = dice.pick(&rows);
            let to = format!("/competences/{}", text(&row["id"]));
            let version = row["version"].as_i64().unwrap();
            if dice.roll(8) == 0 {
                library.delete(&to, version).await.expect(204);
            } else {
                let body = json!({"level": 1 + dice.roll(4), "visibility": visibility});
                library.patch(&to, version, body).await.ok();
            }
        }
        let_time_pass(&node, kind, 5 + dice.roll(60)).await;
    }
    Setting { _node: node, consortium, libraries }
}

fn is_shared(row: &Value) -> bool {
    ["consortium", "public"].contains(&row["visibility"].as_str().unwrap())
}

async fn states(setting: &Setting) -> Vec<State> {
    let mut out = Vec::new();
    for (library, slug) in setting.libraries.iter().zip(LIBRARIES) {
        for entry in own(library).await.iter().filter(|row| is_shared(row)) {
            let history = format!("/competences/{}/history?first=100", text(&entry["id"]));
            let history = library.get(&history).await.ok();
            assert!(history.get("nextCursor").is_none());
            for past in history["items"].as_array().unwrap().iter().filter(|past| is_shared(&past["state"])) {
                let state = &past["state"];
                let time =
                    |name: &str| past[name].as_str().map(|text| text.parse::<DateTime<Utc>>().unwrap());
                out.push(State {
                    slug,
                    concept: text(&state["concept"]["notation"]),
                    stance: text(&state["stance"]),
                    level: state["level"].as_i64(),
                    from: time("validFrom").unwrap(),
                    to: time("validTo"),
                });
            }
        }
    }
    out
}

/// Code of a period, and when it is over: those of the days before, from the last on.
fn periods(interval: &str, as_of: NaiveDate) -> BTreeMap<String, DateTime<Utc>> {
    let most = match interval {
        "year" => 10,
        "quarter" => 40,
        _ => 36,
    };
    let code = |day: NaiveDate| match interval {
        "year" => day.year().to_string(),
        "quarter" => format!("{}-Q{}", day.year(), day.month().div_ceil(3)),
        _ => day.to_string()[..7].to_owned(),
    };
    let mut out = BTreeMap::new();
    let mut day = as_of;
    loop {
        if !out.contains_key(&code(day)) {
            if out.len() == most {
                return out;
            }
            out.insert(code(day), (day + Days::new(1)).and_time(NaiveTime::MIN).and_utc());
        }
        day = day.pred_opt().unwrap();
    }
}

type Codes = Vec<String>;
/// Having, wanting, entries, sum of levels, class, covered.
type Figures = (usize, usize, usize, i64, Option<String>, Option<bool>);

fn recount(
    states: &[State],
    by: &[&str],
    stance: Option<&str>,
    as_of: NaiveDate,
) -> BTreeMap<Codes, Figures> {
    let interval = by.iter().copied().find(|word| ["year", "quarter", "month"].contains(word));
    let moments = match interval {
        Some(interval) => periods(interval, as_of),
        None => BTreeMap::from([(String::new(), (as_of + Days::new(1)).and_time(NaiveTime::MIN).and_utc())]),
    };
    let mut out = BTreeMap::new();
    for (code, over) in moments {
        let then: Vec<&State> =
            states.iter().filter(|s| s.from < over && s.to.is_none_or(|to| to >= over)).collect();
        let counted: Vec<&&State> =
            then.iter().filter(|s| stance.is_none_or(|wish| s.stance == wish)).collect();
        let place = |state: &State| -> Codes {
            let of = |word: &&str| match *word {
                "concept" => state.concept.clone(),
                "tenant" => state.slug.to_owned(),
                "stance" => state.stance.clone(),
                _ => code.clone(),
            };
            by.iter().map(of).collect()
        };
        let mut cells: BTreeSet<Codes> = counted.iter().map(|state| place(state)).collect();
        if by.is_empty() {
            cells.insert(Vec::new());
        }
        for cell in cells {
            let inside: Vec<&&&State> = counted.iter().filter(|state| place(state) == cell).collect();
            let who = |stance: &str| -> BTreeSet<&str> {
                inside.iter().filter(|s| s.stance == stance).map(|s| s.slug).collect()
            };
            let have = |s: &&&&&State| s.stance == "have";
            let levels = inside.iter().filter(have).filter_map(|s| s.level).sum();
            let of = by.iter().position(|word| *word == "concept").map(|n| cell[n].clone());
            let all = |stance: &str| -> BTreeSet<&str> {
                let of = then.iter().filter(|s| Some(&s.concept) == of.as_ref() && s.stance == stance);
                of.map(|s| s.slug).collect()
            };
            let (has, wants) = (all("have"), all("want"));
            let class = of.as_ref().map(|_| ["gap", "unique", "common"][has.len().min(2)].to_owned());
            let covered = of.as_ref().map(|_| wants.iter().any(|w| has.iter().any(|h| h != w)));
            out.insert(cell, (who("have").len(), who("want").len(), inside.len(), levels, class, covered));
        }
    }
    out
}

fn told(cube: &Value) -> BTreeMap<Codes, Figures> {
    let number = |cell: &Value, name: &str| usize::try_from(cell[name].as_u64().unwrap()).unwrap();
    let cells = cube["cells"].as_array().unwrap().iter();
    cells
        .map(|cell| {
            let codes = cell["dimensions"].as_array().unwrap().iter().map(|place| text(&place["code"]));
            let figures = (
                number(cell, "tenantsHaving"),
                number(cell, "tenantsWanting"),
                number(cell, "entries"),
                cell["levelSum"].as_i64().unwrap(),
                cell["class"].as_str().map(str::to_owned),
                cell["covered"].as_bool(),
            );
            (codes.collect(), figures)
        })
        .collect()
}

/// Shows 42 by aggregateCompetences.
#[rstest]
#[actix_web::test]
async fn every_figure_of_the_past_is_what_the_histories_add_up_to(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let states = states(&setting).await;
    assert!(states.len() > 30, "{}", states.len());
    let mut dice = Dice(2027);
    let today = when::now().date_naive();
    let (mut cells, mut past) = (0, BTreeSet::new());
    for n in 0..120 {
        let mut words = vec!["concept", "tenant", "stance"];
        let mut by = Vec::new();
        for _ in 0..dice.roll(3) {
            by.push(words.remove(dice.roll(words.len())));
        }
        if dice.roll(4) > 0 {
            by.insert(dice.roll(by.len() + 1), *dice.pick(&["year", "quarter", "month"]));
        }
        let stance = [None, None, Some("have"), Some("want")][dice.roll(4)];
        let as_of = if dice.roll(3) == 0 { today } else { today - Days::new(dice.roll(900) as u64) };
        let asker = &setting.libraries[n % 4];
        let filter = stance.map(|stance| format!("&stance={stance}")).unwrap_or_default();
        let path = format!(
            "/consortia/{}/aggregates/competences?groupBy={}&asOf={as_of}{filter}",
            setting.consortium,
            by.join(",")
        );
        let rest = asker.get(&path).await.ok();
        let figures = told(&rest);
        assert_eq!(figures, recount(&states, &by, stance, as_of), "{path}");
        assert_eq!(figures.len(), rest["cells"].as_array().unwrap().len(), "no cell twice");
        let over = (as_of + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        let reporting = states.iter().filter(|s| s.from < over && s.to.is_none_or(|to| to >= over));
        let reporting: BTreeSet<&str> = reporting.map(|state| state.slug).collect();
        assert_eq!(rest["completeness"]["reporting"], reporting.len(), "{path}");
        cells += figures.len();
        past.extend(figures.values().map(|figures| figures.2));
        let filter = stance.map_or(json!({}), |stance| json!({"stance": stance.to_uppercase()}));
        let by_name: Vec<String> = by.iter().map(|word| word.to_uppercase()).collect();
        let variables = json!({"id": setting.consortium, "by": by_name, "filter": filter, "day": as_of});
        let graphql = asker.data(CUBE, variables).await;
        assert_eq!(as_rest(&graphql["aggregateCompetences"]), rest, "{path}");
        let csv = asker.get(&format!("{path}&format=csv")).await;
        assert_eq!(csv.text.matches("\r\n").count(), figures.len() + 1, "{path}");
        if n % 10 == 0 && !figures.is_empty() {
            let dataset = asker.get(&format!("{path}&format=json-stat2")).await;
            let times: Vec<&str> =
                by.iter().copied().filter(|w| !["concept", "tenant", "stance"].contains(w)).collect();
            assert_eq!(dataset.json()["role"]["time"], json!([times, vec!["time"]].concat()), "{path}");
            assert!(toolkit(&dataset.text).is_object(), "{path}");
        }
    }
    println!("{kind:?}: 120 questions, {cells} cells");
    assert!(cells > 1_000 && past.len() > 5);
}

#[rstest]
#[actix_web::test]
async fn the_present_one_is_as_it_is_now_and_borders_are_asked_for_apart(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let setting = setting(kind).await;
    let [a, ..] = &setting.libraries[..] else { panic!("libraries") };
    let cube = format!("/consortia/{}/aggregates/competences", setting.consortium);
    let now = a.get(&format!("{cube}?groupBy=concept")).await.ok();
    let year = when::now().year().to_string();
    let years = a.get(&format!("{cube}?groupBy=year,concept")).await.ok();
    let places = |cell: &Value, from: usize| cell["dimensions"].as_array().unwrap()[from..].to_vec();
    let this: Vec<Value> = years["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cell| cell["dimensions"][0]["code"] == json!(year))
        .map(|cell| {
            let mut cell = cell.clone();
            cell["dimensions"] = places(&cell, 1).into();
            cell
        })
        .collect();
    assert_eq!(json!(this), now["cells"]);
    // Today is a day as any other, and a day to come is not told of before it was.
    let today = when::now().date_naive();
    assert_eq!(a.get(&format!("{cube}?groupBy=concept&asOf={today}")).await.ok()["cells"], now["cells"]);
    // An entry that is kept back by now was never there.
    let row = own(a).await.into_iter().find(is_shared).expect("one that is shared");
    let before = a.get(&format!("{cube}?groupBy=month,tenant")).await.ok();
    let to = format!("/competences/{}", text(&row["id"]));
    a.patch(&to, row["version"].as_i64().unwrap(), json!({"visibility": "private"})).await.ok();
    let after = a.get(&format!("{cube}?groupBy=month,tenant")).await.ok();
    let sum = |cube: &Value| -> i64 {
        cube["cells"].as_array().unwrap().iter().map(|cell| cell["entries"].as_i64().unwrap()).sum()
    };
    assert!(sum(&after) < sum(&before), "{} {}", sum(&after), sum(&before));
    // The counties of today and those of 2022, of what there is now.
    let mine = a.get(&format!("/tenants/{}", a.tenant)).await.ok();
    let ostfold = json!({"regionIds": ["no-31"]});
    a.patch(&format!("/tenants/{}", a.tenant), mine["version"].as_i64().unwrap(), ostfold).await.ok();
    for (day, region) in [("2026-01-01", "no-31"), ("2022-06-01", "no-30"), ("2015-06-01", "no-01")] {
        let by = a.get(&format!("{cube}?groupBy=region&regionsAsOf={day}")).await.ok();
        assert_eq!(by["cells"][0]["dimensions"][0]["code"], region, "{day}: {by}");
        assert_eq!(by["completeness"]["asOf"], json!(today));
        let filtered = a.get(&format!("{cube}?regionId={region}&regionsAsOf={day}")).await.ok();
        assert_eq!(filtered["completeness"]["expected"], 1, "{day}");
    }
    // One that is divided by now: which part is served is not known, and that is said.
    let mine = a.get(&format!("/tenants/{}", a.tenant)).await.ok();
    let viken = json!({"regionIds": ["no-30"]});
    a.patch(&format!("/tenants/{}", a.tenant), mine["version"].as_i64().unwrap(), viken).await.ok();
    let statements = cube.replace("competences", "statements");
    for (cube, query, parts) in [
        (&cube, "groupBy=region&regionsAsOf=2026-01-01", 1),
        (&cube, "regionId=no-31&regionsAsOf=2026-01-01", 1),
        (&cube, "groupBy=region&regionsAsOf=2022-06-01", 0),
        (&cube, "groupBy=concept", 0),
        (&statements, "groupBy=region", 1),
        (&statements, "only=region:no-31", 1),
        (&statements, "only=region:no-50", 0),
        (&statements, "groupBy=kind", 0),
    ] {
        let path = format!("{cube}?{query}");
        let told = a.clone().speaking("en").get(&path).await.ok()["completeness"].clone();
        assert_eq!(told["inParts"], parts, "{path}");
        let said = text(&told["definition"]["text"]).contains("not known which");
        assert_eq!(said, parts == 1, "{path}");
        let dataset = a.get(&format!("{path}&format=json-stat2")).await.ok();
        assert_eq!(dataset["extension"]["inParts"], parts, "{path}");
        let csv = a.get(&format!("{path}&format=csv")).await;
        assert!(csv.text.lines().next().unwrap().contains(",reporting,inParts,asOf,"), "{}", csv.text);
    }
    for (query, pointer, code) in [
        ("groupBy=year,month", "/groupBy/1", "one_interval"),
        ("groupBy=quarter,concept,quarter", "/groupBy/2", "duplicate"),
        ("asOf=0000-01-01", "/asOf", "between"),
        ("groupBy=year&asOf=2200-01-01", "/asOf", "in_the_future"),
        ("regionsAsOf=9999-12-31", "/regionsAsOf", "between"),
    ] {
        let fault = a.get(&format!("{cube}?{query}")).await.problem(422, "invalid_input");
        assert_eq!(
            (&fault["errors"][0]["pointer"], &fault["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
        assert_eq!(fault["errors"].as_array().unwrap().len(), 1, "{fault}");
    }
}
