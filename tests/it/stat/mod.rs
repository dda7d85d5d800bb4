//! The tables of `/stat/v2`: the cube of competences in the shape that programmes for statistics read.

mod face;
mod random;
mod saved;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;

use crate::{
    aggregates::{Row, regions_of, text},
    harness::{Answer, Client},
};

pub const DIMENSIONS: [&str; 8] =
    ["concept", "theme", "region", "kind", "country", "stance", "level", "tenant"];
pub const MEASURES: [&str; 6] =
    ["tenantsHaving", "tenantsWanting", "entries", "levelSum", "levelCount", "meanLevel"];

pub async fn get(client: &Client, path: &str, query: &[(String, String)]) -> Answer {
    client.send(client.request(Method::GET, &format!("/stat/v2{path}")).query(query)).await
}

pub async fn plain(client: &Client, path: &str) -> Answer {
    get(client, path, &[]).await
}

pub async fn post(client: &Client, path: &str, query: &[(String, String)], body: &Value) -> Answer {
    client.send(client.request(Method::POST, &format!("/stat/v2{path}")).query(query).json(body)).await
}

/// The codes of a row on a dimension; what has none is `-`. A library of several regions stands in each.
pub fn codes_of(row: &Row, dimension: &str, year: i32) -> Vec<String> {
    let code = |code: &Option<String>| vec![code.clone().unwrap_or("-".to_owned())];
    match dimension {
        "concept" => code(&row.concept),
        "theme" => code(&row.theme),
        "region" => {
            let mut codes: Vec<String> =
                regions_of(row.slug, year).into_iter().map(|c| c.unwrap_or("-".to_owned())).collect();
            codes.sort();
            codes.dedup();
            codes
        }
        "kind" => vec![row.kind.to_owned()],
        "country" => vec![row.country.to_owned()],
        "stance" => vec![row.stance.clone()],
        "level" => code(&row.level.map(|level| level.to_string())),
        _ => vec![row.slug.to_owned()],
    }
}

/// The codes that occur on a dimension, in the order of the table: what has none comes last.
pub fn codes(rows: &[Row], dimension: &str, year: i32) -> Vec<String> {
    let mut codes: Vec<String> = rows.iter().flat_map(|row| codes_of(row, dimension, year)).collect();
    codes.sort_by_key(|code| (code == "-", code.clone()));
    codes.dedup();
    codes
}

/// The cells of an answer of `/aggregates/competences` by their codes.
pub fn cells(cube: &Value) -> BTreeMap<Vec<String>, Value> {
    let code = |place: &Value| place["code"].as_str().unwrap_or("-").to_owned();
    let key = |cell: &Value| cell["dimensions"].as_array().unwrap().iter().map(code).collect();
    cube["cells"].as_array().unwrap().iter().map(|cell| (key(cell), cell.clone())).collect()
}

/// The rows that a reader makes of a dataset, by the codes of these variables.
pub fn rows_by(read: &Value, variables: &[String]) -> BTreeMap<Vec<String>, Value> {
    let key = |row: &Value| variables.iter().map(|variable| text(&row[variable.as_str()])).collect();
    read["rows"].as_array().unwrap().iter().map(|row| (key(row), row.clone())).collect()
}
