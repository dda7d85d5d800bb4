//! Selections by chance: what `/stat/v2` answers is what `/aggregates` answers, and what the rows that each library exports of
//! itself add up to. A reader that is none of ours says what stands in the datasets.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Write},
    process::{Command, Stdio},
};

use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};

use super::{DIMENSIONS, MEASURES, cells, codes, codes_of, get, post, rows_by};
use crate::{
    aggregates::{Dice, Row, Setting, exported, setting, text},
    formats::toolkit,
    harness::{Kind, Postgres, Sqlite, rstest},
};

const SELECTIONS: usize = 1_000;
/// So many values in one answer; a larger selection is thrown anew.
const MOST: usize = 600;

/// One variable of a selection.
#[derive(Clone, Debug)]
struct Axis {
    variable: &'static str,
    /// What it comes to in the cube, through a code list.
    by: &'static str,
    list: bool,
    single: bool,
    expressions: Vec<String>,
    /// What the expressions mean, worked out here.
    codes: Vec<String>,
}

#[derive(Clone, Debug)]
struct Selection {
    axes: Vec<Axis>,
    measures: Vec<&'static str>,
    measure_expressions: Vec<String>,
    day: &'static str,
    year: i32,
    stub: Vec<String>,
    heading: Vec<String>,
}

fn mask(code: &str, dice: &mut Dice) -> String {
    let at = dice.roll(code.chars().count());
    code.chars().enumerate().map(|(n, c)| if n == at { '?' } else { c }).collect()
}

/// An expression, and the codes that it means.
fn expression(all: &[String], dice: &mut Dice) -> (String, Vec<String>) {
    let one = dice.pick(all).clone();
    let (n, k) = (dice.roll(4) + 1, dice.roll(3));
    // Letters' case does not matter.
    let lower = one.to_lowercase();
    let matching =
        |fits: &dyn Fn(&str) -> bool| all.iter().filter(|c| fits(&c.to_lowercase())).cloned().collect();
    let place = |code: &str| all.iter().position(|other| other == code).unwrap();
    match dice.roll(11) {
        0 => ("*".to_owned(), all.to_vec()),
        1 => {
            let start: String = lower.chars().take(3).collect();
            (format!("{}*", start.to_uppercase()), matching(&|code| code.starts_with(&start)))
        }
        2 => {
            let end: String = lower.chars().skip(lower.chars().count().saturating_sub(2)).collect();
            (format!("*{end}"), matching(&|code| code.ends_with(&end)))
        }
        3 => {
            let inside: String = lower.chars().skip(lower.chars().count() / 2).take(2).collect();
            (format!("*{inside}*"), matching(&|code| code.contains(&inside)))
        }
        4 if one.len() > 1 => {
            let masked = mask(&lower, dice);
            let fits = |code: &str| {
                code.chars().count() == masked.chars().count()
                    && code.chars().zip(masked.chars()).all(|(c, m)| m == '?' || c == m)
            };
            (masked.clone(), matching(&fits))
        }
        5 => (format!("TOP({n},{k})"), all.iter().skip(k).take(n).cloned().collect()),
        6 => (format!("bottom({n})"), all.iter().rev().take(n).cloned().collect()),
        7 => {
            let other = dice.pick(all).clone();
            let (a, b) = (place(&one), place(&other));
            (format!("RANGE({one},{other})"), all[a.min(b)..=a.max(b)].to_vec())
        }
        8 => (format!("FROM({one})"), all[place(&one)..].to_vec()),
        9 => (format!("to({one})"), all[..=place(&one)].to_vec()),
        _ => (one.clone(), vec![one]),
    }
}

/// One or two expressions, and what they mean together in the variable's own order.
fn expressions(all: &[String], dice: &mut Dice) -> (Vec<String>, Vec<String>) {
    let chosen: Vec<_> = (0..=dice.roll(2)).map(|_| expression(all, dice)).collect();
    let meant: BTreeSet<&String> = chosen.iter().flat_map(|(_, codes)| codes).collect();
    let codes = all.iter().filter(|code| meant.contains(code)).cloned().collect();
    (chosen.into_iter().map(|(expression, _)| expression).collect(), codes)
}

