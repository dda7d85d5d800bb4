//! The answer to a question: the selected values of each variable, and a figure for every combination of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    expression::{Codes, MOST_PATTERNS},
    question::{Question, Wish, refused},
    variable::{Column, Known, Value, Variable, day},
};
use crate::{
    aggregate::table::{Field, MOST_VALUES, NONE, Table},
    error::{Code, Error, Result, Violations},
};

/// The variables in their order, of which so many stand at the side.
pub struct Sheet {
    pub columns: Vec<Column>,
    pub stub: usize,
}

/// What is found, and what is asked of the cube for it.
pub struct Plan {
    pub sheet: Sheet,
    pub by: Vec<&'static str>,
    /// Of each of them.
    pub only: Vec<BTreeSet<String>>,
}

/// More values than one answer may have.
pub fn too_many_cells(most: usize) -> Error {
    Error::new(Code::TooManyCells).with("max", most)
}

/// Looks up what the expressions select.
pub fn plan(question: &Question, known: &Known) -> Result<Plan> {
    let mut violations = Violations::default();
    let mut columns = Vec::new();
    for wish in &question.wishes {
        let (by, values) = match wish.variable {
            Variable::Day => (None, vec![day(known.as_of)]),
            Variable::Contents => (None, selected(known.measures(), wish, &mut violations)),
            Variable::Divided(dimension) => match wish.list {
                None => (Some(dimension), selected(known.values(dimension)?, wish, &mut violations)),
                Some(list) => {
                    let values = selected(known.values(list.by)?, wish, &mut violations);
                    if wish.single {
                        let wanted: BTreeSet<&str> = values.iter().map(|v| v.code.as_str()).collect();
                        let pairs = known.gathered(list)?;
                        let inside = pairs.iter().filter(|(of, _)| wanted.contains(of.code.as_str()));
                        let inside: BTreeSet<&str> = inside.map(|(_, one)| one.code.as_str()).collect();
                        // In the order that the variable's values have.
                        let mut single = known.values(dimension)?;
                        single.retain(|value| inside.contains(value.code.as_str()));
                        (Some(dimension), single)
                    } else {
                        (Some(list.by), values)
                    }
                }
            },
        };
        columns.push(Column { variable: wish.variable, by, values });
    }
    refused(violations)?;
    let product =
        columns.iter().try_fold(1_usize, |product, column| product.checked_mul(column.values.len()));
    if product.is_none_or(|values| values > MOST_VALUES) {
        return Err(too_many_cells(MOST_VALUES));
    }
    let divided = || columns.iter().filter(|column| column.by.is_some());
    let by = divided().filter_map(|column| column.by).collect();
    let only = divided().map(|column| column.codes().collect()).collect();
    Ok(Plan { sheet: Sheet { columns, stub: question.stub }, by, only })
}

fn selected(values: Vec<Value>, wish: &Wish, violations: &mut Violations) -> Vec<Value> {
    let codes = Codes::new(values.iter().map(|value| value.code.as_str()), false);
    match codes.select(&wish.values) {
        Ok(places) => {
            let kept = values.into_iter().enumerate().filter(|(n, _)| places.contains(n));
            kept.map(|(_, value)| value).collect()
        }
        Err((n, fault)) => {
            violations.add_with(&wish.pointer(n), fault, &[("max", &MOST_PATTERNS.to_string())]);
            Vec::new()
        }
    }
}

/// Every combination's figure, the last variable fastest. What no cell is for has no entries: its counts are 0.
pub fn fill(sheet: &Sheet, table: &Table) -> Vec<Field> {
    let sizes: Vec<usize> = sheet.columns.iter().map(|column| column.values.len()).collect();
    let step = |n: usize| sizes.iter().skip(n + 1).product::<usize>();
    let steps: Vec<usize> = (0..sizes.len()).map(step).collect();
    let contents = sheet.columns.iter().position(|column| column.variable == Variable::Contents);
    // Those that are asked for, with their place among all.
    let measures: Vec<_> = contents
        .and_then(|at| sheet.columns.get(at))
        .into_iter()
        .flat_map(|column| &column.values)
        .filter_map(|value| table.measures.iter().enumerate().find(|(_, measure)| measure.word == value.code))
        .collect();
    let stride = contents.and_then(|at| steps.get(at)).copied().unwrap_or_default();
    let mut values: Vec<Field> = Vec::new();
    values.resize(sizes.iter().product(), Field::Empty);
    // Which measure a place is for follows from the place alone.
    for (flat, slot) in values.iter_mut().enumerate() {
        let of = flat.checked_div(stride).and_then(|n| n.checked_rem(measures.len())).unwrap_or_default();
        if let Some((_, measure)) = measures.get(of) {
            *slot = measure.nothing.clone();
        }
    }
    let divided: Vec<(usize, BTreeMap<&str, usize>)> = sheet
        .columns
        .iter()
        .zip(&steps)
        .filter(|(column, _)| column.by.is_some())
        .map(|(column, step)| {
            let places = column.values.iter().enumerate().map(|(n, value)| (value.code.as_str(), n));
            (*step, places.collect())
        })
        .collect();
    for line in &table.lines {
        let place = line.places.iter().zip(&divided).try_fold(0, |flat, ((code, _), (step, places))| {
            Some(flat + step * places.get(code.as_deref().unwrap_or(NONE))?)
        });
        let Some(place) = place else { continue };
        for (n, (at, _)) in measures.iter().enumerate() {
            if let (Some(slot), Some(field)) = (values.get_mut(place + n * stride), line.values.get(*at)) {
                *slot = field.clone();
            }
        }
    }
    values
}
