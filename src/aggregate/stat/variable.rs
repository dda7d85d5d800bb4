//! What a table can be divided by, and the values that occur.

use chrono::NaiveDate;

use super::{
    list::List,
    source::{Source, StatCube},
};
use crate::{
    aggregate::{
        table::{MOST_VALUES, Measured, NONE},
        words,
    },
    error::Result,
    text::Languages,
};

/// A variable of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// A dimension of the cube.
    Divided(&'static str),
    /// The measures, under the name that statistics offices have for them.
    Contents,
    /// The day as of which it is counted.
    Day,
}

impl Variable {
    /// All of a cube's, in their order.
    pub fn all(cube: StatCube) -> impl Iterator<Item = Self> {
        cube.dimensions().into_iter().map(Self::Divided).chain([Self::Contents, Self::Day])
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Divided(dimension) => dimension,
            Self::Contents => "ContentsCode",
            Self::Day => "Tid",
        }
    }

    /// Letters' case does not matter; `time` is whatever the variable of time is called.
    pub fn parse(cube: StatCube, text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("time") {
            return Some(Self::Day);
        }
        Self::all(cube).find(|variable| variable.code().eq_ignore_ascii_case(text))
    }

    fn word(self) -> &'static str {
        match self {
            Self::Divided(dimension) => dimension,
            Self::Contents => "measure",
            Self::Day => "time",
        }
    }

    pub fn name(self, cube: StatCube, languages: &Languages) -> String {
        words::of_cube("dimension", cube.word(), self.word(), "name", languages)
    }

    /// What it means. The measures say so each for itself.
    pub fn note(self, cube: StatCube, languages: &Languages) -> Vec<String> {
        match self {
            Self::Contents => Vec::new(),
            of => vec![words::of_cube("dimension", cube.word(), of.word(), "definition", languages)],
        }
    }

    /// It cannot be left out.
    pub fn mandatory(self) -> bool {
        !matches!(self, Self::Divided(_))
    }
}

/// A value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub code: String,
    pub label: String,
    pub note: Option<String>,
    pub unit: Option<Unit>,
}

/// What a measure is counted in.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub label: String,
    pub decimals: u8,
}

/// A variable with those of its values that are in an answer.
#[derive(Clone, Debug)]
pub struct Column {
    pub variable: Variable,
    /// What the cube is divided by: another dimension where a code list gathers the variable's values.
    pub by: Option<&'static str>,
    pub values: Vec<Value>,
}

impl Column {
    /// The values as the cube has them.
    pub fn codes(&self) -> impl Iterator<Item = String> {
        self.values.iter().map(|value| value.code.clone())
    }
}

/// What is read for an answer.
pub struct Known<'k> {
    pub cube: StatCube,
    pub source: &'k Source,
    pub as_of: NaiveDate,
    pub languages: &'k Languages,
}

impl Known<'_> {
    fn places(&self, by: &[&'static str]) -> Result<Vec<Vec<Value>>> {
        // What there is to select from is not what is selected: the bound on an answer is none on it.
        let table = self.source.table(by, &[], self.as_of, MOST_VALUES, self.languages)?;
        let lines = table.lines.into_iter();
        Ok(lines.map(|line| line.places.into_iter().map(value).collect()).collect())
    }

    /// The values of a dimension that occur, in the order of the cube's cells.
    pub fn values(&self, of: &'static str) -> Result<Vec<Value>> {
        Ok(self.places(&[of])?.into_iter().flatten().collect())
    }

    /// The values that a list gathers, each with that which it is gathered in.
    pub fn gathered(&self, list: List) -> Result<Vec<(Value, Value)>> {
        let pairs = self.places(&[list.by, list.of])?.into_iter();
        Ok(pairs
            .filter_map(|pair| {
                let mut pair = pair.into_iter();
                Some((pair.next()?, pair.next()?))
            })
            .collect())
    }

    /// A variable with all of its values.
    pub fn column(&self, variable: Variable) -> Result<Column> {
        let (by, values) = match variable {
            Variable::Divided(dimension) => (Some(dimension), self.values(dimension)?),
            Variable::Contents => (None, self.measures()),
            Variable::Day => (None, vec![day(self.as_of)]),
        };
        Ok(Column { variable, by, values })
    }

    /// The measures that are numbers.
    pub fn measures(&self) -> Vec<Value> {
        let word = |key: &str| words::word(key, self.languages).text;
        let said = |measure: &Measured, part: &str| {
            words::of_cube("measure", self.cube.word(), measure.word, part, self.languages)
        };
        let counted = self.cube.measures().into_iter().filter_map(|measure| Some((measure.unit?, measure)));
        counted
            .map(|((unit, decimals), measure)| Value {
                code: measure.word.to_owned(),
                label: said(&measure, "name"),
                note: Some(said(&measure, "definition")),
                unit: Some(Unit { label: word(&format!("unit.{unit}")), decimals }),
            })
            .collect()
    }
}

fn value((code, label): (Option<String>, String)) -> Value {
    Value { code: code.unwrap_or_else(|| NONE.to_owned()), label, note: None, unit: None }
}

pub fn day(day: NaiveDate) -> Value {
    Value { code: day.to_string(), label: day.to_string(), note: None, unit: None }
}
