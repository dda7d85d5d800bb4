use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ActivityKind, ActivitySide, ActivityState, CostSharing};
use crate::{
    id::{ActivityId, ConceptId, ConsortiumId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::Lang,
};

/// What libraries learn by together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    pub id: ActivityId,
    /// The host.
    pub tenant_id: TenantId,
    pub kind: ActivityKind,
    pub side: ActivitySide,
    pub title: String,
    /// The language that it is written in.
    pub language: Lang,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it teaches.
    pub concept_ids: Vec<ConceptId>,
    /// When: EDTF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// How many people there is room for; left out: as many as come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<i64>,
    /// How many of one library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_places: Option<i64>,
    /// How many people are registered.
    pub places: i64,
    /// How many libraries are registered.
    pub registrations: i64,
    /// The registration of the caller's library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<OwnRegistration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// How the cost is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_sharing: Option<CostSharing>,
    pub state: ActivityState,
    /// The consortium that it is held in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    pub visibility: Visibility,
    /// Rises with every change of the host's; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Activity {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// How many of the caller's library come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "OwnActivityRegistration")]
#[schema(as = OwnActivityRegistration)]
pub struct OwnRegistration {
    pub places: i64,
    /// Of the registration: send it back when changing or withdrawing it.
    pub version: i64,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Money")]
#[schema(as = Money)]
pub struct Cost {
    /// In minor units: øre, öre, cents.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// What an activity costs, and who pays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "ActivityCostInput")]
#[schema(as = ActivityCostInput)]
pub struct CostInput {
    /// In minor units, 0 to 1,000,000,000,000.
    pub amount: i64,
    /// ISO 4217, such as NOK.
    pub currency: String,
    pub sharing: CostSharing,
}

/// An activity to plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewActivity {
    pub kind: ActivityKind,
    /// offered when left out.
    pub side: Option<ActivitySide>,
    /// At most 200 characters.
    pub title: String,
    /// Of title and description.
    pub language: Lang,
    /// At most 4,000 characters; speakers by function or body.
    pub description: Option<String>,
    /// What it teaches: at most 20, none of them a theme.
    #[serde(default)]
    #[graphql(default)]
    pub concept_ids: Vec<ConceptId>,
    /// When: EDTF level 1.
    pub held: Option<String>,
    /// At most 200 characters.
    pub place: Option<String>,
    /// https.
    pub link: Option<String>,
    /// 1 to 10,000 people.
    pub seats: Option<i64>,
    /// 1 to 1,000 people of one library.
    pub most_places: Option<i64>,
    pub cost: Option<CostInput>,
    /// One that the library has a seat in.
    pub consortium_id: Option<ConsortiumId>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// What to change about an activity; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityChange {
    pub kind: Option<ActivityKind>,
    pub title: Option<String>,
    pub language: Option<Lang>,
    pub description: Option<String>,
    pub concept_ids: Option<Vec<ConceptId>>,
    pub held: Option<String>,
    pub place: Option<String>,
    pub link: Option<String>,
    /// Not fewer than are registered.
    pub seats: Option<i64>,
    pub most_places: Option<i64>,
    /// Not once somebody has registered.
    pub cost: Option<CostInput>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of an activity that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableActivityField")]
#[schema(as = ClearableActivityField)]
pub enum Clearable {
    Description,
    Held,
    Place,
    Link,
    Seats,
    MostPlaces,
    Cost,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityMove {
    /// planned -> open -> closed -> held; cancelled from any but held; closed may open again.
    pub state: ActivityState,
}

/// Which activities to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivityFilter {
    /// Of this host.
    pub tenant_id: Option<TenantId>,
    pub kind: Option<ActivityKind>,
    pub side: Option<ActivitySide>,
    pub state: Option<ActivityState>,
    pub consortium_id: Option<ConsortiumId>,
    /// True: the caller's library is registered.
    pub registered: Option<bool>,
    /// True: teaches something that the caller's library wants.
    pub wanted: Option<bool>,
}
