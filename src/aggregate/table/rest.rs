//! In which format a cube is wished for, and the cube in it.

use actix_web::HttpRequest;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{JsonStat, Separator, Table, csv, json_stat, xlsx};
use crate::{
    aggregate::CubeDefinition,
    error::Result,
    rest::{self, Wish, wished},
    text::Languages,
};

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TableFormat)]
pub enum Format {
    Json,
    /// A dataset of JSON-stat 2.0.
    #[serde(rename = "json-stat2")]
    JsonStat,
    Csv,
    Xlsx,
}

impl Format {
    /// As `Accept` wishes.
    pub fn accepted(request: &HttpRequest) -> Self {
        match wished(request) {
            Wish::Json => Self::Json,
            Wish::Csv => Self::Csv,
            Wish::Xlsx => Self::Xlsx,
        }
    }
}

/// The cube itself, or its table as another format.
pub fn written<C>(
    cube: C,
    tabled: fn(&C) -> Table,
    (format, separator): (Format, Option<Separator>),
    definition: &CubeDefinition,
    languages: &Languages,
) -> Result<rest::Table<C, JsonStat>> {
    let table = match format {
        Format::Json => return Ok(rest::Table::Json(cube)),
        _ => tabled(&cube),
    };
    let name = table.cube;
    Ok(match format {
        Format::Json => rest::Table::Json(cube),
        Format::JsonStat => rest::Table::Stat(json_stat(&table, languages)?),
        Format::Csv => rest::Table::Csv { name, bytes: csv(&table, separator.unwrap_or_default())? },
        Format::Xlsx => rest::Table::Xlsx { name, bytes: xlsx(&table, definition)? },
    })
}
