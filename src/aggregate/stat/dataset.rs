//! A grid as a dataset of JSON-stat 2.0, with what PxWebApi 2 adds to it. A table's metadata is a dataset without values.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Number;
use utoipa::ToSchema;

use super::{
    grid::Sheet,
    list::{List, table_id},
    model::StatLink,
    source::StatCube,
    variable::{Column, Variable},
};
use crate::{
    aggregate::{
        Completeness,
        table::{Field, GEO, JsonStatRole, MISSING, number, statuses},
        words,
    },
    tenancy::Extent,
    text::Languages,
};

/// An object whose members keep their order: there are readers that go by it.
#[derive(Clone, Debug)]
pub struct Ordered<V>(pub Vec<(String, V)>);

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A dataset of JSON-stat 2.0, as PxWebApi 2 has it. The values are in row-major order: the last dimension varies fastest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatDataset {
    /// `2.0`.
    pub version: String,
    /// `dataset`.
    pub class: String,
    pub href: String,
    pub label: String,
    pub source: String,
    /// The day of the answer: figures are those of now.
    pub updated: String,
    pub note: Vec<String>,
    pub role: JsonStatRole,
    pub id: Vec<String>,
    pub size: Vec<usize>,
    #[schema(value_type = BTreeMap<String, StatDimension>)]
    pub dimension: Ordered<StatDimension>,
    pub extension: StatExtension,
    /// `null` in metadata.
    #[schema(value_type = Option<Vec<Option<f64>>>)]
    pub value: Option<Vec<Option<Number>>>,
    /// By place in `value`: why there is none. The codes are explained in `extension.status`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub status: BTreeMap<usize, String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatDimension {
    pub label: String,
    pub note: Vec<String>,
    pub category: StatCategory,
    pub extension: StatDimensionExtension,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatCategory {
    /// The codes and their places.
    #[schema(value_type = BTreeMap<String, usize>)]
    pub index: Ordered<usize>,
    #[schema(value_type = BTreeMap<String, String>)]
    pub label: Ordered<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub note: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unit: BTreeMap<String, StatUnit>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatUnit {
    /// What is counted.
    pub base: String,
    pub decimals: u8,
    pub label: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatDimensionExtension {
    /// It may be left out; libraries are then counted once over all of it.
    pub elimination: bool,
    /// How it is shown: codes, or texts.
    pub show: String,
    pub codelists: Vec<StatCodelistInfo>,
}

/// A code list of a variable.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatCodelistInfo {
    pub id: String,
    pub label: String,
    /// `Aggregation`.
    pub r#type: String,
    pub links: Vec<StatLink>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatExtension {
    pub px: StatPx,
    pub first_period: String,
    pub last_period: String,
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

/// What stands in the head of a PX file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatPx {
    pub tableid: String,
    pub language: String,
    pub contents: String,
    #[serde(rename = "subject-code")]
    pub subject_code: String,
    /// `false`: libraries are counted once in each cell, so that cells do not add up.
    pub aggregallowed: bool,
    pub stub: Vec<String>,
    pub heading: Vec<String>,
}

/// What a dataset says of its figures.
pub struct About<'a> {
    pub cube: StatCube,
    pub extent: &'a Extent,
    pub title: String,
    pub completeness: &'a Completeness,
    pub definition: &'a str,
    /// The end of its address.
    pub path: &'a str,
}

/// As the shape has moments: the day, at its beginning.
pub fn moment(day: impl std::fmt::Display) -> String {
    format!("{day}T00:00:00Z")
}

pub fn dataset(sheet: &Sheet, values: Option<&[Field]>, about: About, languages: &Languages) -> StatDataset {
    let complete = about.completeness;
    let cube = about.cube;
    let table = table_id(cube, about.extent);
    let tag = languages.first().tag();
    let code = |column: &Column| column.variable.code().to_owned();
    let id: Vec<String> = sheet.columns.iter().map(code).collect();
    let having = |role: fn(Variable) -> bool| -> Vec<String> {
        sheet.columns.iter().filter(|column| role(column.variable)).map(code).collect()
    };
    let value: Option<Vec<Option<Number>>> = values.map(|values| values.iter().map(number).collect());
    let absent = value.iter().flatten().enumerate().filter(|(_, value)| value.is_none());
    let status = absent.map(|(at, _)| (at, MISSING.to_owned())).collect();
    let (stub, heading) = id.split_at(sheet.stub.min(id.len()));
    let dimension =
        sheet.columns.iter().map(|column| (code(column), divided(cube, about.extent, column, languages)));
    StatDataset {
        version: "2.0".to_owned(),
        class: "dataset".to_owned(),
        href: format!("/stat/v2/tables/{table}/{}?lang={tag}", about.path),
        label: about.title,
        source: complete.source.text.clone(),
        updated: moment(complete.as_of),
        note: vec![complete.definition.text.clone(), complete.licence.text.clone()],
        role: JsonStatRole {
            time: having(|variable| variable == Variable::Day),
            geo: having(|variable| matches!(variable, Variable::Divided(word) if GEO.contains(&word))),
            metric: having(|variable| variable == Variable::Contents),
        },
        size: sheet.columns.iter().map(|column| column.values.len()).collect(),
        dimension: Ordered(dimension.collect()),
        extension: StatExtension {
            px: StatPx {
                tableid: table,
                language: tag.to_owned(),
                contents: words::word(&format!("title.{}", cube.word()), languages).text,
                subject_code: cube.word().to_owned(),
                aggregallowed: false,
                stub: stub.to_vec(),
                heading: heading.to_vec(),
            },
            first_period: complete.as_of.to_string(),
            last_period: complete.as_of.to_string(),
            expected: complete.expected,
            reporting: complete.reporting,
            in_parts: complete.in_parts,
            licence: complete.licence.text.clone(),
            definition: about.definition.to_owned(),
            status: statuses(&cube.measures(), languages),
        },
        id,
        value,
        status,
    }
}

fn divided(cube: StatCube, extent: &Extent, column: &Column, languages: &Languages) -> StatDimension {
    let variable = column.variable;
    let values = &column.values;
    let unit = |value: &super::variable::Value| {
        let unit = value.unit.as_ref()?;
        let shown = StatUnit { base: unit.label.clone(), decimals: unit.decimals, label: unit.label.clone() };
        Some((value.code.clone(), shown))
    };
    let lists = match variable {
        Variable::Divided(dimension) => List::of(cube, dimension).collect(),
        Variable::Contents | Variable::Day => Vec::new(),
    };
    StatDimension {
        label: variable.name(cube, languages),
        note: variable.note(cube, languages),
        category: StatCategory {
            index: Ordered(values.iter().enumerate().map(|(n, value)| (value.code.clone(), n)).collect()),
            label: Ordered(values.iter().map(|value| (value.code.clone(), value.label.clone())).collect()),
            note: values.iter().filter_map(|v| Some((v.code.clone(), vec![v.note.clone()?]))).collect(),
            unit: values.iter().filter_map(unit).collect(),
        },
        extension: StatDimensionExtension {
            elimination: !variable.mandatory(),
            show: if variable == Variable::Day { "code" } else { "value" }.to_owned(),
            codelists: lists
                .into_iter()
                .map(|list| {
                    let id = list.id(extent);
                    StatCodelistInfo {
                        label: Variable::Divided(list.by).name(cube, languages),
                        r#type: "Aggregation".to_owned(),
                        links: vec![super::service::link("metadata", &format!("codelists/{id}"), languages)],
                        id,
                    }
                })
                .collect(),
        },
    }
}
