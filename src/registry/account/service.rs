use chrono::Duration;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{IssuedServiceAccount, NewServiceAccount, SecretRotation, ServiceAccount};
use crate::{
    auth::{
        Role, Scopes,
        accounts::{ActiveModel, CALENDAR, Entity, Model, Secret},
        public_key, revoked,
        scopes::WORDS,
    },
    error::{Code, Error, Result, Violations},
    id::{ServiceAccountId, TenantId},
    page::{Page, PageArgs},
    registry::{tenant, told::Told},
    tenancy::TenantScope,
    when,
};

const DAYS: i64 = 365;
const MOST_DAYS: i64 = 730;
const MOST_OVERLAP: i64 = 168;

/// The caller's library's accounts, oldest first, with those that are revoked or expired.
pub async fn list(scope: &TenantScope, page: PageArgs) -> Result<Page<ServiceAccount>> {
    let wish = scope.page(&page, "serviceAccounts")?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(shape))
}

pub async fn view(scope: &TenantScope, id: ServiceAccountId) -> Result<ServiceAccount> {
    Ok(shape(scope.read().await?.get::<Entity>(id.0).await?))
}

/// What an account signs in with from now on.
enum Means {
    Secret(Secret),
    Key(String),
}

impl Means {
    fn new(public_key: Option<String>) -> Result<Self> {
        Ok(match public_key {
            Some(key) => Self::Key(key),
            None => Self::Secret(Secret::fresh()?),
        })
    }

    /// A key is no secret to whoever brought it.
    fn tell(self, told: &Told) {
        if let Self::Secret(secret) = self {
            told.keep(secret);
        }
    }

    /// What is kept: a secret's hash, or a key.
    fn kept(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::Secret(secret) => (Some(secret.hash()), None),
            Self::Key(key) => (None, Some(key.clone())),
        }
    }
}

/// The key that a text holds, or what is wrong with it.
fn key(text: Option<&String>, violations: &mut Violations) -> Option<String> {
    match public_key::read(text?) {
        Ok(key) => Some(key),
        Err(fault) => {
            violations.add("publicKey", fault);
            None
        }
    }
}

/// Makes an account with a secret or a key.
pub async fn create(scope: &TenantScope, input: NewServiceAccount) -> Result<IssuedServiceAccount> {
    let (tenant, key) = check(scope, &input)?;
    let told = Told::default();
    let tell = told.clone();
    let account = scope
        .write("createServiceAccount", input, move |tx, input| {
            Box::pin(async move {
                if tx.caller().is_operator() && tenant != TenantId::NODE {
                    tenant::service::must_know(tx, "tenantId", tenant).await?;
                }
                let means = Means::new(key)?;
                let (secret_hash, public_key) = means.kept();
                let row = tx
                    .insert(ActiveModel {
                        tenant_id: Set(tenant),
                        id: Set(ServiceAccountId::new()),
                        client_id: Set(Uuid::new_v4().to_string()),
                        secret_hash: Set(secret_hash),
                        public_key: Set(public_key),
                        label: Set(input.label),
                        role: Set(input.role),
                        previous_hash: Set(None),
                        previous_key: Set(None),
                        previous_until: Set(None),
                        scopes: Set(input.scopes.map(|words| words.join(" "))),
                        expires_at: Set(when::now() + Duration::days(input.days.unwrap_or(DAYS))),
                        revoked_at: Set(None),
                        last_used_at: Set(None),
                        ..Default::default()
                    })
                    .await?;
                means.tell(&tell);
                Ok(shape(row))
            })
        })
        .await?;
    Ok(issued(scope, account, told.secret()))
}

