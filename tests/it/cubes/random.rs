//! Questions by chance to every cube, on every face: all are equal, and equal to what is counted plainly over the listed rows.
//! Datasets are read by a reader that is none of ours.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    rows::{CUBES, Cells, NONE, Over, Rows, is_told, recount, rows},
    setting::{MEMBERS, Setting, setting},
};
use crate::{
    aggregates::{Dice, text},
    formats::toolkit,
    harness::{Client, Kind, Postgres, Sqlite, rstest},
    stat,
};

const QUESTIONS: usize = 1_000;
/// So many values in one dataset; a larger one is asked as a table.
const MOST: usize = 3_000;

#[derive(Clone, Debug)]
struct Question {
    cube: &'static str,
    measures: &'static [&'static str],
    by: Vec<&'static str>,
    only: BTreeMap<&'static str, Vec<String>>,
    year: i32,
}

fn codes(rows: &Rows, cube: &str, of: &str) -> Vec<String> {
    let mut codes: Vec<String> = rows.cubes[cube].iter().flat_map(|row| row.codes[of].clone()).collect();
    codes.sort_by_key(|code| (code == NONE, code.clone()));
    codes.dedup();
    codes
}

fn question(rows: &Rows, dice: &mut Dice) -> Question {
    let (cube, dimensions, measures) = *dice.pick(&CUBES);
    let mut left = dimensions.to_vec();
    let by: Vec<&str> = (0..dice.roll(4)).map(|_| left.remove(dice.roll(left.len()))).collect();
    let mut only = BTreeMap::new();
    for _ in 0..dice.roll(3) {
        let of = *dice.pick(dimensions);
        // Where nothing is, there is nothing to choose.
        if rows.cubes[cube].is_empty() {
            continue;
        }
        let mut chosen: Vec<String> =
            (0..=dice.roll(3)).map(|_| dice.pick(&codes(rows, cube, of)).clone()).collect();
        // Of what has a closed list, or a shape, that would be refused.
        if dice.roll(6) == 0
            && !["kind", "lead_kind", "country", "currency", "pair", "year", "quarter", "month"].contains(&of)
        {
            chosen.push("finnes-ikke".into());
        }
        chosen.sort();
        chosen.dedup();
        only.insert(of, chosen);
    }
    Question { cube, measures, by, only, year: rows.year }
}

impl Question {
    fn path(&self, setting: &Setting) -> String {
        let Self { cube, year, .. } = self;
        format!("/consortia/{}/aggregates/{cube}?asOf={year}-06-01{}", setting.consortium, self.query())
    }

    fn query(&self) -> String {
        let only =
            self.only.iter().flat_map(|(of, codes)| codes.iter().map(move |code| format!("{of}:{code}")));
        let only: Vec<String> = only.collect();
        // A plus in an address is a space.
        format!("&groupBy={}&only={}", self.by.join(","), only.join(",").replace('+', "%2B"))
    }

    /// Every combination of the places that occur, and its figures.
    fn full(&self, cells: &Cells) -> Cells {
        let mut all: Vec<Vec<String>> = vec![Vec::new()];
        for n in 0..self.by.len() {
            let mut codes: Vec<&String> = cells.keys().map(|place| &place[n]).collect();
            codes.sort();
            codes.dedup();
            all = all
                .iter()
                .flat_map(|head| codes.iter().map(|code| [head.clone(), vec![(*code).clone()]].concat()))
                .collect();
        }
        let told = |of: &&str| is_told(self.cube, of, &self.by, &self.only).then_some(0);
        let nothing: Vec<Option<i64>> = self.measures.iter().map(told).collect();
        let figures = |place: &Vec<String>| cells.get(place).unwrap_or(&nothing).clone();
        all.into_iter().map(|place| (place.clone(), figures(&place))).collect()
    }
}

