//! Invitations: how somebody who has no way in yet gets one. A client id and a secret that are good once, until a day.
//! Making and keeping them is `registry::invitation`.
//!
//! Used with client credentials, one gives a single token in its role, long enough to make the account that goes on.
//! Used by somebody who signs in through a provider, it gives that person its role in the library for good.

use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::{
    Role, Scopes,
    accounts::is_hash_of,
    policy::Resource,
    token::{Holder, LIFE, Tokens},
};
use crate::{
    error::{Code, Error, Result},
    id::{InvitationId, TenantId},
    tenancy::{Admission, Reach, Subject, TenantRows, Visibility, sign_in::SignInScope},
    when,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub client_id: String,
    pub secret_hash: String,
    pub role: Role,
    /// The library itself, or the node for its operator.
    pub invited_by: TenantId,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Invitation;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::OperatorOrOwn;

    fn readable(reach: &Reach) -> Condition {
        Condition::any().add(reach.own(Column::TenantId)).add(reach.own(Column::InvitedBy))
    }

    fn writable(reach: &Reach) -> Condition {
        Self::readable(reach)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.version }
    }
}

impl Model {
    /// Whether it is good still.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && self.revoked_at.is_none() && self.expires_at > now
    }
}

/// The invitation that a client proves to have, not used yet.
pub(crate) async fn proven(scope: &SignInScope, client: Uuid, secret: &str) -> Result<Option<Model>> {
    let found = scope.invitation(client).await?;
    let right = is_hash_of(found.as_ref().map(|row| row.secret_hash.as_str()), secret);
    Ok(found.filter(|row| right && row.is_open(when::now())))
}

/// The one token that an invitation is good for.
pub(crate) async fn sign_in(
    scope: &SignInScope,
    tokens: &Tokens,
    client: Uuid,
    secret: &str,
    wished: Option<&str>,
) -> Result<(String, Scopes)> {
    let refuse = || Error::new(Code::InvalidClient);
    let row = proven(scope, client, secret).await?.ok_or_else(refuse)?;
    if !scope.is_active(row.tenant_id).await? {
        return Err(refuse());
    }
    // Before it is used up.
    let scopes = Scopes::ALL.narrowed(wished)?;
    let now = when::now();
    // Of two at once one is first.
    if !scope.redeem(client, now).await? {
        return Err(refuse());
    }
    let holder = Holder {
        subject: row.id.0,
        client_id: &row.client_id,
        tenant: row.tenant_id,
        role: row.role,
        scopes,
    };
    Ok((tokens.sign(&holder, now, LIFE)?, scopes))
}
