use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::AgreementState;
use crate::{
    id::{AgreementId, ConsortiumId, OrganisationId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::{Lang, LocalText},
};

/// What libraries have agreed on, or mean to. It opens no rows to anybody: grants are not there yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    pub id: AgreementId,
    /// Who writes it, and is a party itself.
    pub tenant_id: TenantId,
    pub tenant_name: LocalText,
    pub title: String,
    /// The language of the text.
    pub language: Lang,
    /// Why they work together.
    pub purpose: String,
    /// By which rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground_rules: Option<String>,
    pub first_day: NaiveDate,
    /// Until when; left out where it goes on until it is terminated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    /// Those that it is between, at most 50.
    pub parties: Vec<AgreementParty>,
    pub state: AgreementState,
    /// What is signed: SHA-256, in lower-case hexadecimal, of the canonical JSON (RFC 8785) of this object's `title`, `purpose`,
    /// `groundRules`, `firstDay`, `lastDay` and `parties`, of each party `tenantId`, `name`, `contributions` and `needs`, without what
    /// is absent.
    pub text_digest: String,
    /// Rises when a text that was proposed already is changed, or more are to see it; all sign again then.
    pub text_version: i64,
    /// Of this text, first one first; whoever signed an earlier one is not among them.
    pub signatures: Vec<AgreementSignature>,
    /// Who declined or terminated it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<AgreementDecision>,
    /// The consortium in which it is made, where the caller sees that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// Who sees it beside its parties, once it is in force.
    pub visibility: Visibility,
    /// Rises with every change, and with every signature; send it back with the next change.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Agreement {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// One that an agreement is between: a library, or a partner from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct AgreementParty {
    /// Of a library of this node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// What that library is called today; no part of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_name: Option<LocalText>,
    /// Of a partner from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The organisation of the consortium that the partner is, where the caller sees that; no part of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// What it has to offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contributions: Option<String>,
    /// What it would gain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}

/// A library has signed the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct AgreementSignature {
    pub tenant_id: TenantId,
    pub name: LocalText,
    /// Of the text that was signed.
    pub digest: String,
    pub at: DateTime<Utc>,
}

/// That a party declined or terminated an agreement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct AgreementDecision {
    pub tenant_id: TenantId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The language of the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    pub at: DateTime<Utc>,
}

/// A party to name: a library by its id, or a partner from outside by its name, its organisation, or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgreementPartyInput {
    /// A library of this node, which sees the agreement when it is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// An organisation of the agreement's consortium; its name is taken into the text where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// At most 200 characters; of a body, and no person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributions: Option<String>,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}

/// An agreement to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAgreement {
    /// At most 200 characters.
    pub title: String,
    /// Of the text.
    pub language: Lang,
    /// At most 4,000 characters.
    pub purpose: String,
    /// At most 8,000 characters.
    pub ground_rules: Option<String>,
    pub first_day: NaiveDate,
    pub last_day: Option<NaiveDate>,
    /// 2 to 50. The caller's own library is one of them, and comes last where it is not named.
    pub parties: Vec<AgreementPartyInput>,
    /// One that the library takes part in.
    pub consortium_id: Option<ConsortiumId>,
    /// private when left out; `consortium` needs a consortium.
    pub visibility: Option<Visibility>,
}

/// What to change about an agreement; what is left out stays, and parties that are given replace those before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgreementChange {
    pub title: Option<String>,
    pub language: Option<Lang>,
    pub purpose: Option<String>,
    pub ground_rules: Option<String>,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub parties: Option<Vec<AgreementPartyInput>>,
    pub consortium_id: Option<ConsortiumId>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of an agreement that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableAgreementField")]
#[schema(as = ClearableAgreementField)]
pub enum Clearable {
    GroundRules,
    LastDay,
    /// `consortium` cannot be its visibility then.
    Consortium,
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgreementSigning {
    /// The `textDigest` of the text that was read.
    pub digest: String,
    /// Its `textVersion`: by the same words for more to see nobody is bound who has not read that.
    #[schema(minimum = 1)]
    pub text_version: i64,
}

/// Why a party declines or terminates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgreementReason {
    /// At most 2,000 characters. Whoever terminates must say it.
    pub reason: Option<String>,
    /// Of the reason.
    pub language: Option<Lang>,
}

/// Which agreements to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgreementFilter {
    /// Made in this consortium.
    pub consortium_id: Option<ConsortiumId>,
    /// As it is today.
    pub state: Option<AgreementState>,
    /// This library is a party.
    pub party_id: Option<TenantId>,
}
