//! The cube as lines and columns: what the CSV and the spreadsheet have in common.

use super::{CompetenceCube, definition::MEASURES};

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

/// The names of the columns.
pub fn header(cube: &CompetenceCube) -> Vec<String> {
    let mut header: Vec<String> = Vec::new();
    for dimension in &cube.group_by {
        header.push(dimension.word().to_owned());
        header.push(format!("{}Label", dimension.word()));
    }
    header.extend(MEASURES.iter().map(|measure| measure.word.to_owned()));
    header.extend(["expected", "reporting", "asOf", "source", "licence"].map(str::to_owned));
    header
}

/// A line for each cell. Each says how complete the figures are, so that they cannot be parted from it.
pub fn lines(cube: &CompetenceCube) -> impl Iterator<Item = Vec<Field>> {
    let about = &cube.completeness;
    cube.cells.iter().map(move |cell| {
        let mut line = Vec::new();
        for place in &cell.dimensions {
            line.push(Field::Text(place.code.clone().unwrap_or_default()));
            line.push(Field::Text(place.label.text.clone()));
        }
        line.extend(MEASURES.iter().map(|measure| (measure.of)(cell)));
        line.extend([Field::Count(about.expected), Field::Count(about.reporting)]);
        line.push(Field::Text(about.as_of.to_string()));
        line.extend([&about.source, &about.licence].map(|label| Field::Text(label.text.clone())));
        line
    })
}
