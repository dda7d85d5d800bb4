use async_graphql::{InputObject, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{rest::Versioned, text::LocalText};

/// A county, län, region or the like, in the time in which it stands. When its borders change it ends, and what it
/// became is another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The register's own: codes of others change hands, and some are missing.
    pub id: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What its country calls its kind: fylke, län, region, maakunta, …
    pub level: String,
    pub name: LocalText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub national_code: Option<String>,
    /// ISO 3166-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iso_code: Option<String>,
    /// NUTS level 3 or 2, where it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nuts_code: Option<String>,
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

impl Versioned for Region {}

/// Which regions to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RegionFilter {
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Those that stand on this day; left out: all that ever stood.
    pub as_of: Option<NaiveDate>,
    /// In one of its names, whatever the spelling habits: `ostfold` finds Østfold.
    pub text: Option<String>,
}