/// The cells of an answer, by their codes.
fn told(cube: &Value) -> Cells {
    let code = |place: &Value| place["code"].as_str().unwrap_or(NONE).to_owned();
    let cells = cube["cells"].as_array().unwrap().iter();
    let cells: Vec<(Vec<String>, Vec<Option<i64>>)> = cells
        .map(|cell| {
            let values = cell["values"].as_array().unwrap().iter().map(|v| {
                assert!(v.is_i64() || v.is_null(), "{v}");
                v.as_i64()
            });
            (cell["places"].as_array().unwrap().iter().map(code).collect(), values.collect())
        })
        .collect();
    let ordered = cells.is_sorted_by_key(|(codes, _)| {
        codes.iter().map(|code| (code == NONE, code.clone())).collect::<Vec<_>>()
    });
    assert!(ordered, "{cube}");
    cells.into_iter().collect()
}

async fn graphql(asker: &Client, question: &Question, setting: &Setting) -> Value {
    let query =
        "query($id: ID!, $cube: CubeName!, $by: [CubeDimension!]!, $only: [CubePlaces!]!, $day: NaiveDate) {
        aggregate(consortiumId: $id, cube: $cube, groupBy: $by, only: $only, asOf: $day) { measures
            cells { places { code } values } completeness { expected reporting } } }";
    asker.data(query, variables(question, json!(setting.consortium))).await["aggregate"].clone()
}

fn variables(question: &Question, over: Value) -> Value {
    let upper = |word: &str| word.to_uppercase();
    let only: Vec<Value> =
        question.only.iter().map(|(of, codes)| json!({"dimension": upper(of), "codes": codes})).collect();
    let by: Vec<String> = question.by.iter().map(|of| upper(of)).collect();
    json!({"id": over, "cube": upper(question.cube), "by": by, "only": only,
        "day": format!("{}-06-01", question.year)})
}

fn table(text: &str, question: &Question) -> Cells {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let code = |code: &str| if code.is_empty() { NONE.to_owned() } else { code.to_owned() };
    let cell = |line: &csv::StringRecord| {
        let place = question.by.iter().map(|of| code(&line[at(of)])).collect();
        let figure = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        (place, question.measures.iter().map(|m| figure(&line[at(m)])).collect())
    };
    reader.records().map(|line| cell(&line.unwrap())).collect()
}

