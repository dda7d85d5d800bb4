use async_graphql::{InputObject, SimpleObject};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ConsortiumStatus;
use crate::{
    id::{ConsortiumId, TenantId},
    rest::Versioned,
    text::{LocalText, Translation},
};

/// The least disclosure threshold, and the one when nothing else is asked for.
pub const K_LEAST: i64 = 3;

/// Who asked for the cooperation, and for what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject, FromJsonQueryResult)]
#[serde(rename_all = "camelCase")]
pub struct Mandate {
    pub given_by: String,
    /// EDTF level 1: a date, as precise as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_on: Option<String>,
    /// At most 50.
    pub areas: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
}

/// Libraries that cooperate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Consortium {
    pub id: ConsortiumId,
    /// Short name in addresses, unique on the node.
    pub slug: String,
    pub name: LocalText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
    /// Why they cooperate; at most 50.
    pub reasons: Vec<LocalText>,
    /// What is still to be answered; at most 50.
    pub open_questions: Vec<LocalText>,
    /// Disclosure threshold: fewer libraries than this are never told apart in a published count.
    pub k: i64,
    pub status: ConsortiumStatus,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Consortium {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A mandate to write down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MandateInput {
    pub given_by: String,
    /// EDTF level 1: 2010, 2010-06, 2010-06-01~
    pub given_on: Option<String>,
    #[serde(default)]
    #[graphql(default)]
    pub areas: Vec<String>,
    pub legal_basis: Option<String>,
}

/// A consortium to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewConsortium {
    /// Lower-case letters, digits and hyphens, 2 to 63.
    pub slug: String,
    pub name: Vec<Translation>,
    /// The library that is invited to coordinate.
    pub coordinator_id: TenantId,
    pub mandate: Option<MandateInput>,
    /// Each in one or more languages.
    #[serde(default)]
    #[graphql(default)]
    pub reasons: Vec<Vec<Translation>>,
    /// Each in one or more languages.
    #[serde(default)]
    #[graphql(default)]
    pub open_questions: Vec<Vec<Translation>>,
    /// Disclosure threshold, 3 to 100; 3 when left out.
    pub k: Option<i64>,
}

/// What to change about a consortium; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsortiumChange {
    pub name: Option<Vec<Translation>>,
    pub mandate: Option<MandateInput>,
    pub reasons: Option<Vec<Vec<Translation>>>,
    pub open_questions: Option<Vec<Vec<Translation>>>,
    /// Disclosure threshold, 3 to 100.
    pub k: Option<i64>,
    /// A closed consortium takes no new members.
    pub status: Option<ConsortiumStatus>,
}
