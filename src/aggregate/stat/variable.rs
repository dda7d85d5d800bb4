//! What a table can be divided by, and the values that occur.

use chrono::NaiveDate;

use super::list::List;
use crate::{
    aggregate::{
        Dimension,
        cube::{self, Ask, CubeFilter, Key, Place, definition::MEASURES},
        facts::Facts,
        regions::Regions,
        words,
    },
    error::Result,
    text::Languages,
};

/// A variable of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    Divided(Dimension),
    /// The measures, under the name that statistics offices have for them.
    Contents,
    /// The day whose regions are counted by.
    Day,
}

impl Variable {
    /// All, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        Dimension::ALL.iter().copied().map(Self::Divided).chain([Self::Contents, Self::Day])
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Divided(dimension) => dimension.word(),
            Self::Contents => "ContentsCode",
            Self::Day => "Tid",
        }
    }

    /// Letters' case does not matter; `time` is whatever the variable of time is called.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("time") {
            return Some(Self::Day);
        }
        Self::all().find(|variable| variable.code().eq_ignore_ascii_case(text))
    }

    fn word(self) -> &'static str {
        match self {
            Self::Divided(dimension) => dimension.word(),
            Self::Contents => "measure",
            Self::Day => "time",
        }
    }

    pub fn name(self, languages: &Languages) -> String {
        words::word(&format!("dimension.{}.name", self.word()), languages).text
    }

    /// What it means. The measures say so each for itself.
    pub fn note(self, languages: &Languages) -> Vec<String> {
        match self {
            Self::Contents => Vec::new(),
            of => vec![words::word(&format!("dimension.{}.definition", of.word()), languages).text],
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
    pub by: Option<Dimension>,
    pub values: Vec<Value>,
}

impl Column {
    /// The values as the cube has them.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.values.iter().map(|value| match value.code.as_str() {
            cube::NONE => Key::None,
            code => Key::Code(code.to_owned()),
        })
    }
}

/// What is read for an answer.
pub struct Known<'k> {
    pub facts: &'k Facts,
    pub regions: &'k Regions,
    pub as_of: NaiveDate,
    pub languages: &'k Languages,
}

impl Known<'_> {
    fn places(&self, by: &[Dimension]) -> Result<Vec<Vec<Place>>> {
        let ask =
            Ask { group_by: by.to_vec(), only: Vec::new(), filter: CubeFilter::default(), as_of: self.as_of };
        let cells = cube::cells(self.facts, self.regions, &ask, self.languages)?;
        Ok(cells.into_iter().map(|cell| cell.dimensions).collect())
    }

    /// The values of a dimension that occur, in the order of the cube's cells.
    pub fn values(&self, of: Dimension) -> Result<Vec<Value>> {
        Ok(self.places(&[of])?.into_iter().flatten().map(value).collect())
    }

    /// The values that a list gathers, each with that which it is gathered in.
    pub fn gathered(&self, list: List) -> Result<Vec<(Value, Value)>> {
        let pairs = self.places(&[list.by, list.of])?.into_iter();
        Ok(pairs
            .filter_map(|pair| {
                let mut pair = pair.into_iter().map(value);
                Some((pair.next()?, pair.next()?))
            })
            .collect())
    }

    /// A variable with all of its values.
    pub fn column(&self, variable: Variable) -> Result<Column> {
        let (by, values) = match variable {
            Variable::Divided(dimension) => (Some(dimension), self.values(dimension)?),
            Variable::Contents => (None, measures(self.languages)),
            Variable::Day => (None, vec![day(self.as_of)]),
        };
        Ok(Column { variable, by, values })
    }
}

fn value(place: Place) -> Value {
    let code = place.code.unwrap_or_else(|| cube::NONE.to_owned());
    Value { code, label: place.label.text, note: None, unit: None }
}

pub fn day(day: NaiveDate) -> Value {
    Value { code: day.to_string(), label: day.to_string(), note: None, unit: None }
}

/// The measures that are numbers.
pub fn measures(languages: &Languages) -> Vec<Value> {
    let word = |key: String| words::word(&key, languages).text;
    let counted = MEASURES.iter().filter_map(|measure| Some((measure, measure.unit?)));
    counted
        .map(|(measure, (unit, decimals))| Value {
            code: measure.word.to_owned(),
            label: word(format!("measure.{}.name", measure.word)),
            note: Some(word(format!("measure.{}.definition", measure.word))),
            unit: Some(Unit { label: word(format!("unit.{unit}")), decimals }),
        })
        .collect()
}
