//! What the cube of competences can be asked, declared once: its dimensions and its measures. REST's parameters,
//! GraphQL's types, the columns of the CSV and the answer of `/aggregates/competences/definition` come from here.

use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Cell;
use crate::{
    aggregate::{Label, period::Interval, table::Field, words},
    text::Languages,
};

/// So many dimensions at once.
pub const MOST_DIMENSIONS: usize = 3;
/// So many cells in one answer; a finer question must be filtered.
pub const MOST_CELLS: usize = 20_000;

/// Declares the dimensions with their names on the wire.
macro_rules! dimensions {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// What figures can be divided by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum)]
        #[serde(rename_all = "snake_case")]
        #[graphql(name = "CompetenceDimension")]
        #[schema(as = CompetenceDimension)]
        pub enum Dimension { $($(#[$doc])* $name),* }

        impl Dimension {
            pub const ALL: &[Dimension] = &[$(Dimension::$name),*];

            pub fn word(self) -> &'static str {
                match self { $(Dimension::$name => $word),* }
            }

            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|dimension| dimension.word() == word)
            }
        }
    };
}

dimensions! {
    /// The concept that an entry is about.
    Concept = "concept",
    /// The theme of that concept.
    Theme = "theme",
    /// The regions that the library serves on a day; one with several is counted once in each.
    Region = "region",
    /// What kind of library.
    Kind = "kind",
    /// The library's country.
    Country = "country",
    /// Has or wants.
    Stance = "stance",
    /// The level that the library states.
    Level = "level",
    /// The library.
    Tenant = "tenant",
    /// The year at whose end it was so; of the year of `asOf`, at the end of that day. Ten years.
    Year = "year",
    /// As the year, by quarter: `2026-Q3`. Ten years.
    Quarter = "quarter",
    /// As the year, by month: `2026-09`. Three years.
    Month = "month",
}

impl Dimension {
    /// Of what divides by time, what it divides into.
    pub fn interval(self) -> Option<Interval> {
        match self {
            Self::Year => Some(Interval::Year),
            Self::Quarter => Some(Interval::Quarter),
            Self::Month => Some(Interval::Month),
            _ => None,
        }
    }
}

/// A measure.
pub struct Measure {
    /// Its name on the wire.
    pub word: &'static str,
    /// What it is counted in (`unit.` in the words), and with how many decimals. None for what is no number.
    pub unit: Option<(&'static str, u8)>,
    pub of: fn(&Cell) -> Field,
}

const LIBRARIES: Option<(&str, u8)> = Some(("libraries", 0));
const ENTRIES: Option<(&str, u8)> = Some(("entries", 0));

pub const MEASURES: &[Measure] = &[
    Measure { word: "tenantsHaving", unit: LIBRARIES, of: |cell| Field::Count(cell.tenants_having) },
    Measure { word: "tenantsWanting", unit: LIBRARIES, of: |cell| Field::Count(cell.tenants_wanting) },
    Measure { word: "entries", unit: ENTRIES, of: |cell| Field::Count(cell.entries) },
    Measure { word: "levelSum", unit: Some(("level", 0)), of: |cell| Field::Count(cell.level_sum) },
    Measure { word: "levelCount", unit: ENTRIES, of: |cell| Field::Count(cell.level_count) },
    Measure {
        word: "meanLevel",
        unit: Some(("level", 4)),
        of: |cell| cell.mean_level.map_or(Field::Empty, Field::Decimal),
    },
    Measure {
        word: "class",
        unit: None,
        of: |cell| cell.class.map_or(Field::Empty, |class| Field::Text(class.word().to_owned())),
    },
    Measure { word: "covered", unit: None, of: |cell| cell.covered.map_or(Field::Empty, Field::Flag) },
];

/// What a cube can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CubeDefinition {
    /// The cube's name.
    pub cube: String,
    /// What is counted.
    pub definition: Label,
    pub dimensions: Vec<Part>,
    pub measures: Vec<Part>,
    /// How many dimensions one question may have.
    pub most_dimensions: i64,
    /// How many cells one answer may have.
    pub most_cells: i64,
}

/// A dimension or a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "CubePart")]
#[schema(as = CubePart)]
pub struct Part {
    /// Its name in questions and answers.
    pub code: String,
    pub name: Label,
    pub definition: Label,
}

pub fn definition(languages: &Languages) -> CubeDefinition {
    let dimensions = Dimension::ALL.iter().map(|dimension| dimension.word());
    CubeDefinition::of("competences", dimensions, MEASURES.iter().map(|measure| measure.word), languages)
}

impl CubeDefinition {
    /// What the words say of a cube with these dimensions and measures.
    pub fn of(
        cube: &str,
        dimensions: impl Iterator<Item = &'static str>,
        measures: impl Iterator<Item = &'static str>,
        languages: &Languages,
    ) -> Self {
        let part = |group: &str, word: &str| Part {
            code: word.to_owned(),
            name: words::label_of_cube(group, cube, word, "name", languages),
            definition: words::label_of_cube(group, cube, word, "definition", languages),
        };
        Self {
            cube: cube.to_owned(),
            definition: words::word(&format!("about.{cube}"), languages),
            dimensions: dimensions.map(|word| part("dimension", word)).collect(),
            measures: measures.map(|word| part("measure", word)).collect(),
            most_dimensions: crate::aggregate::facts::count(MOST_DIMENSIONS),
            most_cells: crate::aggregate::facts::count(MOST_CELLS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn every_part_has_a_name_and_a_definition_in_six_languages() {
        for lang in [Lang::Nb, Lang::Nn, Lang::Sv, Lang::Da, Lang::Fi, Lang::En] {
            let definition = definition(&Languages::accept(Some(lang.tag())));
            assert_eq!(definition.dimensions.len(), 11);
            for part in definition.dimensions.iter().chain(&definition.measures) {
                for label in [&part.name, &part.definition] {
                    assert!(
                        !label.fallback && !label.text.contains('.') || label.text.contains(". "),
                        "{part:?}"
                    );
                    assert_eq!(label.language, lang, "{part:?}");
                }
            }
        }
    }

    #[test]
    fn a_cell_says_every_measure_under_its_name() {
        let cell = serde_json::to_value(Cell {
            mean_level: Some(2.5),
            class: Some(crate::aggregate::Class::Gap),
            covered: Some(false),
            ..Cell::default()
        })
        .unwrap();
        let mut names: Vec<&str> = MEASURES.iter().map(|m| m.word).chain(["dimensions"]).collect();
        names.sort_unstable();
        let mut told: Vec<&String> = cell.as_object().unwrap().keys().collect();
        told.sort_unstable();
        assert_eq!(told, names);
    }

    #[test]
    fn a_dimension_is_read_as_it_is_written() {
        for dimension in Dimension::ALL {
            assert_eq!(Dimension::parse(dimension.word()), Some(*dimension));
            assert_eq!(serde_json::to_value(dimension).unwrap(), dimension.word());
        }
        assert_eq!(Dimension::parse("Concept"), None);
    }
}
