use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::OrganisationSector;
use crate::{
    id::{ConsortiumId, OrganisationId},
    rest::Versioned,
};

/// A body outside the libraries that a consortium works with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    pub id: OrganisationId,
    pub consortium_id: ConsortiumId,
    /// Its own name, in its own language.
    pub name: String,
    pub sector: OrganisationSector,
    /// What those who work with it call its sector: studieförbund, naturum, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_word: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it was merged into, as was decided then; absent while it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into_id: Option<OrganisationId>,
    /// What stands for it today, where it was merged: never one that was merged itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_id: Option<OrganisationId>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Organisation {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An organisation to write down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrganisation {
    pub name: String,
    pub sector: OrganisationSector,
    /// A word of one's own for the sector.
    pub sector_word: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// https
    pub url: Option<String>,
}

/// What to change about an organisation; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganisationChange {
    pub name: Option<String>,
    pub sector: Option<OrganisationSector>,
    pub sector_word: Option<String>,
    pub country: Option<String>,
    pub url: Option<String>,
}

/// What an organisation turned out to be the same as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganisationMerge {
    /// Of the same consortium. One that was merged itself means what stands for it.
    pub into_id: OrganisationId,
}

/// Which organisations to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationFilter {
    /// In its name, whatever the spelling habits.
    pub text: Option<String>,
    pub sector: Option<OrganisationSector>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// True: those that were merged. Left out or false: those that stand.
    pub merged: Option<bool>,
    /// Those that this one stands for today, merged into it at once or by way of others.
    pub current_id: Option<OrganisationId>,
}
