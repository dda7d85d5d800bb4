use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::policy::Resource,
    concept::ConceptLink,
    id::{RowId, TenantId},
    text::LocalText,
};

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    Competence,
    Statement,
    Project,
    Activity,
    Product,
    Meeting,
}

impl HitKind {
    /// In the order in which they are found.
    pub const ALL: [Self; 6] =
        [Self::Competence, Self::Statement, Self::Project, Self::Activity, Self::Product, Self::Meeting];

    pub(super) fn resource(self) -> Resource {
        match self {
            Self::Competence => Resource::Competence,
            Self::Statement => Resource::Statement,
            Self::Project => Resource::Project,
            Self::Activity => Resource::Activity,
            Self::Product => Resource::Product,
            Self::Meeting => Resource::Meeting,
        }
    }
}

/// Something that was found; the whole of it is under `id` in the list of its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    pub kind: HitKind,
    pub id: RowId,
    /// What it is called, or says, in the words of its library; of a competence without words the concept's label.
    pub title: LocalText,
    /// Whose it is; a meeting is its consortium's and has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_name: Option<LocalText>,
    /// Of a competence, when it is mapped to one that the caller sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ConceptLink>,
}

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchWish {
    /// 2 to 200 characters.
    pub text: String,
    /// One kind alone; every kind that the caller's token reaches when left out.
    pub kind: Option<HitKind>,
    /// What is this library's own; meetings are no library's.
    pub tenant_id: Option<TenantId>,
}
