//! Service accounts: how an integration signs in. The secret is random, shown once, and kept as a hash. Making and
//! keeping them is `registry::account`.

use aws_lc_rs::{constant_time, digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::{Role, policy::Resource, token::Tokens};
use crate::{
    error::{Code, Error, Result},
    id::{ServiceAccountId, TenantId},
    tenancy::{Admission, Db, Reach, Subject, TenantRows, Visibility, scope::SignInScope},
    when,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "service_account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceAccountId,
    pub client_id: String,
    pub secret_hash: String,
    pub label: String,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::ServiceAccount;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::OperatorOrOwn;

    fn readable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn writable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.id.0, consortium: None, visibility: Visibility::Private, version: row.version }
    }
}

/// What an integration proves itself with. It is shown once: nothing here writes it down, and it has no way to be printed
/// by accident.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn fresh() -> Result<Self> {
        let mut bytes = [0u8; 32];
        rand::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Self(format!("sv_{}", BASE64.encode(bytes))))
    }

    /// What is kept.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    /// For the one who asked for it, this once.
    pub fn tell(&self) -> String {
        self.0.clone()
    }
}

/// Client credentials (RFC 6749 4.4): the account, when the secret is right and the account is alive.
pub async fn sign_in(db: &Db, tokens: &Tokens, client_id: &str, secret: &str) -> Result<String> {
    let refuse = || Error::new(Code::InvalidClient);
    let client = Uuid::parse_str(client_id).map_err(|_| refuse())?;
    let scope = SignInScope::new(db.clone(), client);
    let account = scope.account().await?;
    // An unknown client takes as long as a wrong secret.
    let expected = account.as_ref().map_or_else(|| hash(""), |a| a.secret_hash.clone());
    let same = constant_time::verify_slices_are_equal(expected.as_bytes(), hash(secret).as_bytes()).is_ok();
    let now = when::now();
    let account =
        account.filter(|a| same && a.revoked_at.is_none() && a.expires_at > now).ok_or_else(refuse)?;
    if !scope.is_active(account.tenant_id).await? {
        return Err(refuse());
    }
    tokens.issue(account.id, &account.client_id, account.tenant_id, account.role, now, super::token::LIFE)
}

fn hash(secret: &str) -> String {
    BASE64.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}
