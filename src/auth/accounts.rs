//! Service accounts: how an integration signs in, with a secret or with a key. The secret is random, shown once, and kept as a
//! hash; of the key the node has the public part alone. Making and keeping them is `registry::account`.

use aws_lc_rs::{constant_time, digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use sea_orm::{Condition, entity::prelude::*};

use super::{
    Role, Scopes, assertion, invitations,
    policy::Resource,
    token::{Holder, Tokens},
};
use crate::{
    error::{Code, Error, Result},
    id::{ServiceAccountId, TenantId},
    tenancy::{Admission, Db, Reach, Subject, TenantRows, Visibility, sign_in::SignInScope},
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
    /// It signs in with this,
    pub secret_hash: Option<String>,
    /// or with that.
    pub public_key: Option<String>,
    /// The secret or the key before, good until then.
    pub previous_hash: Option<String>,
    pub previous_key: Option<String>,
    pub previous_until: Option<DateTime<Utc>>,
    pub label: String,
    pub role: Role,
    /// As a token has them. None: all that the role may do.
    pub scopes: Option<String>,
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

/// What a client proves itself with.
pub enum Proof<'p> {
    Secret(&'p str),
    /// A statement that it signed.
    Assertion(&'p str),
}

/// Of RFC 8037: a client that is not known is looked at as long as one that is, and nobody signs in with this.
const NOBODYS: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

/// Client credentials (RFC 6749 4.4): a token for the account, when the proof is good and the account is alive. `wished`
/// narrows what the token carries.
pub async fn sign_in(
    db: &Db,
    tokens: &Tokens,
    client_id: &str,
    proof: Proof<'_>,
    wished: Option<&str>,
) -> Result<(String, Scopes)> {
    let refuse = || Error::new(Code::InvalidClient);
    let client = Uuid::parse_str(client_id).map_err(|_| refuse())?;
    let scope = SignInScope::new(db.clone());
    let account = scope.account(client).await?;
    if let (None, Proof::Secret(secret)) = (&account, &proof) {
        return invitations::sign_in(&scope, tokens, client, secret, wished).await;
    }
    let now = when::now();
    let (right, once) = match proof {
        Proof::Secret(secret) => (is_secret(account.as_ref(), secret, now), None),
        Proof::Assertion(text) => {
            let keys = keys(account.as_ref(), now);
            let once = assertion::verify(text, client_id, tokens.issuer(), &keys, now);
            (once.is_some(), once)
        }
    };
    let account =
        account.filter(|a| right && a.revoked_at.is_none() && a.expires_at > now).ok_or_else(refuse)?;
    if !scope.is_active(account.tenant_id).await? {
        return Err(refuse());
    }
    let kept = account.scopes.as_deref().map_or(Ok(Scopes::ALL), Scopes::parse);
    let scopes = kept.map_err(Error::internal)?.narrowed(wished)?;
    if let Some(once) = once
        && !scope.first_use(account.tenant_id, account.id, once).await?
    {
        return Err(refuse());
    }
    if account.last_used_at.is_none_or(|at| now - at > chrono::Duration::hours(1))
        && let Err(error) = scope.used(client, now).await
    {
        // Who signs in is not kept waiting for that.
        tracing::warn!(cause = ?error.cause, "the use of an account was not noted");
    }
    let holder = Holder {
        subject: account.id.0,
        client_id: &account.client_id,
        tenant: account.tenant_id,
        role: account.role,
        scopes,
    };
    Ok((tokens.sign(&holder, now, super::token::LIFE)?, scopes))
}

/// The scope of an account whose secret stands in the address of a calendar: it may read that, and nothing else.
pub const CALENDAR: &str = "calendar:read";

/// A token for an account of a calendar by its secret; none for any other account: an address is kept where secrets are not.
pub async fn calendar(db: &Db, tokens: &Tokens, client_id: &str, secret: &str) -> Result<Option<String>> {
    let Ok(client) = Uuid::parse_str(client_id) else { return Ok(None) };
    let account = SignInScope::new(db.clone()).account(client).await?;
    if account.is_none_or(|account| account.scopes.as_deref() != Some(CALENDAR)) {
        // As long as with one.
        is_hash_of(None, secret);
        return Ok(None);
    }
    match sign_in(db, tokens, client_id, Proof::Secret(secret), None).await {
        Ok((token, _)) => Ok(Some(token)),
        Err(error) if error.code == Code::InvalidClient => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_secret(account: Option<&Model>, secret: &str, now: DateTime<Utc>) -> bool {
    let Some(account) = account else { return is_hash_of(None, secret) };
    let before = account.previous_until.filter(|until| *until > now).and(account.previous_hash.as_deref());
    // Both are looked at, whichever it is.
    is_hash_of(account.secret_hash.as_deref(), secret) | (before.is_some() && is_hash_of(before, secret))
}

/// Is this the secret of which this hash is kept? Without one it takes as long, and it is not.
pub(super) fn is_hash_of(kept: Option<&str>, secret: &str) -> bool {
    let given = hash(secret);
    let none = hash("");
    let same =
        constant_time::verify_slices_are_equal(kept.unwrap_or(&none).as_bytes(), given.as_bytes()).is_ok();
    same && kept.is_some()
}

/// The public keys that are good, or one that is nobody's.
fn keys(account: Option<&Model>, now: DateTime<Utc>) -> Vec<&str> {
    let Some(account) = account else { return vec![NOBODYS] };
    let before = account.previous_until.filter(|until| *until > now).and(account.previous_key.as_deref());
    account.public_key.as_deref().into_iter().chain(before).collect()
}

fn hash(secret: &str) -> String {
    BASE64.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}
