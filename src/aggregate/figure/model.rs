use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CubeDimension, CubeName};
use crate::{
    aggregate::{
        Completeness, Label,
        table::{Field, Line, Table},
    },
    tenancy::Weigh,
};

/// Figures of a cube over what a consortium's members share. At most 20,000 cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Cube {
    pub cube: CubeName,
    pub group_by: Vec<CubeDimension>,
    /// What is counted, in the order of the cells' values.
    pub measures: Vec<String>,
    /// In the order of the codes of their dimensions. Without dimensions: one cell, the total.
    pub cells: Vec<CubeCell>,
    pub completeness: Completeness,
    /// Where the dimensions and measures are defined.
    pub definition: String,
    /// Several currencies may be met in one cell: no amount is told.
    #[serde(skip)]
    #[graphql(skip)]
    pub mixed: bool,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CubeCell {
    /// Where the cell is, in the order of `groupBy`.
    pub places: Vec<CubePlace>,
    /// In the order of `measures`. Amounts of money are null where currencies would be mixed: divide by `currency`, or choose one.
    pub values: Vec<Option<i64>>,
}

/// A cell's place on one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CubePlace {
    pub dimension: CubeDimension,
    /// The code: a concept's notation, a library's short name, a region's code, a year, a word. Absent for what has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The id, of concepts, themes, rounds and libraries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub label: Label,
}

/// Only what stands in one of these places of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CubePlaces {
    pub dimension: CubeDimension,
    /// 1 to 100 codes, as the cells have them; `-` for what has none.
    pub codes: Vec<String>,
}

impl Weigh for Cube {
    fn bytes(&self) -> usize {
        // A code, an id and a label each.
        let places: usize = self.cells.iter().map(|cell| cell.places.len()).sum();
        let values = self.cells.len() * self.measures.len() * size_of::<Option<i64>>();
        self.cells.len() * size_of::<CubeCell>() + places * (size_of::<CubePlace>() + 100) + values + 1_000
    }
}

impl Cube {
    /// As lines and columns.
    pub fn table(&self) -> Table {
        let line = |cell: &CubeCell| Line {
            places: cell.places.iter().map(|place| (place.code.clone(), place.label.text.clone())).collect(),
            values: cell.values.iter().map(|value| value.map_or(Field::Empty, Field::Count)).collect(),
        };
        Table {
            cube: self.cube.word(),
            dimensions: self.group_by.iter().map(|of| of.word()).collect(),
            measures: self.cube.measured(self.mixed),
            lines: self.cells.iter().map(line).collect(),
            completeness: self.completeness.clone(),
            definition: self.definition.clone(),
            extensions: Default::default(),
        }
    }
}