/// A dataset to be read, the names of its measures' dimension, and what it should hold.
type Dataset = (Value, Question, &'static str, Cells);

fn read_all(datasets: &[Dataset]) -> usize {
    let mut values = 0;
    for chunk in datasets.chunks(100) {
        let all = Value::Array(chunk.iter().map(|(dataset, ..)| dataset.clone()).collect()).to_string();
        let read = toolkit(&all);
        for ((_, question, contents, expected), read) in chunk.iter().zip(read.as_array().unwrap()) {
            let rows = read["rows"].as_array().cloned().unwrap_or_default();
            assert_eq!(rows.len(), expected.len() * question.measures.len(), "{question:?}");
            for row in rows {
                let place: Vec<String> = question.by.iter().map(|of| text(&row[*of])).collect();
                let measure = question.measures.iter().position(|m| row[*contents] == *m).unwrap();
                assert_eq!(row["value"].as_i64(), expected[&place][measure], "{question:?} {row}");
                values += 1;
            }
        }
    }
    values
}

/// Shows 38, 41 by aggregate, statSelect.
#[rstest]
#[actix_web::test]
async fn every_face_tells_what_the_rows_add_up_to(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let by_year = [rows(&setting, 2022, Over::One).await, rows(&setting, 2026, Over::One).await];
    for (cube, ..) in CUBES {
        assert!(by_year[0].cubes[cube].len() > 8, "{cube} {}", by_year[0].cubes[cube].len());
    }
    let mut dice = Dice(52);
    let (mut cells, mut empty) = (0, 0);
    let mut datasets: Vec<Dataset> = Vec::new();
    for n in 0..QUESTIONS {
        let rows = dice.pick(&by_year);
        let question = question(rows, &mut dice);
        let expected = recount(rows, (question.cube, question.measures), &question.by, &question.only);
        // Whoever asks is told the same, also who lets nothing in.
        let asker = &setting.libraries[n % MEMBERS];
        let path = question.path(&setting);
        let rest = asker.get(&path).await.ok();
        assert_eq!(rest["measures"], json!(question.measures));
        assert_eq!(told(&rest), expected, "{question:?}");
        cells += expected.len();
        empty += usize::from(expected.is_empty());
        let full = question.full(&expected);
        let small = full.len() * question.measures.len() <= MOST;
        match n % 4 {
            0 => {
                let graphql = graphql(asker, &question, &setting).await;
                assert_eq!(told(&graphql), expected, "{question:?}");
                for name in ["expected", "reporting"] {
                    assert_eq!(graphql["completeness"][name], rest["completeness"][name]);
                }
            }
            1 if small && !expected.is_empty() => {
                let dataset = asker.get(&format!("{path}&format=json-stat2")).await.ok();
                datasets.push((dataset, question, "measure", full));
            }
            // A table selects of what it is divided by, and of nothing else.
            2 if small && !expected.is_empty() && question.only.keys().all(|of| question.by.contains(of)) => {
                let mut selection: Vec<Value> = Vec::new();
                for (at, of) in question.by.iter().enumerate() {
                    let mut codes: Vec<&String> = full.keys().map(|place| &place[at]).collect();
                    codes.sort();
                    codes.dedup();
                    selection.push(json!({"variableCode": of, "valueCodes": codes}));
                }
                selection.push(json!({"variableCode": "ContentsCode", "valueCodes": ["*"]}));
                let day = format!("{}-06-01", question.year);
                selection.push(json!({"variableCode": "Tid", "valueCodes": [day]}));
                let at = format!("/tables/{}-{}/data", question.cube, setting.consortium);
                let body = json!({"selection": selection});
                let dataset = stat::post(asker, &at, &[], &body).await.ok();
                datasets.push((dataset, question, "ContentsCode", full));
            }
            _ => {
                let answer = asker.get(&format!("{path}&format=csv")).await;
                assert_eq!(answer.status, 200, "{}", answer.text);
                assert_eq!(table(&answer.text, &question), expected, "{question:?}");
            }
        }
    }
    let values = read_all(&datasets);
    println!(
        "{kind:?}: {QUESTIONS} questions, {cells} cells, {empty} empty; {} datasets, {values} values",
        datasets.len()
    );
    assert!(cells > 4_000 && empty < QUESTIONS / 3 && datasets.len() > 150 && values > 5_000);
}

/// Shows 38 by aggregateOver.
#[rstest]
#[actix_web::test]
async fn several_consortia_and_the_whole_node_are_counted_each_thing_once(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let setting = setting(kind).await;
    let both = json!([setting.consortium, setting.other]);
    let mut dice = Dice(7);
    for (over, ids, askers) in [(Over::Both, both, 2), (Over::Node, Value::Null, setting.libraries.len())] {
        let rows = rows(&setting, 2026, over).await;
        let (mut cells, mut questions) = (0, 0);
        while questions < 120 {
            let question = question(&rows, &mut dice);
            let expected = recount(&rows, (question.cube, question.measures), &question.by, &question.only);
            let asker = &setting.libraries[questions % askers];
            let named = ids.as_array().map(|ids| ids.iter().map(text).collect::<Vec<_>>().join(","));
            let named = named.map_or(String::new(), |ids| format!("&consortiumIds={ids}"));
            let at = format!("/aggregates/{}?asOf=2026-06-01{}{named}", question.cube, question.query());
            let rest = asker.get(&at).await.ok();
            assert_eq!(told(&rest), expected, "{over:?} {question:?}");
            let csv = asker.get(&format!("{at}&format=csv")).await;
            assert_eq!(table(&csv.text, &question), expected, "{over:?} {question:?}");
            let query = "query($id: [ID!], $cube: CubeName!, $by: [CubeDimension!]!, $only: [CubePlaces!]!, $day: NaiveDate) {
                aggregateOver(consortiumIds: $id, cube: $cube, groupBy: $by, only: $only, asOf: $day) { measures
                    cells { places { code } values } completeness { consortiumIds expected reporting source { text } } } }";
            let graphql = asker.data(query, variables(&question, ids.clone())).await["aggregateOver"].clone();
            assert_eq!(told(&graphql), expected, "{over:?} {question:?}");
            for name in ["consortiumIds", "expected", "reporting"] {
                assert_eq!(graphql["completeness"][name], rest["completeness"][name]);
            }
            cells += expected.len();
            questions += 1;
        }
        println!("{kind:?} {over:?}: {questions} questions, {cells} cells");
        assert!(cells > 500);
    }
}
