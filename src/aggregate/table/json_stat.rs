//! A cube as a JSON-stat 2.0 dataset, the format of statistics offices: <https://json-stat.org/full/>.
//!
//! A combination of categories that no cell is for has no entries: its counts are 0. A mean without a stated level is
//! `null`, with a status, and so is an amount of money where currencies would be mixed.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value};
use utoipa::ToSchema;

use super::{Field, Measured, Table};
use crate::{
    aggregate::words,
    error::{Result, Violations},
    text::Languages,
};

/// So many values in one dataset; a finer question must be filtered, or asked as a table, which has no empty cells.
pub const MOST_VALUES: usize = 500_000;

/// The dimensions that divide by time.
const TIMES: [&str; 3] = ["year", "quarter", "month"];

/// The place of what has no code.
pub const NONE: &str = "-";
/// The status of a figure that there is none of: a mean where no level is stated, an amount of several currencies.
pub const MISSING: &str = "M";

/// A dataset of JSON-stat 2.0. The values are in row-major order: the last dimension varies fastest.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = JsonStatDataset)]
pub struct JsonStat {
    /// `2.0`.
    pub version: String,
    /// `dataset`.
    pub class: String,
    pub label: String,
    pub source: String,
    pub note: Vec<String>,
    pub id: Vec<String>,
    pub size: Vec<usize>,
    pub role: JsonStatRole,
    pub dimension: BTreeMap<String, JsonStatDimension>,
    #[schema(value_type = Vec<Option<f64>>)]
    pub value: Vec<Option<Number>>,
    /// By place in `value`: why there is none. The codes are explained in `extension.status`.
    // In JSON the names of members are texts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub status: BTreeMap<usize, String>,
    pub extension: JsonStatExtension,
}

/// Which dimensions are time, places and measures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JsonStatRole {
    pub time: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub geo: Vec<String>,
    pub metric: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JsonStatDimension {
    pub label: String,
    pub note: Vec<String>,
    pub category: JsonStatCategory,
    /// Of concepts: `class`, and whether they are `covered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extension: Option<Value>,
}

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct JsonStatCategory {
    /// The codes in their order.
    pub index: Vec<String>,
    pub label: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub note: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unit: BTreeMap<String, JsonStatUnit>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JsonStatUnit {
    pub decimals: u8,
    pub label: String,
}

/// What JSON-stat has no place for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JsonStatExtension {
    /// The language that texts are in wherever they stand in it.
    pub language: String,
    /// Libraries that could contribute, and those that do.
    pub expected: i64,
    pub reporting: i64,
    /// Libraries that are counted in each of several regions, because it is not known which of them they serve.
    pub in_parts: i64,
    pub licence: String,
    /// Where dimensions and measures are defined.
    pub definition: String,
    /// What the codes in `status` mean.
    pub status: BTreeMap<String, String>,
}

/// The categories of one dimension that occur, in the order of their codes: what has none comes last.
fn categories(table: &Table, at: usize) -> Vec<Category<'_>> {
    let mut seen = BTreeMap::new();
    for (code, name) in table.lines.iter().filter_map(|line| line.places.get(at)) {
        seen.entry((code.is_none(), code.as_deref()))
            .or_insert((code.as_deref().unwrap_or(NONE), name.as_str()));
    }
    seen.into_values().collect()
}

/// Code and name.
type Category<'t> = (&'t str, &'t str);

/// What of a field is a value.
pub fn number(field: &Field) -> Option<Number> {
    match field {
        Field::Count(count) => Some((*count).into()),
        Field::Decimal(decimal) => Number::from_f64(*decimal),
        Field::Text(_) | Field::Flag(_) | Field::Empty => None,
    }
}

