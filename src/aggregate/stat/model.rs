//! The shapes of PxWebApi 2 that are not datasets.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What the service offers, in the shape of PxWebApi 2.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatConfig {
    /// The version of PxWebApi whose shape this is.
    pub api_version: String,
    pub app_version: String,
    pub languages: Vec<StatLanguage>,
    pub default_language: String,
    /// So many values in one answer.
    pub max_data_cells: usize,
    /// So many calls of one account, in so many seconds.
    pub max_calls_per_time_window: u32,
    pub time_window: u32,
    pub license: String,
    pub default_data_format: String,
    pub data_formats: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatLanguage {
    pub id: String,
    pub label: String,
}

/// A link. Addresses are on this node.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatLink {
    pub rel: String,
    pub hreflang: String,
    pub href: String,
}

/// Which tables.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TablesWish {
    /// nb, nn, sv, da, fi or en; left out: as `Accept-Language` wishes.
    pub lang: Option<String>,
    /// Only tables whose name or id holds this.
    pub query: Option<String>,
    /// Only tables that were updated in so many days. All are: figures are those of now.
    pub past_days: Option<i64>,
    /// Also those of consortia that are closed.
    pub include_discontinued: Option<bool>,
    /// From 1.
    pub page_number: Option<i64>,
    /// 1 to 100; 20 when left out.
    pub page_size: Option<i64>,
}

/// The language of an answer.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LangWish {
    /// nb, nn, sv, da, fi or en; left out: as `Accept-Language` wishes.
    pub lang: Option<String>,
}

/// The tables that the caller may read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatTables {
    pub language: String,
    pub tables: Vec<StatTable>,
    pub page: StatPageInfo,
    pub links: Vec<StatLink>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatPageInfo {
    pub page_number: usize,
    pub page_size: usize,
    pub total_elements: usize,
    pub total_pages: usize,
}

/// A table: a cube of one consortium, of several, or of the node.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatTable {
    /// `Table`.
    pub r#type: String,
    /// The cube's name and the consortium's id, `competences-…`; with several, dots between; of the node `competences-node`.
    pub id: String,
    pub label: String,
    pub description: String,
    /// The day of the answer: figures are those of now.
    pub updated: String,
    pub first_period: String,
    pub last_period: String,
    /// `private`: for the consortium's members; `internal`: for everybody on the node.
    pub category: String,
    pub variable_names: Vec<String>,
    /// The consortium is closed.
    pub discontinued: bool,
    pub source: String,
    pub subject_code: String,
    pub time_unit: String,
    pub links: Vec<StatLink>,
    /// Where one table is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What is selected of which variables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatSelection {
    pub selection: Vec<StatVariableSelection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<StatPlacement>,
}

/// What is answered when nothing is selected.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatDefaultSelection {
    pub language: String,
    pub selection: Vec<StatVariableSelection>,
    pub placement: StatPlacement,
    pub links: Vec<StatLink>,
}

/// What is selected of one variable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatVariableSelection {
    pub variable_code: String,
    /// One of the variable's code lists: the codes are then those of the list.
    #[serde(default, alias = "codeList", skip_serializing_if = "Option::is_none")]
    pub codelist: Option<String>,
    /// `aggregated`, or `single`: the values that the list gathers, one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_values: Option<String>,
    /// Codes, and expressions: `*`, `A*`, `?1`, `TOP(n)`, `BOTTOM(n)`, `RANGE(a,b)`, `FROM(a)`, `TO(b)`.
    #[serde(default, alias = "valuecodes")]
    pub value_codes: Vec<String>,
}

/// Which variables stand at the side and which on top; the order of a dataset's dimensions, sides first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatPlacement {
    #[serde(default)]
    pub heading: Vec<String>,
    #[serde(default)]
    pub stub: Vec<String>,
}

/// A code list of a table's variable.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatCodelist {
    pub id: String,
    pub label: String,
    pub language: String,
    pub languages: Vec<String>,
    /// `Aggregation`.
    pub r#type: String,
    pub elimination: bool,
    pub values: Vec<StatValueMap>,
    pub links: Vec<StatLink>,
}

/// A value of a code list, and the codes of the variable that it gathers.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatValueMap {
    pub code: String,
    pub label: String,
    pub value_map: Vec<String>,
}
