//! The cube of competences as lines and columns.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Cell, CompetenceCube, Dimension, definition::MEASURES};
use crate::aggregate::table::{Field, Line, Measured, NONE, Table};

/// The cube's name.
pub const COMPETENCES: &str = "competences";

/// The measures, as columns.
pub fn measured() -> Vec<Measured> {
    let nothing = Cell::default();
    let one = |measure: &super::definition::Measure| {
        let nothing = (measure.of)(&nothing);
        let absent = (nothing == Field::Empty).then_some("none.level");
        Measured { word: measure.word, unit: measure.unit, nothing, absent }
    };
    MEASURES.iter().map(one).collect()
}

pub fn tabled(cube: &CompetenceCube) -> Table {
    let line = |cell: &Cell| Line {
        places: cell.dimensions.iter().map(|place| (place.code.clone(), place.label.text.clone())).collect(),
        values: MEASURES.iter().map(|measure| (measure.of)(cell)).collect(),
    };
    // In time a concept is now this and now that: each line says it.
    let in_time = cube.group_by.iter().any(|of| of.interval().is_some());
    let by_concept = !in_time && cube.group_by.contains(&Dimension::Concept);
    let standing = by_concept.then(|| (Dimension::Concept.word(), standing(cube)));
    Table {
        cube: COMPETENCES,
        dimensions: cube.group_by.iter().map(|of| of.word()).collect(),
        measures: measured(),
        lines: cube.cells.iter().map(line).collect(),
        completeness: cube.completeness.clone(),
        definition: cube.definition.clone(),
        extensions: standing.into_iter().collect(),
    }
}

/// What concepts are among the libraries: words, which a value cannot be.
fn standing(cube: &CompetenceCube) -> Value {
    let at = cube.group_by.iter().position(|of| *of == Dimension::Concept).unwrap_or_default();
    let mut class: BTreeMap<&str, &str> = BTreeMap::new();
    let mut covered: BTreeSet<&str> = BTreeSet::new();
    for cell in &cube.cells {
        let (Some(place), Some(of)) = (cell.dimensions.get(at), cell.class) else { continue };
        let code = place.code.as_deref().unwrap_or(NONE);
        class.insert(code, of.word());
        if cell.covered == Some(true) {
            covered.insert(code);
        }
    }
    json!({ "class": class, "covered": covered })
}
