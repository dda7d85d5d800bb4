use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;

use super::Principal;
use crate::{
    auth::{
        oidc::principal::{Entity, Model},
        revoked,
    },
    error::Result,
    id::PrincipalId,
    page::{Page, PageArgs},
    tenancy::TenantScope,
    when,
};

/// Those who have signed in for the caller's library, in the order of their ids.
pub async fn list(scope: &TenantScope, page: PageArgs) -> Result<Page<Principal>> {
    let wish = scope.page(&page, "principals")?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(shape))
}

pub async fn view(scope: &TenantScope, id: PrincipalId) -> Result<Principal> {
    Ok(shape(scope.read().await?.get::<Entity>(id.0).await?))
}

/// Lets one in no more; its tokens are refused within ten seconds.
pub async fn block(scope: &TenantScope, id: PrincipalId, expected: i64) -> Result<Principal> {
    set(scope, "blockPrincipal", id, expected, Some(when::now())).await
}

/// Lets one in again.
pub async fn unblock(scope: &TenantScope, id: PrincipalId, expected: i64) -> Result<Principal> {
    set(scope, "unblockPrincipal", id, expected, None).await
}

async fn set(
    scope: &TenantScope,
    operation: &'static str,
    id: PrincipalId,
    expected: i64,
    blocked: Option<DateTime<Utc>>,
) -> Result<Principal> {
    scope
        .write(operation, (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                let row =
                    tx.change::<Entity>(row, Some(expected), |row| row.blocked_at = Set(blocked)).await?;
                if blocked.is_some() {
                    revoked::revoke(tx, row.tenant_id, row.id.0).await?;
                }
                Ok(shape(row))
            })
        })
        .await
}

fn shape(row: Model) -> Principal {
    Principal {
        id: row.id,
        issuer: row.issuer,
        role: row.role,
        first_seen_at: row.created_at,
        last_seen_at: row.last_seen_at,
        blocked_at: row.blocked_at,
        version: row.version,
    }
}
