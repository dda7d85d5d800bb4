//! A grid as lines and columns: the variables of the side each in a column, and a column for every combination of those on
//! top.

use super::{
    dataset::About,
    grid::Sheet,
    question::{Output, Show, refused},
    variable::{Column, Value},
};
use crate::{
    aggregate::table::{self, Field},
    error::{Result, Violations},
    text::Languages,
};

fn told(code: &str, label: &str, show: Show) -> String {
    match show {
        Show::Codes => code.to_owned(),
        Show::Texts => label.to_owned(),
        Show::CodesAndTexts => format!("{code} {label}"),
    }
}

/// Every combination of some variables' values, the last fastest. Of no variables there is one.
fn combinations(columns: &[Column]) -> Vec<Vec<&Value>> {
    let mut out: Vec<Vec<&Value>> = vec![Vec::new()];
    for column in columns {
        let longer = out.iter().flat_map(|head| {
            column.values.iter().map(move |value| {
                let mut longer = head.clone();
                longer.push(value);
                longer
            })
        });
        out = longer.collect();
    }
    out
}

pub struct Lines {
    pub head: Vec<Vec<String>>,
    pub lines: Vec<Vec<Field>>,
}

pub fn lines(sheet: &Sheet, values: &[Field], about: &About, output: Output, languages: &Languages) -> Lines {
    let (side, top) = sheet.columns.split_at(sheet.stub.min(sheet.columns.len()));
    let show = output.show;
    let name =
        |column: &Column| told(column.variable.code(), &column.variable.name(about.cube, languages), show);
    let mut names: Vec<String> = side.iter().map(name).collect();
    let tops = combinations(top);
    for combination in &tops {
        let words: Vec<String> =
            combination.iter().map(|value| told(&value.code, &value.label, show)).collect();
        // With everything at the side one column is left.
        names.push(if words.is_empty() { "value".to_owned() } else { words.join(" ") });
    }
    let mut head = Vec::new();
    if output.title {
        head.push(vec![about.title.clone()]);
    }
    head.push(names);
    let width = tops.len();
    let line = |(n, combination): (usize, Vec<&Value>)| {
        let sides = combination.iter().map(|value| Field::Text(told(&value.code, &value.label, show)));
        sides.chain(values.iter().skip(n * width).take(width).cloned()).collect()
    };
    let lines = combinations(side).into_iter().enumerate().map(line).collect();
    Lines { head, lines }
}

pub fn csv(lines: Lines, separator: u8) -> Result<Vec<u8>> {
    table::delimited(&lines.head, lines.lines.into_iter(), separator)
}

/// A sheet has so many columns at the most. Lines enough it has for every answer.
const MOST_COLUMNS: usize = 16_384;

pub fn xlsx(lines: Lines, about: Vec<[String; 3]>) -> Result<Vec<u8>> {
    if lines.head.iter().any(|names| names.len() > MOST_COLUMNS) {
        let mut violations = Violations::default();
        violations.add_with("heading", "too_many", &[("max", &MOST_COLUMNS.to_string())]);
        refused(violations)?;
    }
    table::workbook(&lines.head, lines.lines.into_iter(), about)
}