/// The dataset.
///
/// # Errors
/// Above [`MOST_VALUES`].
pub fn json_stat(table: &Table, languages: &Languages) -> Result<JsonStat> {
    let places: Vec<Vec<Category<'_>>> =
        (0..table.dimensions.len()).map(|at| categories(table, at)).collect();
    // With their place among all.
    let measures: Vec<(usize, &Measured)> =
        table.measures.iter().enumerate().filter(|(_, measure)| measure.unit.is_some()).collect();
    let combinations = places.iter().try_fold(1_usize, |product, places| product.checked_mul(places.len()));
    let many = combinations.and_then(|cells| cells.checked_mul(measures.len()));
    let many = many.filter(|many| *many <= MOST_VALUES);
    let mut violations = Violations::default();
    if many.is_none() {
        violations.add_with("groupBy", "too_fine", &[("max", &MOST_VALUES.to_string())]);
    }
    violations.done()?;
    let day = table.completeness.as_of.to_string();

    let zero: Vec<Option<Number>> = measures.iter().map(|(_, measure)| number(&measure.nothing)).collect();
    let mut value: Vec<Option<Number>> =
        zero.iter().cloned().cycle().take(many.unwrap_or_default()).collect();
    let numbers: Vec<BTreeMap<&str, usize>> = places
        .iter()
        .map(|places| places.iter().enumerate().map(|(n, (code, _))| (*code, n)).collect())
        .collect();
    for line in &table.lines {
        let mut flat = 0;
        for ((code, _), numbers) in line.places.iter().zip(&numbers) {
            let at = numbers.get(code.as_deref().unwrap_or(NONE)).copied().unwrap_or_default();
            flat = flat * numbers.len() + at;
        }
        for (n, (at, _)) in measures.iter().enumerate() {
            if let (Some(slot), Some(field)) =
                (value.get_mut(flat * measures.len() + n), line.values.get(*at))
            {
                *slot = number(field);
            }
        }
    }
    let absent = value.iter().enumerate().filter(|(_, value)| value.is_none());
    let status: BTreeMap<usize, String> = absent.map(|(at, _)| (at, MISSING.to_owned())).collect();

    let mut dimension = BTreeMap::new();
    for (of, places) in table.dimensions.iter().zip(&places) {
        dimension.insert((*of).to_owned(), divided_by(table, of, places, languages));
    }
    let measures: Vec<&Measured> = measures.into_iter().map(|(_, measure)| measure).collect();
    dimension.insert("measure".to_owned(), measured(table.cube, &measures, languages));
    dimension.insert("time".to_owned(), timed(table.cube, &day, languages));
    let id: Vec<String> =
        table.dimensions.iter().copied().chain(["measure", "time"]).map(str::to_owned).collect();
    let size = places.iter().map(Vec::len).chain([measures.len(), 1]).collect();
    let geo = GEO.into_iter().filter(|of| table.dimensions.contains(of));
    let times = TIMES.into_iter().filter(|of| table.dimensions.contains(of));
    let about = &table.completeness;
    Ok(JsonStat {
        version: "2.0".to_owned(),
        class: "dataset".to_owned(),
        label: table.title(languages),
        source: about.source.text.clone(),
        note: vec![about.definition.text.clone(), about.licence.text.clone()],
        id,
        size,
        role: JsonStatRole {
            time: times.chain(["time"]).map(str::to_owned).collect(),
            geo: geo.map(str::to_owned).collect(),
            metric: vec!["measure".to_owned()],
        },
        dimension,
        extension: JsonStatExtension {
            language: languages.first().tag().to_owned(),
            expected: about.expected,
            reporting: about.reporting,
            in_parts: about.in_parts,
            licence: about.licence.text.clone(),
            definition: table.definition.clone(),
            status: statuses(&table.measures, languages),
        },
        value,
        status,
    })
}

/// The dimensions that are places on the earth.
pub const GEO: [&str; 2] = ["region", "country"];

/// What the codes of status mean that figures of these measures can have.
pub fn statuses(measures: &[Measured], languages: &Languages) -> BTreeMap<String, String> {
    let why = measures.iter().filter(|measure| measure.unit.is_some()).find_map(|measure| measure.absent);
    let told = why.map(|why| (MISSING.to_owned(), words::word(why, languages).text));
    told.into_iter().collect()
}

