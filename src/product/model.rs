use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ProductKind, ProductLinkKind, credit::CreditRole};
use crate::{
    id::{ConsortiumId, ProductId, ProjectId, TenantId},
    rest::Versioned,
    tenancy::Visibility,
    text::{Lang, LocalText},
};

/// What libraries have made, for others to use too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: ProductId,
    /// Who keeps it.
    pub tenant_id: TenantId,
    pub tenant_name: LocalText,
    pub kind: ProductKind,
    pub title: String,
    /// The language of title and summary.
    pub language: Lang,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where it is found.
    pub links: Vec<ProductLink>,
    /// How it is made known.
    pub marketing: Vec<ProductMarketing>,
    /// The libraries that had a part in it beside the one that keeps it, first named first; at most 50.
    pub credits: Vec<ProductCredit>,
    /// The project that it came of, where the caller sees that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// The consortium that it is made in, where the caller sees that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    pub visibility: Visibility,
    /// Rises with every change of the product itself; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Product {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// Where a product, or something of it, is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "ProductLink", input_name = "ProductLinkInput")]
pub struct ProductLink {
    pub kind: ProductLinkKind,
    /// https.
    pub url: String,
    /// At most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What others may do with it, such as CC-BY-4.0; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// A way in which a product is made known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "ProductMarketing", input_name = "ProductMarketingInput")]
pub struct ProductMarketing {
    /// Where, such as a newsletter or a fair; at most 200 characters.
    pub channel: String,
    /// To whom and with what words; at most 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// From when: EDTF level 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
}

/// A library that had a part in a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ProductCredit {
    pub tenant_id: TenantId,
    pub name: LocalText,
    pub role: CreditRole,
    /// When it was named.
    pub at: DateTime<Utc>,
}

/// A product to tell of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProduct {
    pub kind: ProductKind,
    /// At most 200 characters.
    pub title: String,
    /// Of title, summary and marketing.
    pub language: Lang,
    /// At most 4,000 characters.
    pub summary: Option<String>,
    /// At most 20.
    #[serde(default)]
    #[graphql(default)]
    pub links: Vec<ProductLink>,
    /// At most 20.
    #[serde(default)]
    #[graphql(default)]
    pub marketing: Vec<ProductMarketing>,
    /// One of the library's own.
    pub project_id: Option<ProjectId>,
    /// One that the library takes part in.
    pub consortium_id: Option<ConsortiumId>,
    /// private when left out; `consortium` needs a consortium.
    pub visibility: Option<Visibility>,
}

/// What to change about a product; what is left out stays, and a list that is given replaces the one before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductChange {
    pub kind: Option<ProductKind>,
    pub title: Option<String>,
    pub language: Option<Lang>,
    pub summary: Option<String>,
    pub links: Option<Vec<ProductLink>>,
    pub marketing: Option<Vec<ProductMarketing>>,
    pub project_id: Option<ProjectId>,
    pub consortium_id: Option<ConsortiumId>,
    pub visibility: Option<Visibility>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of a product that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableProductField")]
#[schema(as = ClearableProductField)]
pub enum Clearable {
    Summary,
    Project,
    /// `consortium` cannot be its visibility then.
    Consortium,
}

/// Whom to name, and as what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[graphql(name = "NewProductCredit")]
#[schema(as = NewProductCredit)]
pub struct NewCredit {
    /// Another library of this node; it sees the product from then on.
    pub tenant_id: TenantId,
    pub role: CreditRole,
}

/// Which products to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductFilter {
    /// Kept by this library.
    pub tenant_id: Option<TenantId>,
    pub kind: Option<ProductKind>,
    /// This library had a part in them.
    pub contributor_id: Option<TenantId>,
    /// Made in this consortium.
    pub consortium_id: Option<ConsortiumId>,
    /// Came of this project.
    pub project_id: Option<ProjectId>,
}
