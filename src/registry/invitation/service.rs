use chrono::Duration;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Invitation, IssuedInvitation, NewInvitation};
use crate::{
    auth::{
        Role, Scopes,
        accounts::Secret,
        invitations::{ActiveModel, Entity, Model},
        revoked,
    },
    error::{Code, Error, Result, Violations},
    id::{InvitationId, TenantId},
    page::{Page, PageArgs},
    registry::{tenant, told::Told},
    tenancy::TenantScope,
    when,
};

const DAYS: i64 = 7;
const MOST_DAYS: i64 = 31;

/// Those into the caller's library, or that the operator made, oldest first; used and lapsed ones with them.
pub async fn list(scope: &TenantScope, page: PageArgs) -> Result<Page<Invitation>> {
    let wish = scope.page(&page, "accessInvitations")?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(shape))
}

pub async fn view(scope: &TenantScope, id: InvitationId) -> Result<Invitation> {
    Ok(shape(scope.read().await?.get::<Entity>(id.0).await?))
}

/// Makes an invitation with a secret.
pub async fn create(scope: &TenantScope, input: NewInvitation) -> Result<IssuedInvitation> {
    let tenant = check(scope, &input)?;
    let told = Told::default();
    let tell = told.clone();
    let invitation = scope
        .write("createAccessInvitation", input, move |tx, input| {
            Box::pin(async move {
                if tx.caller().is_operator() {
                    tenant::service::must_know(tx, "tenantId", tenant).await?;
                }
                let secret = Secret::fresh()?;
                let row = tx
                    .insert(ActiveModel {
                        tenant_id: Set(tenant),
                        id: Set(InvitationId::new()),
                        client_id: Set(Uuid::new_v4().to_string()),
                        secret_hash: Set(secret.hash()),
                        role: Set(input.role),
                        invited_by: Set(tx.me()),
                        expires_at: Set(when::now() + Duration::days(input.days.unwrap_or(DAYS))),
                        used_at: Set(None),
                        revoked_at: Set(None),
                        ..Default::default()
                    })
                    .await?;
                tell.keep(secret);
                Ok(shape(row))
            })
        })
        .await?;
    Ok(IssuedInvitation { invitation, client_secret: told.secret() })
}

/// Where it leads to.
fn check(scope: &TenantScope, input: &NewInvitation) -> Result<TenantId> {
    let mut violations = Violations::default();
    violations.between("days", input.days, 1, MOST_DAYS);
    let operator = scope.caller().is_operator();
    // An invitation gives its role whole.
    if scope.caller().scopes() != Scopes::ALL {
        return Err(Error::new(Code::Forbidden));
    }
    if input.role == Role::Operator {
        violations.add("role", "operator_role");
    } else if operator && input.role != Role::Admin {
        violations.add("role", "first_admin");
    }
    let tenant = input.tenant_id.unwrap_or(scope.tenant());
    if operator && tenant == TenantId::NODE {
        violations.add("tenantId", "required");
    }
    violations.done()?;
    Ok(tenant)
}

/// Ends an invitation; a token that was got with it is refused within ten seconds.
pub async fn revoke(scope: &TenantScope, id: InvitationId, expected: i64) -> Result<Invitation> {
    scope
        .write("revokeAccessInvitation", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                if row.revoked_at.is_some() {
                    return Err(Error::new(Code::Conflict));
                }
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| row.revoked_at = Set(Some(when::now())))
                    .await?;
                revoked::revoke(tx, row.tenant_id, row.id.0).await?;
                Ok(shape(row))
            })
        })
        .await
}

fn shape(row: Model) -> Invitation {
    Invitation {
        id: row.id,
        tenant_id: row.tenant_id,
        client_id: row.client_id,
        role: row.role,
        by_operator: row.invited_by == TenantId::NODE,
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
        revoked_at: row.revoked_at,
        version: row.version,
    }
}