fn divided_by(table: &Table, of: &str, places: &[Category<'_>], languages: &Languages) -> JsonStatDimension {
    let word = |part: &str| words::of_cube("dimension", table.cube, of, part, languages);
    JsonStatDimension {
        label: word("name"),
        note: vec![word("definition")],
        category: JsonStatCategory {
            index: places.iter().map(|(code, _)| (*code).to_owned()).collect(),
            label: places.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect(),
            ..JsonStatCategory::default()
        },
        extension: table.extensions.get(of).cloned(),
    }
}

fn measured(cube: &str, measures: &[&Measured], languages: &Languages) -> JsonStatDimension {
    let mut category = JsonStatCategory::default();
    for measure in measures {
        let word = |part: &str| words::of_cube("measure", cube, measure.word, part, languages);
        let code = || measure.word.to_owned();
        category.index.push(code());
        category.label.insert(code(), word("name"));
        category.note.insert(code(), vec![word("definition")]);
        if let Some((unit, decimals)) = measure.unit {
            let label = words::word(&format!("unit.{unit}"), languages).text;
            category.unit.insert(code(), JsonStatUnit { decimals, label });
        }
    }
    let label = words::word("dimension.measure.name", languages).text;
    JsonStatDimension { label, note: Vec::new(), category, extension: None }
}

fn timed(cube: &str, day: &str, languages: &Languages) -> JsonStatDimension {
    JsonStatDimension {
        label: words::word("dimension.time.name", languages).text,
        note: vec![words::of_cube("dimension", cube, "time", "definition", languages)],
        category: JsonStatCategory {
            index: vec![day.to_owned()],
            label: BTreeMap::from([(day.to_owned(), day.to_owned())]),
            ..JsonStatCategory::default()
        },
        extension: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aggregate::{
            Class, CompetenceCube, Dimension, Label,
            cube::{Cell, Place, tabled},
            facts::made_up::Maker,
        },
        text::Lang,
    };
    use serde_json::{Value, json};

    fn place(dimension: Dimension, code: Option<&str>, text: &str, languages: &Languages) -> Place {
        Place { dimension, code: code.map(str::to_owned), id: None, label: Label::plain(text, languages) }
    }

    fn cube(languages: &Languages) -> CompetenceCube {
        use Dimension::{Concept, Region};
        let at = |concept: Option<&str>, region: Option<&str>| {
            vec![
                place(Concept, concept, concept.unwrap_or("no concept"), languages),
                place(Region, region, region.unwrap_or("no region"), languages),
            ]
        };
        let class = Some(Class::Common);
        let cells = vec![
            Cell {
                dimensions: at(Some("c:a"), Some("no-03")),
                tenants_having: 2,
                entries: 3,
                level_sum: 7,
                level_count: 3,
                mean_level: Some(2.3333),
                class,
                covered: Some(true),
                ..Cell::default()
            },
            Cell { dimensions: at(Some("c:b"), None), tenants_wanting: 1, entries: 1, ..Cell::default() },
            Cell { dimensions: at(None, Some("no-03")), entries: 5, ..Cell::default() },
        ];
        let facts = Maker::new(&["a"]).facts;
        let completeness = facts.completeness("about.competences", chrono::NaiveDate::default(), languages);
        let definition = "/api/v1/aggregates/competences/definition".to_owned();
        CompetenceCube { group_by: vec![Concept, Region], cells, completeness, definition }
    }

    #[test]
    fn every_value_stands_where_its_categories_say() {
        let languages = Languages::accept(None);
        let stat = json_stat(&tabled(&cube(&languages)), &languages).unwrap();
        assert_eq!(stat.id, ["concept", "region", "measure", "time"]);
        assert_eq!(stat.size, [3, 2, 6, 1]);
        assert_eq!(stat.dimension["concept"].category.index, ["c:a", "c:b", "-"]);
        assert_eq!(stat.dimension["region"].category.index, ["no-03", "-"]);
        assert_eq!(stat.dimension["region"].category.label["-"], "no region");
        assert_eq!(stat.value.len(), 3 * 2 * 6);
        let json = serde_json::to_value(&stat).unwrap();
        let at = |concept: usize, region: usize, measure: usize| {
            json["value"][(concept * 2 + region) * 6 + measure].clone()
        };
        assert_eq!(at(0, 0, 0), 2);
        assert_eq!(at(0, 0, 5), 2.3333);
        assert_eq!(at(1, 1, 1), 1);
        assert_eq!(at(2, 0, 2), 5);
        // Nothing is shared there, and a mean of nothing is no number.
        assert_eq!((at(0, 1, 0), at(0, 1, 5)), (json!(0), Value::Null));
        assert_eq!(json["status"]["11"], "M");
        assert_eq!(json["status"].as_object().unwrap().len(), 5);
        assert_eq!(json["extension"]["status"]["M"], "level not stated");
        assert_eq!(json["role"], json!({ "time": ["time"], "geo": ["region"], "metric": ["measure"] }));
        let standing = json!({ "class": { "c:a": "common" }, "covered": ["c:a"] });
        assert_eq!(json["dimension"]["concept"]["extension"], standing);
        assert_eq!(json["dimension"]["measure"]["category"]["unit"]["meanLevel"]["decimals"], 4);
        assert_eq!(json["label"], "Competences by concept, region");
    }

    #[test]
    fn every_word_is_in_the_readers_language() {
        for lang in [Lang::Nb, Lang::Nn, Lang::Sv, Lang::Da, Lang::Fi, Lang::En] {
            let languages = Languages::accept(Some(lang.tag()));
            let stat = json_stat(&tabled(&cube(&languages)), &languages).unwrap();
            let measure = &stat.dimension["measure"];
            let units = measure.category.unit.values().map(|unit| &unit.label);
            let words = measure.category.label.values().chain(units);
            for word in words.chain([&stat.label, &measure.label, &stat.dimension["time"].label]) {
                assert!(!word.contains('.') && !word.contains('{'), "{lang:?} {word}");
            }
        }
    }

    #[test]
    fn too_many_values_are_refused() {
        let languages = Languages::accept(None);
        let mut cube = cube(&languages);
        let cell = |n: usize| Cell {
            dimensions: vec![
                place(Dimension::Concept, Some(&format!("c:{n}")), "c", &languages),
                place(Dimension::Region, Some(&format!("r:{n}")), "r", &languages),
            ],
            ..Cell::default()
        };
        cube.cells = (0..300).map(cell).collect();
        assert!(json_stat(&tabled(&cube), &languages).is_err());
    }
}