/// Whose account it will be, and its key. An operator is the node's, and everybody else a library's.
fn check(scope: &TenantScope, input: &NewServiceAccount) -> Result<(TenantId, Option<String>)> {
    let mut violations = Violations::default();
    violations.text("label", &input.label, 100);
    violations.between("days", input.days, 1, MOST_DAYS);
    let key = key(input.public_key.as_ref(), &mut violations);
    if input.scopes.as_ref().is_some_and(Vec::is_empty) {
        violations.add("scopes", "empty_list");
    }
    for (n, word) in input.scopes.iter().flatten().enumerate() {
        if !WORDS.contains(&word.as_str()) {
            violations.add_with(&format!("scopes/{n}"), "unknown_scope", &[("allowed", &WORDS.join(", "))]);
        } else if input.scopes.iter().flatten().take(n).any(|before| before == word) {
            violations.add(&format!("scopes/{n}"), "duplicate");
        }
    }
    let given = match &input.scopes {
        None => Scopes::ALL,
        Some(words) => Scopes::parse(&words.join(" ")).unwrap_or(Scopes::ALL),
    };
    if violations.is_empty() && !scope.caller().scopes().covers(given) {
        return Err(Error::new(Code::Forbidden));
    }
    let tenant = match (input.tenant_id, input.role) {
        (None, Role::Operator) if scope.caller().is_operator() => TenantId::NODE,
        (given, Role::Operator) => {
            violations.add("role", "operator_role");
            given.unwrap_or(scope.tenant())
        }
        (given, _) if scope.caller().is_operator() => {
            let tenant = given.unwrap_or(TenantId::NODE);
            if tenant == TenantId::NODE {
                violations.add("tenantId", "required");
            }
            tenant
        }
        // Another's is refused at the door.
        (given, _) => given.unwrap_or(scope.tenant()),
    };
    violations.done()?;
    Ok((tenant, key))
}

/// Ends an account for good.
pub async fn revoke(scope: &TenantScope, id: ServiceAccountId, expected: i64) -> Result<ServiceAccount> {
    scope
        .write("revokeServiceAccount", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                must_not_be_revoked(&row)?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| row.revoked_at = Set(Some(when::now())))
                    .await?;
                revoked::revoke(tx, row.tenant_id, row.id.0).await?;
                Ok(shape(row))
            })
        })
        .await
}

/// Gives an account a new secret, or takes its new key; the old one is good for the overlap that is asked for, and no longer.
pub async fn rotate(
    scope: &TenantScope,
    id: ServiceAccountId,
    expected: i64,
    input: SecretRotation,
) -> Result<IssuedServiceAccount> {
    let mut violations = Violations::default();
    violations.between("days", input.days, 1, MOST_DAYS);
    violations.between("overlapHours", input.overlap_hours, 0, MOST_OVERLAP);
    let key = key(input.public_key.as_ref(), &mut violations);
    violations.done()?;
    let told = Told::default();
    let tell = told.clone();
    let account = scope
        .write("rotateServiceAccountSecret", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                must_not_be_revoked(&row)?;
                let held = row.scopes.as_deref().map_or(Ok(Scopes::ALL), Scopes::parse);
                if !tx.caller().scopes().covers(held.map_err(Error::internal)?) {
                    return Err(Error::new(Code::Forbidden));
                }
                let means = Means::new(key)?;
                let (secret_hash, public_key) = means.kept();
                let before = (row.secret_hash.clone(), row.public_key.clone());
                let overlap = input.overlap_hours.filter(|hours| *hours > 0);
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        (row.secret_hash, row.public_key) = (Set(secret_hash), Set(public_key));
                        let (secret, key) = overlap.map_or((None, None), |_| before);
                        (row.previous_hash, row.previous_key) = (Set(secret), Set(key));
                        row.previous_until = Set(overlap.map(|hours| when::now() + Duration::hours(hours)));
                        if let Some(days) = input.days {
                            row.expires_at = Set(when::now() + Duration::days(days));
                        }
                    })
                    .await?;
                means.tell(&tell);
                Ok(shape(row))
            })
        })
        .await?;
    Ok(issued(scope, account, told.secret()))
}

fn issued(
    scope: &TenantScope,
    account: ServiceAccount,
    client_secret: Option<String>,
) -> IssuedServiceAccount {
    let reads_a_calendar = account.scopes.as_deref().is_some_and(|scopes| scopes == [CALENDAR]);
    let calendar_url = client_secret.as_deref().filter(|_| reads_a_calendar).map(|secret| {
        format!("{}/calendar/{}/{secret}.ics", scope.node().trim_end_matches('/'), account.client_id)
    });
    IssuedServiceAccount { account, client_secret, calendar_url }
}

fn must_not_be_revoked(row: &Model) -> Result<()> {
    if row.revoked_at.is_some() { Err(Error::new(Code::Conflict)) } else { Ok(()) }
}

fn shape(row: Model) -> ServiceAccount {
    ServiceAccount {
        id: row.id,
        tenant_id: row.tenant_id,
        client_id: row.client_id,
        label: row.label,
        role: row.role,
        scopes: row.scopes.map(|list| list.split(' ').map(str::to_owned).collect()),
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        last_used_at: row.last_used_at,
        public_key_id: row.public_key.as_deref().map(public_key::thumbprint),
        previous_secret_until: row.previous_until,
        version: row.version,
    }
}