fn axis(variable: &'static str, rows: &[Row], year: i32, dice: &mut Dice) -> Axis {
    let list = matches!(variable, "concept" | "tenant") && dice.roll(4) == 0;
    let by = match variable {
        "concept" if list => "theme",
        "tenant" if list => *dice.pick(&["kind", "country"]),
        variable => variable,
    };
    let (expressions, mut meant) = expressions(&codes(rows, by, year), dice);
    let single = list && dice.roll(2) == 0;
    if single {
        let inside = |row: &&Row| codes_of(row, by, year).iter().any(|code| meant.contains(code));
        let singles: BTreeSet<String> =
            rows.iter().filter(inside).flat_map(|row| codes_of(row, variable, year)).collect();
        meant = codes(rows, variable, year).into_iter().filter(|code| singles.contains(code)).collect();
    }
    let (id, by) = (by, if single { variable } else { by });
    let expressions = expressions.into_iter().chain(list.then(|| format!("agg_{variable}_{id}"))).collect();
    Axis { variable, by, list, single, expressions, codes: meant }
}

fn selection(rows: &[Row], dice: &mut Dice) -> Selection {
    let (day, year) =
        *dice.pick(&[("2022-06-01", 2022), ("2026-06-01", 2026), ("*", 2026), ("top(1)", 2026)]);
    let mut left = DIMENSIONS.to_vec();
    let mut axes: Vec<Axis> = Vec::new();
    for _ in 0..dice.roll(5) {
        let variable = left.remove(dice.roll(left.len()));
        axes.push(axis(variable, rows, year, dice));
    }
    let all = MEASURES.map(str::to_owned);
    let (measure_expressions, chosen) = expressions(&all, dice);
    let measures: Vec<&'static str> =
        MEASURES.into_iter().filter(|m| chosen.iter().any(|c| c == m)).collect();
    // Every second one says where its variables stand, in an order of its own.
    let (mut stub, mut heading) = (Vec::new(), Vec::new());
    if dice.roll(2) == 0 {
        let mut names: Vec<&str> =
            axes.iter().map(|axis| axis.variable).chain(["ContentsCode", "Tid"]).collect();
        while !names.is_empty() {
            let name = names.remove(dice.roll(names.len())).to_owned();
            if dice.roll(2) == 0 { stub.push(name) } else { heading.push(name) }
        }
    }
    Selection { axes, measures, measure_expressions, day, year, stub, heading }
}

impl Selection {
    fn size(&self) -> usize {
        self.axes.iter().map(|axis| axis.codes.len()).product::<usize>() * self.measures.len()
    }

    /// The variables in the order of the answer.
    fn order(&self) -> Vec<String> {
        if self.stub.is_empty() && self.heading.is_empty() {
            let axes = DIMENSIONS.into_iter().filter(|d| self.axes.iter().any(|axis| axis.variable == *d));
            return axes.chain(["ContentsCode", "Tid"]).map(str::to_owned).collect();
        }
        self.stub.iter().chain(&self.heading).cloned().collect()
    }

    fn parts(&self, axis: &Axis, consortium: &str) -> (Vec<String>, Option<String>) {
        let (list, values) = axis.expressions.split_at(axis.expressions.len() - usize::from(axis.list));
        (list.to_vec(), values.first().map(|list| format!("{list}-{consortium}")))
    }

    fn address(&self, consortium: &str) -> Vec<(String, String)> {
        let mut query = Vec::new();
        let in_brackets = |list: &[String]| {
            list.iter()
                .map(|e| if e.contains(',') { format!("[{e}]") } else { e.clone() })
                .collect::<Vec<_>>()
                .join(",")
        };
        for axis in &self.axes {
            let (expressions, list) = self.parts(axis, consortium);
            query.push((format!("valueCodes[{}]", axis.variable), in_brackets(&expressions)));
            if let Some(list) = list {
                query.push((format!("codelist[{}]", axis.variable), list));
                let output = if axis.single { "single" } else { "aggregated" };
                query.push((format!("outputValues[{}]", axis.variable), output.to_owned()));
            }
        }
        query.push(("valuecodes[contentscode]".to_owned(), in_brackets(&self.measure_expressions)));
        query.push(("valueCodes[Tid]".to_owned(), self.day.to_owned()));
        for (name, list) in [("stub", &self.stub), ("heading", &self.heading)] {
            if !list.is_empty() {
                query.push((name.to_owned(), list.join(",")));
            }
        }
        query
    }

