//! A cube as lines and columns: what all formats have in common, whichever cube it is.

mod csv;
mod json_stat;
mod rest;
mod xlsx;

use std::collections::BTreeMap;

use serde_json::Value;

pub use csv::{Separator, csv, delimited};
pub use json_stat::{GEO, JsonStat, JsonStatRole, MISSING, MOST_VALUES, NONE, json_stat, number, statuses};
pub use rest::{Format, written};
pub use xlsx::{workbook, xlsx};

use super::{Completeness, words};
use crate::text::Languages;

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Text(String),
    Count(i64),
    /// With at most four decimals.
    Decimal(f64),
    Flag(bool),
    Empty,
}

impl Field {
    pub fn text(self) -> String {
        match self {
            Field::Text(text) => text,
            Field::Count(count) => count.to_string(),
            Field::Decimal(decimal) => decimal.to_string(),
            Field::Flag(flag) => flag.to_string(),
            Field::Empty => String::new(),
        }
    }
}

/// A measure, as a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its name on the wire.
    pub word: &'static str,
    /// What it is counted in (`unit.` in the words), and with how many decimals. None for what is no number.
    pub unit: Option<(&'static str, u8)>,
    /// What it is where no cell is.
    pub nothing: Field,
    /// Why a cell may be without it, in the words; None for what always is.
    pub absent: Option<&'static str>,
}

/// A cell, as a line.
pub struct Line {
    /// The code and the name of its place on each dimension.
    pub places: Vec<(Option<String>, String)>,
    /// In the order of the measures.
    pub values: Vec<Field>,
}

/// Figures by the dimensions that were asked for.
pub struct Table {
    /// The cube's name.
    pub cube: &'static str,
    pub dimensions: Vec<&'static str>,
    pub measures: Vec<Measured>,
    pub lines: Vec<Line>,
    pub completeness: Completeness,
    /// Where the dimensions and measures are defined.
    pub definition: String,
    /// What is to be said of a dimension's places that a value cannot say.
    pub extensions: BTreeMap<&'static str, Value>,
}

impl Table {
    /// The names of the columns.
    pub fn header(&self) -> Vec<String> {
        let mut header: Vec<String> = Vec::new();
        for dimension in &self.dimensions {
            header.push((*dimension).to_owned());
            header.push(format!("{dimension}Label"));
        }
        header.extend(self.measures.iter().map(|measure| measure.word.to_owned()));
        header.extend(["expected", "reporting", "inParts", "asOf", "source", "licence"].map(str::to_owned));
        header
    }

    /// A line for each cell. Each says how complete the figures are, so that they cannot be parted from it.
    pub fn rows(&self) -> impl Iterator<Item = Vec<Field>> {
        let about = &self.completeness;
        self.lines.iter().map(move |line| {
            let mut row = Vec::new();
            for (code, name) in &line.places {
                row.push(Field::Text(code.clone().unwrap_or_default()));
                row.push(Field::Text(name.clone()));
            }
            row.extend(line.values.iter().cloned());
            row.extend([about.expected, about.reporting, about.in_parts].map(Field::Count));
            row.push(Field::Text(about.as_of.to_string()));
            row.extend([&about.source, &about.licence].map(|label| Field::Text(label.text.clone())));
            row
        })
    }

    /// What figures by these dimensions are called.
    pub fn title(&self, languages: &Languages) -> String {
        title(self.cube, &self.dimensions, languages)
    }
}

/// What figures of a cube by these dimensions are called.
pub fn title(cube: &str, by: &[&str], languages: &Languages) -> String {
    let title = words::word(&format!("title.{cube}"), languages).text;
    let names: Vec<String> =
        by.iter().map(|of| words::of_cube("dimension", cube, of, "name", languages).to_lowercase()).collect();
    if names.is_empty() {
        return title;
    }
    words::word_with("title.by", &names.join(", "), languages).text.replace("{title}", &title)
}
