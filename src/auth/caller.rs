//! Who is calling, and what the call wishes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    policy::{self, Action, Resource},
    scopes::Scopes,
};
use crate::{id::TenantId, text::Languages};

/// What a service account may do for its tenant; `operator` belongs to the node and to no tenant.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    async_graphql::Enum,
    sea_orm::EnumIter,
    sea_orm::DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Contributor,
    Editor,
    Admin,
    Operator,
}

impl Role {
    pub const ALL: [Role; 5] = [Role::Viewer, Role::Contributor, Role::Editor, Role::Admin, Role::Operator];

    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Contributor => "contributor",
            Role::Editor => "editor",
            Role::Admin => "admin",
            Role::Operator => "operator",
        }
    }
}

/// A verified caller with the wishes of one request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Caller(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    tenant: TenantId,
    principal: String,
    role: Role,
    scopes: Scopes,
    languages: Languages,
    request_id: String,
    idempotency_key: Option<String>,
    purpose: Option<String>,
}

impl Caller {
    pub fn new(tenant: TenantId, principal: impl Into<String>, role: Role) -> Self {
        Self::within(tenant, principal, role, Scopes::ALL)
    }

    /// As [`Caller::new`], with less than its role may do.
    pub fn within(tenant: TenantId, principal: impl Into<String>, role: Role, scopes: Scopes) -> Self {
        Self(Arc::new(Inner {
            tenant,
            principal: principal.into(),
            role,
            scopes,
            languages: Languages::accept(None),
            request_id: uuid::Uuid::now_v7().to_string(),
            idempotency_key: None,
            purpose: None,
        }))
    }

    /// The same caller with what one request asks for.
    pub fn asking(
        &self,
        languages: Languages,
        request_id: String,
        idempotency_key: Option<String>,
        purpose: Option<String>,
    ) -> Self {
        Self(Arc::new(Inner {
            tenant: self.0.tenant,
            principal: self.0.principal.clone(),
            role: self.0.role,
            scopes: self.0.scopes,
            languages,
            request_id,
            idempotency_key,
            purpose,
        }))
    }

    /// The same caller, in the same request, with these scopes.
    pub fn with_scopes(&self, scopes: Scopes) -> Self {
        Self(Arc::new(Inner { scopes, ..Inner::clone(&self.0) }))
    }

    /// The same caller, in the same request, who reads this.
    pub fn speaking(&self, languages: Languages) -> Self {
        Self(Arc::new(Inner { languages, ..Inner::clone(&self.0) }))
    }

    /// The tenant that the caller speaks for; [`TenantId::NODE`] for an operator.
    pub fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    pub fn principal(&self) -> &str {
        &self.0.principal
    }

    pub fn role(&self) -> Role {
        self.0.role
    }

    pub fn scopes(&self) -> Scopes {
        self.0.scopes
    }

    /// Whether its role, and what of it the token carries, let it do this to any row of this kind.
    pub fn may(&self, action: Action, resource: Resource) -> bool {
        policy::may(self.0.role, action, resource) && self.0.scopes.allow(action, resource)
    }

    pub fn is_operator(&self) -> bool {
        self.0.role == Role::Operator
    }

    pub fn languages(&self) -> &Languages {
        &self.0.languages
    }

    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// What the caller says that the request is for; see [`crate::audit::purpose`].
    pub fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }

    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }
}