    fn body(&self, consortium: &str) -> Value {
        let mut selection: Vec<Value> = Vec::new();
        for axis in &self.axes {
            let (expressions, list) = self.parts(axis, consortium);
            let mut one = json!({"variableCode": axis.variable, "valueCodes": expressions});
            if let Some(list) = list {
                one["codelist"] = list.into();
                one["outputValues"] = if axis.single { "single" } else { "aggregated" }.into();
            }
            selection.push(one);
        }
        selection.push(json!({"variableCode": "ContentsCode", "valueCodes": self.measure_expressions}));
        selection.push(json!({"variableCode": "time", "valueCodes": [self.day]}));
        json!({"selection": selection, "placement": {"stub": self.stub, "heading": self.heading}})
    }
}

/// What a cell has gathered, counted anew.
#[derive(Default)]
struct Tally {
    having: BTreeSet<&'static str>,
    wanting: BTreeSet<&'static str>,
    entries: u32,
    sum: i64,
    levels: u32,
}

impl Tally {
    fn figure(&self, measure: &str) -> Option<f64> {
        let count = |number: usize| Some(f64::from(u32::try_from(number).unwrap()));
        match measure {
            "tenantsHaving" => count(self.having.len()),
            "tenantsWanting" => count(self.wanting.len()),
            "entries" => Some(self.entries.into()),
            "levelSum" => Some(f64::from(i32::try_from(self.sum).unwrap())),
            "levelCount" => Some(self.levels.into()),
            _ if self.levels == 0 => None,
            _ => Some(f64::from(i32::try_from(self.sum).unwrap()) / f64::from(self.levels)),
        }
    }
}

fn recount(rows: &[Row], selection: &Selection) -> BTreeMap<Vec<String>, Tally> {
    let mut tallies: BTreeMap<Vec<String>, Tally> = BTreeMap::new();
    for row in rows {
        let mut keys: Vec<Vec<String>> = vec![Vec::new()];
        for axis in &selection.axes {
            let mut places = codes_of(row, axis.by, selection.year);
            places.retain(|code| axis.codes.contains(code));
            keys = keys
                .iter()
                .flat_map(|head| places.iter().map(|p| [head.as_slice(), std::slice::from_ref(p)].concat()))
                .collect();
        }
        for key in keys {
            let tally = tallies.entry(key).or_default();
            tally.entries += 1;
            if row.stance == "have" {
                tally.having.insert(row.slug);
                tally.sum += row.level.unwrap_or(0);
                tally.levels += u32::from(row.level.is_some());
            } else {
                tally.wanting.insert(row.slug);
            }
        }
    }
    tallies
}

fn same(told: &Value, expected: Option<f64>) -> bool {
    match (told.as_f64(), expected) {
        (Some(told), Some(expected)) => (told - expected).abs() <= 0.000_051,
        (told, expected) => told == expected && told.is_none(),
    }
}

