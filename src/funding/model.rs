use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Currency, FunderKind, FundingState};
use crate::{
    id::{ConsortiumId, FundingApplicationId, OrganisationId, ProjectId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::LocalText,
};

/// A library's application for money for a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct FundingApplication {
    pub id: FundingApplicationId,
    /// Who applies.
    pub tenant_id: TenantId,
    pub tenant_name: LocalText,
    /// The project that the money is for, where the caller sees that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// The consortium that it is made in, where the caller sees that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// Who is asked for the money, by name.
    pub funder: String,
    /// The same among the consortium's organisations, where the caller sees those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    pub funder_kind: FunderKind,
    /// What the funder calls that which it is applied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    pub currency: Currency,
    /// What is, or will be, applied for, in minor units: øre, öre, cents.
    pub applied_minor: i64,
    /// What was granted, in minor units; only of what is granted, and not always what was applied for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_minor: Option<i64>,
    pub state: FundingState,
    /// When it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_on: Option<NaiveDate>,
    /// When it was granted, rejected or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<NaiveDate>,
    /// From when the money is to be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<NaiveDate>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for FundingApplication {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An application for money to tell of. It begins as planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewFundingApplication {
    /// One that the caller's library leads, or has accepted to take part in.
    pub project_id: ProjectId,
    /// By name, at most 200 characters; that of the organisation when left out.
    pub funder: Option<String>,
    /// One of the organisations of the project's consortium.
    pub organisation_id: Option<OrganisationId>,
    pub funder_kind: FunderKind,
    /// At most 200 characters.
    pub programme: Option<String>,
    /// https.
    pub link: Option<String>,
    pub currency: Currency,
    /// In minor units, 0 to 1,000,000,000,000.
    pub applied_minor: i64,
    pub first_day: Option<NaiveDate>,
    /// Not before the first.
    pub last_day: Option<NaiveDate>,
    /// private when left out; `consortium` needs a project in a consortium that the library takes part in.
    pub visibility: Option<Visibility>,
}

/// What to change about an application for money; what is left out stays. How far it has come is moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FundingApplicationChange {
    pub funder: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    pub funder_kind: Option<FunderKind>,
    pub programme: Option<String>,
    pub link: Option<String>,
    pub currency: Option<Currency>,
    pub applied_minor: Option<i64>,
    /// Only of what is granted.
    pub granted_minor: Option<i64>,
    /// Only of what was sent.
    pub applied_on: Option<NaiveDate>,
    /// Only of what is granted, rejected or withdrawn.
    pub decided_on: Option<NaiveDate>,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    /// It is then seen in the consortium that the project is in by now.
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of an application for money that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableFundingApplicationField")]
#[schema(as = ClearableFundingApplicationField)]
pub enum Clearable {
    Organisation,
    Programme,
    Link,
    FirstDay,
    LastDay,
}

/// A step to take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FundingApplicationMove {
    pub to: FundingState,
    /// The day on which it was sent, decided or taken back; today when left out.
    pub on: Option<NaiveDate>,
    /// Of what is granted: how much, in minor units.
    pub granted_minor: Option<i64>,
}

/// Which applications to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FundingApplicationFilter {
    /// Of this library.
    pub tenant_id: Option<TenantId>,
    /// For this project.
    pub project_id: Option<ProjectId>,
    /// Made in this consortium.
    pub consortium_id: Option<ConsortiumId>,
    pub state: Option<FundingState>,
}
