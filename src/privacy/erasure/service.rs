use chrono::Duration;
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{
    Erasure, ErasureKind, ErasureState,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::{
    auth::{oidc::principal, revoked},
    error::{Code, Error, Result},
    id::{ErasureId, PrincipalId, TenantId},
    page::{Page, PageArgs},
    registry::tenant::{self, TenantStatus},
    tenancy::{TenantScope, TenantTx, Turn},
    when,
};

/// By when no token of somebody who is forgotten is taken any more.
const REFUSED: std::time::Duration = std::time::Duration::from_secs(15);
/// Days between the second word and the deed.
const DAYS: i64 = 7;

/// Those of the caller's library, oldest first; for the operator those of whole libraries.
pub async fn list(scope: &TenantScope, page: PageArgs) -> Result<Page<Erasure>> {
    let wish = scope.page(&page, "erasures")?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(shape))
}

pub async fn view(scope: &TenantScope, id: ErasureId) -> Result<Erasure> {
    Ok(shape(scope.read().await?.get::<Entity>(id.0).await?))
}

/// Asks for a library to be removed with all that is its own. Somebody else has to confirm it.
pub async fn request(scope: &TenantScope, library: TenantId) -> Result<Erasure> {
    scope
        .write("requestErasure", library, |tx, library| {
            Box::pin(async move {
                let status = tenant::service::status(tx, library).await?;
                if !tx.caller().is_operator() && library != tx.me() {
                    return Err(Error::new(Code::Forbidden));
                }
                tx.lock(&format!("erasure {library}"), Turn::Alone).await?;
                let open = tx
                    .find::<Entity>()?
                    .filter(Column::TenantId.eq(library))
                    .filter(Column::Kind.eq(ErasureKind::Tenant))
                    .filter(Column::CancelledAt.is_null())
                    .one()
                    .await?;
                if open.is_some() || status == TenantStatus::Removed {
                    return Err(Error::new(Code::Conflict));
                }
                let row = new(tx, library, ErasureKind::Tenant, library.0);
                Ok(shape(tx.insert(row).await?))
            })
        })
        .await
}

/// The second word on a library's removal: not of who said the first, and one of the two is the library's own.
pub async fn confirm(scope: &TenantScope, id: ErasureId, expected: i64) -> Result<Erasure> {
    scope
        .write("confirmErasure", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if state(&row) != ErasureState::Requested {
                    return Err(Error::new(Code::Conflict));
                }
                if row.requested_by == tx.caller().principal() {
                    return Err(Error::new(Code::SecondPersonNeeded));
                }
                let library = row.tenant_id;
                let orphaned = tenant::service::status(tx, library).await? == TenantStatus::Suspended;
                if row.by_operator && tx.caller().is_operator() && !orphaned {
                    return Err(Error::new(Code::SecondPersonNeeded));
                }
                let who = tx.caller().principal().to_owned();
                let now = when::now();
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.confirmed_by = Set(Some(who));
                        row.confirmed_at = Set(Some(now));
                        row.due_at = Set(Some(now + Duration::days(DAYS)));
                    })
                    .await?;
                Ok(shape(row))
            })
        })
        .await
}

/// Calls a library's removal off, while it is not done.
pub async fn cancel(scope: &TenantScope, id: ErasureId, expected: i64) -> Result<Erasure> {
    scope
        .write("cancelErasure", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if !matches!(state(&row), ErasureState::Requested | ErasureState::Confirmed) {
                    return Err(Error::new(Code::Conflict));
                }
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| row.cancelled_at = Set(Some(when::now())))
                    .await?;
                Ok(shape(row))
            })
        })
        .await
}

/// Forgets somebody who signed in, at once: what it did stays done, and nothing says by whom. That it is to be forgotten is
/// kept, by its number, for a backup that is brought back; who comes again gets the same number, which is made from what
/// its provider says.
pub async fn principal(scope: &TenantScope, id: PrincipalId, expected: i64) -> Result<Erasure> {
    let erasure: Erasure = scope
        .write("erasePrincipal", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<principal::Entity>(id.0).await?;
                if row.version != expected {
                    return Err(Error::new(Code::StaleVersion).with("current", row.version));
                }
                // Forgotten it would be let in again.
                if row.blocked_at.is_some() {
                    return Err(Error::new(Code::Conflict));
                }
                revoked::revoke(tx, row.tenant_id, row.id.0).await?;
                let mut erasure = new(tx, row.tenant_id, ErasureKind::Principal, row.id.0);
                erasure.due_at = Set(Some(when::now()));
                Ok(shape(tx.insert(erasure).await?))
            })
        })
        .await?;
    scope.erase().await?;
    // Tokens are refused within ten seconds: what one of them did until then goes too.
    let later = scope.clone();
    tokio::spawn(async move {
        tokio::time::sleep(REFUSED).await;
        if let Err(error) = later.erase().await {
            tracing::error!(cause = ?error.cause, "somebody is to be looked for once more");
        }
    });
    view(scope, erasure.id).await
}

fn new(tx: &TenantTx, library: TenantId, kind: ErasureKind, subject: uuid::Uuid) -> ActiveModel {
    ActiveModel {
        tenant_id: Set(library),
        id: Set(ErasureId::new()),
        kind: Set(kind),
        subject: Set(subject),
        named: Set(subject.to_string()),
        requested_by: Set(tx.caller().principal().to_owned()),
        by_operator: Set(tx.caller().is_operator()),
        confirmed_by: Set(None),
        confirmed_at: Set(None),
        due_at: Set(None),
        cancelled_at: Set(None),
        done_at: Set(None),
        ..Default::default()
    }
}

fn state(row: &Model) -> ErasureState {
    match row {
        _ if row.done_at.is_some() => ErasureState::Done,
        _ if row.cancelled_at.is_some() => ErasureState::Cancelled,
        _ if row.due_at.is_some() => ErasureState::Confirmed,
        _ => ErasureState::Requested,
    }
}

fn shape(row: Model) -> Erasure {
    Erasure {
        id: row.id,
        tenant_id: row.tenant_id,
        kind: row.kind,
        state: state(&row),
        by_operator: row.by_operator,
        requested_at: row.created_at,
        confirmed_at: row.confirmed_at,
        due_at: row.due_at,
        cancelled_at: row.cancelled_at,
        done_at: row.done_at,
        version: row.version,
    }
}