/// Answers of `/aggregates/competences`, each asked for once.
#[derive(Default)]
struct Aggregates(BTreeMap<(Vec<&'static str>, i32), Cells>);

/// Cells by their codes.
type Cells = BTreeMap<Vec<String>, Value>;

impl Aggregates {
    /// The cells for a selection's dimensions in its order; the cube divides by three at the most, and by each once.
    async fn of(&mut self, setting: &Setting, selection: &Selection) -> Option<BTreeMap<Vec<String>, Value>> {
        let by: Vec<&'static str> = selection.axes.iter().map(|axis| axis.by).collect();
        let once: BTreeSet<&str> = by.iter().copied().collect();
        if by.len() > 3 || once.len() < by.len() {
            return None;
        }
        let key = (by.clone(), selection.year);
        if let Some(known) = self.0.get(&key) {
            return Some(known.clone());
        }
        let path = format!(
            "/consortia/{}/aggregates/competences?groupBy={}&asOf={}-06-01",
            setting.consortium,
            by.join(","),
            selection.year
        );
        let asker = &setting.libraries[self.0.len() % 7];
        let told = cells(&asker.get(&path).await.ok());
        self.0.insert(key, told.clone());
        Some(told)
    }
}

/// Shows 41 by statData, statSelect, statMetadata.
#[rstest]
#[actix_web::test]
async fn what_is_selected_is_what_the_aggregates_say(#[values(Sqlite, Postgres)] kind: Kind) {
    let begun = std::time::Instant::now();
    let setting = setting(kind).await;
    let rows = exported(&setting).await;
    let consortium = setting.consortium.to_string();
    let path = format!("/tables/competences-{consortium}/data");
    let mut dice = Dice(52);
    let mut asked: Vec<(Selection, Value)> = Vec::new();
    let mut aggregates = Aggregates::default();
    while asked.len() < SELECTIONS {
        let selection = selection(&rows, &mut dice);
        if selection.size() > MOST {
            continue;
        }
        let asker = &setting.libraries[asked.len() % 7];
        let answer = if asked.len().is_multiple_of(2) {
            get(asker, &path, &selection.address(&consortium)).await
        } else {
            post(asker, &path, &[], &selection.body(&consortium)).await
        };
        assert_eq!(answer.status, 200, "{selection:?} {}", answer.text);
        asked.push((selection, answer.json()));
    }
    let fetched = begun.elapsed();
    let (mut values, mut with_aggregates, mut nothing) = (0, 0, 0);
    for chunk in asked.chunks(250) {
        let datasets = Value::Array(chunk.iter().map(|(_, dataset)| dataset.clone()).collect()).to_string();
        let read = toolkit(&datasets);
        for ((selection, dataset), read) in chunk.iter().zip(read.as_array().unwrap()) {
            assert_eq!(read["id"], json!(selection.order()), "{selection:?}");
            assert_eq!(dataset["extension"]["px"]["tableid"], format!("competences-{consortium}"));
            for axis in &selection.axes {
                assert_eq!(read["codes"][axis.variable], json!(axis.codes), "{selection:?}");
            }
            assert_eq!(read["codes"]["ContentsCode"], json!(selection.measures), "{selection:?}");
            let table = read["rows"].as_array().cloned().unwrap_or_default();
            assert_eq!(table.len(), selection.size(), "{selection:?}");
            let counted = recount(&rows, selection);
            let cells = aggregates.of(&setting, selection).await;
            with_aggregates += usize::from(cells.is_some());
            let mut entries = 0.0;
            for row in &table {
                let key: Vec<String> = selection.axes.iter().map(|axis| text(&row[axis.variable])).collect();
                let measure = row["ContentsCode"].as_str().unwrap();
                let of_nothing = Tally::default();
                let expected = counted.get(&key).unwrap_or(&of_nothing).figure(measure);
                assert!(same(&row["value"], expected), "{selection:?} {row} {expected:?}");
                assert_eq!(row["status"].as_str(), expected.is_none().then_some("M"), "{row}");
                if let Some(cells) = &cells {
                    let told =
                        cells.get(&key).map_or(of_nothing.figure(measure), |cell| cell[measure].as_f64());
                    assert_eq!(row["value"].as_f64(), told, "{selection:?} {row}");
                }
                values += 1;
                entries += row["value"].as_f64().unwrap_or(0.0);
            }
            nothing += usize::from(entries == 0.0);
        }
    }
    println!(
        "{kind:?}: {SELECTIONS} selections, {values} values, {with_aggregates} of them compared with {} answers of the \
         aggregates, {nothing} of nothing; {fetched:?} of {:?} to ask",
        aggregates.0.len(),
        begun.elapsed()
    );
    assert!(values > 20_000 && with_aggregates > SELECTIONS / 2 && nothing < SELECTIONS / 2);
}

/// A PX file as a reader of others' reads it.
#[allow(clippy::disallowed_methods, reason = "the test run says where it is")]
fn px(file: &str) -> Value {
    let folder = std::env::var_os("TEST_PX_FOLDER").expect("tests/run installs the reader");
    let mut python = Command::new("python3");
    python.arg("read.py").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("python3");
    python.stdin.take().unwrap().write_all(file.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{file}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[rstest]
#[actix_web::test]
async fn a_file_has_the_figures_of_the_dataset(#[values(Sqlite, Postgres)] kind: Kind) {
    let setting = setting(kind).await;
    let rows = exported(&setting).await;
    let consortium = setting.consortium.to_string();
    let path = format!("/tables/competences-{consortium}/data");
    let asker = &setting.libraries[0];
    let mut dice = Dice(7);
    let (mut done, mut values) = (0, 0);
    while done < 40 {
        let chosen = selection(&rows, &mut dice);
        if chosen.size() > MOST || chosen.size() == 0 {
            continue;
        }
        done += 1;
        let order = chosen.order();
        let query = chosen.address(&consortium);
        let read = toolkit(&get(asker, &path, &query).await.ok().to_string());
        let expected = rows_by(&read, &order);
        let with = |more: &[(&str, &str)]| {
            let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            query.iter().cloned().chain(more).collect::<Vec<_>>()
        };

        // As it is placed: the side in columns of its own, the top in the names of the others.
        let side = if chosen.stub.is_empty() && chosen.heading.is_empty() {
            order.len() - 2
        } else {
            chosen.stub.len()
        };
        let semicolon = [("outputFormat", "csv"), ("outputFormatParams", "UseCodes,SeparatorSemicolon")];
        let answer = get(asker, &path, &with(&semicolon)).await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(answer.text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(header[..side], order[..side]);
        let mut seen = 0;
        for line in reader.records() {
            let line = line.unwrap();
            for (n, name) in header.iter().enumerate().skip(side) {
                let top: Vec<String> = if side == order.len() {
                    Vec::new()
                } else {
                    name.trim_start_matches('\'').split(' ').map(str::to_owned).collect()
                };
                let key: Vec<String> = line.iter().take(side).map(str::to_owned).chain(top).collect();
                let value = &expected[&key]["value"];
                assert_eq!(line[n].parse::<f64>().ok(), value.as_f64(), "{chosen:?} {key:?}");
                assert_eq!(line[n].is_empty(), value.is_null());
                seen += 1;
            }
        }
        assert_eq!(seen, expected.len(), "{chosen:?}");
        values += seen;

        let answer = get(asker, &path, &with(&[("outputFormat", "px")])).await;
        let file = px(&answer.text);
        let codes: Vec<Vec<String>> = serde_json::from_value(file["codes"].clone()).unwrap();
        let figures = file["figures"].as_array().unwrap();
        assert_eq!(figures.len(), expected.len(), "{chosen:?}");
        for (n, figure) in figures.iter().enumerate() {
            let mut left = n;
            let mut key: Vec<String> = Vec::new();
            for codes in codes.iter().rev() {
                key.insert(0, codes[left % codes.len()].clone());
                left /= codes.len();
            }
            assert_eq!(figure.as_f64(), expected[&key]["value"].as_f64(), "{chosen:?} {key:?}");
        }

        // Everything at the side: a line for each value.
        let mut query: Vec<_> =
            query.iter().filter(|(n, _)| n != "stub" && n != "heading").cloned().collect();
        let placed = [
            ("stub", order.join(",")),
            ("outputFormat", "xlsx".to_owned()),
            ("outputFormatParams", "UseCodes,IncludeTitle".to_owned()),
        ];
        query.extend(placed.map(|(name, value)| (name.to_owned(), value)));
        let request = asker.request(Method::GET, &format!("/stat/v2{path}")).query(&query);
        let file = request.send().await.unwrap().bytes().await.unwrap().to_vec();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
        assert_eq!(book.sheet_names(), ["figures", "about"]);
        let sheet = book.worksheet_range("figures").unwrap();
        let mut lines = sheet.rows();
        assert!(lines.next().unwrap()[0].to_string().starts_with("Kompetanse"));
        let header: Vec<String> = lines.next().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(header[..order.len()], order);
        assert_eq!(header[order.len()], "value");
        assert_eq!(lines.len(), expected.len());
        for line in lines {
            let key: Vec<String> = line[..order.len()].iter().map(ToString::to_string).collect();
            let told = match line.get(order.len()) {
                Some(Data::Float(number)) => Some(*number),
                other => {
                    assert!(matches!(other, None | Some(Data::Empty)), "{other:?}");
                    None
                }
            };
            assert_eq!(told, expected[&key]["value"].as_f64(), "{chosen:?} {key:?}");
        }
    }
    println!("{kind:?}: {done} selections, {values} values in files");
    assert!(values > 500);
}
