//! A release as a signed document: a JWS in compact form (RFC 7515), whose payload is the very bytes that were signed.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sea_orm::{Condition, entity::prelude::*};
use serde::Serialize;
use serde_json::json;

use super::{ReleaseAudience, cell, entity, rules::Rules};
use crate::{
    auth::{Keys, policy::Resource},
    error::{Code, Error, Result},
    id::{ConceptId, ConsortiumId, ReleaseId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, rows},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "figure_document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: ReleaseId,
    pub audience: ReleaseAudience,
    pub jws: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Release;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::ReleaseId;
    const ADMISSION: Admission = Admission::Seat(entity::KEEPERS);
    const TOLD: bool = false;

    fn readable(reach: &Reach) -> Condition {
        entity::standing(reach, Column::ConsortiumId, Column::Audience, Column::ReleaseId)
    }

    fn writable(_: &Reach) -> Condition {
        rows::none()
    }

    fn subject(row: &Model) -> Subject {
        let (id, consortium) = (row.release_id.0, Some(row.consortium_id));
        Subject { id, consortium, visibility: Visibility::Consortium, version: 1 }
    }
}

/// What is signed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload<'p> {
    pub schema: &'static str,
    /// The node.
    pub iss: &'p str,
    pub consortium: ConsortiumId,
    pub release: &'p str,
    pub dataset: &'static str,
    pub seq: i64,
    /// The digest of the release of the same figures to the same audience before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    pub audience: ReleaseAudience,
    pub as_of: &'p str,
    /// Seconds since 1970.
    pub issued: i64,
    pub rules: &'p Rules,
    pub cells: Vec<Line<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line<'p> {
    concept: ConceptId,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    status: cell::Status,
    contributors: serde_json::Value,
    as_of: &'p str,
}

impl<'p> Line<'p> {
    pub fn of(cell: &'p cell::Model) -> Self {
        let mut contributors = json!({"open": cell.open_contributors});
        if let Some(sealed) = cell.sealed_contributors {
            contributors["sealed"] = sealed.into();
        }
        Self {
            concept: cell.concept_id,
            region: cell.region.as_deref(),
            kind: cell.kind.as_deref(),
            open: (cell.open_contributors > 0).then_some(cell.open),
            sealed: cell.sealed,
            value: cell.value,
            status: cell.status,
            contributors,
            as_of: &cell.as_of,
        }
    }
}

/// The document, signed with the node's key of the day.
pub fn sign(keys: &Keys, payload: &Payload) -> Result<String> {
    let payload = BASE64.encode(serde_json::to_vec(payload).map_err(Error::internal)?);
    // A key that another process lets follow just now signs the second time.
    for _ in 0..3 {
        let kid = keys.kid();
        let header = json!({"alg": "EdDSA", "kid": kid, "typ": "samvirke-release+jws"}).to_string();
        let signed = format!("{}.{payload}", BASE64.encode(header));
        let (by, signature) = keys.sign(signed.as_bytes())?;
        if by == kid {
            return Ok(format!("{signed}.{signature}"));
        }
    }
    Err(Error::new(Code::Unavailable))
}

/// SHA-256, in hexadecimal digits.
pub fn digest(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
