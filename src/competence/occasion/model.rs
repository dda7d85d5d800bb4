use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{ConsortiumId, OccasionId},
    rest::Versioned,
    text::{LocalText, Translation},
};

/// What competences are wanted or shown for: a reform, an act, a national effort.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Occasion {
    pub id: OccasionId,
    pub consortium_id: ConsortiumId,
    pub name: LocalText,
    /// Where one reads of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// From when it holds: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Occasion {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An occasion to name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOccasion {
    /// At most 200 characters in each language.
    pub name: Vec<Translation>,
    /// https.
    pub url: Option<String>,
    /// From when it holds: EDTF.
    pub starts: Option<String>,
}

/// What to change about an occasion; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OccasionChange {
    pub name: Option<Vec<Translation>>,
    pub url: Option<String>,
    pub starts: Option<String>,
}
