//! Reading memberships ([`read`]), inviting, and what only the tenant itself does ([`answer`]).

mod answer;
mod read;

use sea_orm::{ActiveValue::Set, ColumnTrait};

pub use answer::{accept, change_sharing, decline, leave};
pub use read::{active, list, mine, view};

use super::{
    Invitation, Membership, MembershipStatus, SharingCap,
    entity::{ActiveModel, Column, Entity, Model},
};
use crate::{
    error::{Code, Error, Result},
    id::{ConsortiumId, MembershipId, TenantId},
    registry::{consortium, tenant},
    tenancy::{SeatRole, TenantScope, TenantTx},
};

/// Invites a library, also one that declined or left before.
pub async fn invite(scope: &TenantScope, id: ConsortiumId, input: Invitation) -> Result<Membership> {
    let scope_in = scope.clone();
    scope
        .write("inviteMember", (id, input), move |tx, (id, input)| {
            Box::pin(async move {
                let row = consortium::service::led(tx, id).await?;
                consortium::service::must_be_open(&row)?;
                if input.tenant_id == tx.me() {
                    return Err(Error::new(Code::InvalidInput).field("tenantId", "self_invitation"));
                }
                tenant::service::must_know(tx, "tenantId", input.tenant_id).await?;
                let before = of_tenant(tx, id, input.tenant_id).await?;
                let membership = match before {
                    None => add(tx, id, input.tenant_id, input.role).await?,
                    Some(row) => again(tx, row, input.role).await?,
                };
                read::shown(&scope_in, tx, membership.id).await
            })
        })
        .await
}

/// The first invitation of a tenant to a consortium.
pub async fn add(tx: &TenantTx, id: ConsortiumId, tenant: TenantId, role: SeatRole) -> Result<Model> {
    tx.insert(ActiveModel {
        consortium_id: Set(id),
        id: Set(MembershipId::new()),
        tenant_id: Set(tenant),
        role: Set(role),
        status: Set(MembershipStatus::Invited),
        // Nothing until the tenant itself says otherwise.
        cap_competences: Set(SharingCap::None),
        cap_statements: Set(SharingCap::None),
        cap_projects: Set(SharingCap::None),
        cap_priorities: Set(SharingCap::None),
        cap_activities: Set(SharingCap::None),
        invited_by: Set(tx.me()),
        joined_at: Set(None),
        left_at: Set(None),
        competences_open_until: Set(None),
        ..Default::default()
    })
    .await
}

async fn again(tx: &TenantTx, row: Model, role: SeatRole) -> Result<Model> {
    match row.status {
        MembershipStatus::Invited | MembershipStatus::Active => {
            Err(Error::new(Code::InvalidInput).field("tenantId", "already_member"))
        }
        MembershipStatus::Declined | MembershipStatus::Left => {
            let me = tx.me();
            tx.change::<Entity>(row, None, |row| {
                row.status = Set(MembershipStatus::Invited);
                row.role = Set(role);
                row.invited_by = Set(me);
            })
            .await
        }
    }
}

async fn of_tenant(tx: &TenantTx, id: ConsortiumId, tenant: TenantId) -> Result<Option<Model>> {
    tx.find::<Entity>()?.filter(Column::ConsortiumId.eq(id)).filter(Column::TenantId.eq(tenant)).one().await
}
