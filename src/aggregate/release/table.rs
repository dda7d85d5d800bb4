//! The figures of a release as a table. What is not told is empty, and not 0.

use sea_orm::ActiveEnum;

use super::ReleaseCell;
use crate::{
    aggregate::table::{Field, delimited},
    error::Result,
};

const HEADER: [&str; 15] = [
    "concept",
    "conceptLabel",
    "conceptId",
    "region",
    "kind",
    "open",
    "sealed",
    "value",
    "status",
    "remark",
    "openContributors",
    "sealedContributors",
    "asOf",
    "release",
    "complete",
];

pub fn csv(cells: &[ReleaseCell]) -> Result<Vec<u8>> {
    delimited(&[HEADER.map(str::to_owned).to_vec()], cells.iter().map(line), b',')
}

fn line(cell: &ReleaseCell) -> Vec<Field> {
    let text = |text: Option<&String>| text.map_or(Field::Empty, |text| Field::Text(text.clone()));
    let count = |count: Option<i64>| count.map_or(Field::Empty, Field::Count);
    let concept = cell.concept.as_ref();
    vec![
        text(concept.map(|concept| &concept.notation)),
        text(concept.map(|concept| &concept.label.text)),
        Field::Text(cell.concept_id.to_string()),
        text(cell.group.region.as_ref()),
        text(cell.group.kind.as_ref()),
        count(cell.open),
        count(cell.sealed),
        count(cell.value),
        Field::Text(cell.status.to_value()),
        text(cell.remark.as_ref().map(|remark| &remark.text)),
        Field::Count(cell.contributors.open),
        count(cell.contributors.sealed),
        Field::Text(cell.as_of.clone()),
        Field::Text(cell.release.clone()),
        Field::Flag(cell.complete),
    ]
}
