use async_graphql::{InputObject, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{rest::Versioned, text::LocalText};

/// A municipality in the time in which it stands under one code in one region. When either changes it ends, and what
/// it became is another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Municipality {
    pub id: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Its country's code for it.
    pub code: String,
    pub name: LocalText,
    pub region_id: String,
    /// Its first day; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Its last day; absent while it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What it came from.
    pub predecessor_ids: Vec<String>,
    /// What became of it.
    pub successor_ids: Vec<String>,
}

impl Versioned for Municipality {}

/// Which municipalities to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MunicipalityFilter {
    /// In this region.
    pub region_id: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Those that stand on this day; left out: all that ever stood.
    pub as_of: Option<NaiveDate>,
    /// In its name, whatever the spelling habits: `alesund` finds Ålesund.
    pub text: Option<String>,
}
