//! Service accounts: how an integration signs in. The secret is random, shown once, and kept as a hash.

use aws_lc_rs::{constant_time, digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue::Set, Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Role, policy::Resource, token::Tokens};
use crate::{
    error::{Code, Error, Result, Violations},
    id::{ServiceAccountId, TenantId},
    tenancy::{
        Admission, Db, Reach, Subject, TenantRows, TenantScope, TenantTx, Visibility, scope::SignInScope,
    },
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

/// What an integration needs to sign in. The secret is shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    pub account_id: ServiceAccountId,
    pub client_id: String,
    pub client_secret: String,
    pub expires_at: DateTime<Utc>,
}

/// Makes an account for a tenant, with a secret that lives `days`.
pub async fn create(
    scope: &TenantScope,
    tenant: TenantId,
    role: Role,
    label: &str,
    days: i64,
) -> Result<Credentials> {
    let mut violations = Violations::default();
    violations.text("label", label, 100);
    violations.between("days", Some(days), 1, 730);
    violations.done()?;
    let label = label.to_owned();
    scope
        .write("createServiceAccount", (tenant, role, label, days), |tx, (tenant, role, label, days)| {
            Box::pin(async move { insert(tx, tenant, role, label, days).await })
        })
        .await
}

async fn insert(
    tx: &TenantTx,
    tenant: TenantId,
    role: Role,
    label: String,
    days: i64,
) -> Result<Credentials> {
    let mut bytes = [0u8; 32];
    rand::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    let secret = format!("sv_{}", BASE64.encode(bytes));
    let client_id = Uuid::new_v4();
    let row = tx
        .insert(ActiveModel {
            tenant_id: Set(tenant),
            id: Set(ServiceAccountId::new()),
            client_id: Set(client_id.to_string()),
            secret_hash: Set(hash(&secret)),
            label: Set(label),
            role: Set(role),
            expires_at: Set(when::now() + Duration::days(days)),
            revoked_at: Set(None),
            last_used_at: Set(None),
            ..Default::default()
        })
        .await?;
    Ok(Credentials {
        account_id: row.id,
        client_id: row.client_id,
        client_secret: secret,
        expires_at: row.expires_at,
    })
}

/// Client credentials (RFC 6749 4.4): the account, when the secret is right and the account is alive.
pub async fn sign_in(db: &Db, tokens: &Tokens, client_id: &str, secret: &str) -> Result<String> {
    let refuse = || Error::new(Code::InvalidClient);
    let client = Uuid::parse_str(client_id).map_err(|_| refuse())?;
    let account = SignInScope::new(db.clone(), client).account().await?;
    // An unknown client takes as long as a wrong secret.
    let expected = account.as_ref().map_or_else(|| hash(""), |a| a.secret_hash.clone());
    let same = constant_time::verify_slices_are_equal(expected.as_bytes(), hash(secret).as_bytes()).is_ok();
    let now = when::now();
    let account =
        account.filter(|a| same && a.revoked_at.is_none() && a.expires_at > now).ok_or_else(refuse)?;
    tokens.issue(account.id, &account.client_id, account.tenant_id, account.role, now, super::token::LIFE)
}

fn hash(secret: &str) -> String {
    BASE64.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}
