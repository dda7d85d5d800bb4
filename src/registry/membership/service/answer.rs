//! What the tenant alone does with its membership. A coordinator sees the row, and may not.

use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::read::shown;
use crate::{
    error::{Code, Error, Result},
    id::{ConsortiumId, MembershipId},
    registry::{
        consortium,
        membership::{
            Membership, MembershipStatus, SharingCap, SharingInput,
            entity::{ActiveModel, Column, Entity, Model},
        },
        seat,
    },
    tenancy::{SeatRole, TenantScope, TenantTx, Turn},
    when,
};

/// Says yes to an invitation, and how much is shared.
pub async fn accept(
    scope: &TenantScope,
    id: MembershipId,
    expected: i64,
    sharing: SharingInput,
) -> Result<Membership> {
    let scope_in = scope.clone();
    scope
        .write("acceptInvitation", (id, expected, sharing), move |tx, (id, expected, sharing)| {
            Box::pin(async move {
                let row = mine(tx, id).await?;
                must_go(&row, MembershipStatus::Active)?;
                let joined = tx.get::<consortium::Entity>(row.consortium_id.0).await?;
                consortium::service::must_be_open(&joined)?;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.status = Set(MembershipStatus::Active);
                        row.joined_at = Set(Some(when::now()));
                        row.left_at = Set(None);
                        cap(row, full(sharing));
                    })
                    .await?;
                // After the membership: the database asks for the active one before it lets the seat in.
                tx.insert(seat::ActiveModel {
                    tenant_id: Set(row.tenant_id),
                    consortium_id: Set(row.consortium_id),
                    role: Set(row.role),
                })
                .await?;
                shown(&scope_in, tx, id).await
            })
        })
        .await
}

/// Says no to an invitation.
pub async fn decline(scope: &TenantScope, id: MembershipId, expected: i64) -> Result<Membership> {
    let scope_in = scope.clone();
    scope
        .write("declineInvitation", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = mine(tx, id).await?;
                must_go(&row, MembershipStatus::Declined)?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    row.status = Set(MembershipStatus::Declined);
                })
                .await?;
                shown(&scope_in, tx, id).await
            })
        })
        .await
}

/// Leaves a consortium: from this write on nothing is shared and nothing is seen. As long as it is open and others stay, somebody
/// coordinates it.
pub async fn leave(scope: &TenantScope, id: MembershipId, expected: i64) -> Result<Membership> {
    let scope_in = scope.clone();
    scope
        .write("leaveConsortium", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = mine(tx, id).await?;
                must_go(&row, MembershipStatus::Left)?;
                must_be_led_on(tx, &row).await?;
                let open = row.cap_competences == SharingCap::Full;
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.status = Set(MembershipStatus::Left);
                        row.left_at = Set(Some(when::now()));
                        if open {
                            row.competences_open_until = Set(Some(when::now()));
                        }
                    })
                    .await?;
                give_up_seat(tx, row.consortium_id).await?;
                shown(&scope_in, tx, id).await
            })
        })
        .await
}

/// Changes how much is shared.
pub async fn change_sharing(
    scope: &TenantScope,
    id: MembershipId,
    expected: i64,
    sharing: SharingInput,
) -> Result<Membership> {
    let scope_in = scope.clone();
    scope
        .write("changeSharing", (id, expected, sharing), move |tx, (id, expected, sharing)| {
            Box::pin(async move {
                let row = mine(tx, id).await?;
                if row.status != MembershipStatus::Active {
                    return Err(Error::new(Code::Conflict));
                }
                let closes = row.cap_competences == SharingCap::Full
                    && sharing.competences.is_some_and(|cap| cap != SharingCap::Full);
                tx.change::<Entity>(row, Some(expected), |row| {
                    cap(row, sharing);
                    // What was seen is not unseen: see `aggregate::release`.
                    if closes {
                        row.competences_open_until = Set(Some(when::now()));
                    }
                })
                .await?;
                shown(&scope_in, tx, id).await
            })
        })
        .await
}

/// The caller's own membership: 403 for another member's, 404 for what it may not see.
async fn mine(tx: &TenantTx, id: MembershipId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    if row.tenant_id == tx.me() { Ok(row) } else { Err(Error::new(Code::Forbidden)) }
}

/// Of two coordinators that leave at once the second finds that it is the last.
async fn must_be_led_on(tx: &TenantTx, leaving: &Model) -> Result<()> {
    if leaving.role != SeatRole::Coordinator {
        return Ok(());
    }
    let consortium = leaving.consortium_id;
    tx.lock(&format!("coordinators {consortium}"), Turn::Alone).await?;
    if consortium::service::must_be_open(&tx.get::<consortium::Entity>(consortium.0).await?).is_err() {
        return Ok(());
    }
    let staying = tx
        .find::<Entity>()?
        .filter(Column::ConsortiumId.eq(consortium))
        .filter(Column::Status.eq(MembershipStatus::Active))
        .filter(Column::TenantId.ne(tx.me()))
        .all()
        .await?;
    if staying.is_empty() || staying.iter().any(|row| row.role == SeatRole::Coordinator) {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).field("", "last_coordinator"))
}

async fn give_up_seat(tx: &TenantTx, id: ConsortiumId) -> Result<()> {
    let seat = tx.find::<seat::Entity>()?.filter(seat::Column::ConsortiumId.eq(id)).one().await?;
    match seat {
        Some(seat) => tx.remove::<seat::Entity>(seat, None).await,
        None => Ok(()),
    }
}

fn must_go(row: &Model, to: MembershipStatus) -> Result<()> {
    use MembershipStatus::*;
    let allowed: &[MembershipStatus] = match row.status {
        Invited => &[Active, Declined],
        Active => &[Left],
        Declined | Left => &[Invited],
    };
    if allowed.contains(&to) {
        return Ok(());
    }
    let words: Vec<_> = allowed.iter().map(|status| status.word()).collect();
    Err(Error::new(Code::IllegalTransition)
        .with("from", row.status.word())
        .with("to", to.word())
        .with("allowed", words.join(", ")))
}

fn full(sharing: SharingInput) -> SharingInput {
    let full = |cap: Option<SharingCap>| cap.or(Some(SharingCap::Full));
    SharingInput {
        competences: full(sharing.competences),
        statements: full(sharing.statements),
        projects: full(sharing.projects),
        priorities: full(sharing.priorities),
        activities: full(sharing.activities),
    }
}

fn cap(row: &mut ActiveModel, sharing: SharingInput) {
    for (column, cap) in [
        (&mut row.cap_competences, sharing.competences),
        (&mut row.cap_statements, sharing.statements),
        (&mut row.cap_projects, sharing.projects),
        (&mut row.cap_priorities, sharing.priorities),
        (&mut row.cap_activities, sharing.activities),
    ] {
        if let Some(cap) = cap {
            *column = Set(cap);
        }
    }
}
