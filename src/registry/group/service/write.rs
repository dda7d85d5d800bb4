use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::read::load;
use crate::{
    error::{Code, Error, Result, Violations},
    id::{ConsortiumId, GroupId, RowId, TenantId},
    registry::{
        group::{
            Entity, Group, GroupChange, NewGroup, NewGroupMember,
            entity::{ActiveModel, KEEPERS, Model},
            member,
        },
        membership,
    },
    tenancy::{TenantScope, TenantTx},
    text,
};

const MOST_MEMBERS: usize = 100;

/// Makes a group of a consortium, for its coordinator.
pub async fn create(scope: &TenantScope, consortium: ConsortiumId, input: NewGroup) -> Result<Group> {
    let mut violations = Violations::default();
    violations.edtf("starts", input.starts.as_deref());
    violations.edtf("ends", input.ends.as_deref());
    check_members(&input.member_ids, &mut violations);
    violations.done()?;
    let names = text::given("name", &input.name, 200)?;
    let mandate = input.mandate.as_deref().map(|text| text::given("mandate", text, 4_000)).transpose()?;
    let matters = text::given_list("matters", &input.matters, 1_000)?;
    let scope_in = scope.clone();
    scope
        .write("createGroup", (consortium, input), move |tx, (consortium, input)| {
            Box::pin(async move {
                let id = GroupId::new();
                tx.insert(ActiveModel {
                    consortium_id: Set(consortium),
                    id: Set(id),
                    names: Set(names),
                    kind: Set(input.kind),
                    mandate: Set(mandate),
                    matters: Set(matters),
                    starts: Set(input.starts),
                    ends: Set(input.ends),
                    ..Default::default()
                })
                .await?;
                must_be_members(tx, consortium, &input.member_ids, |n| format!("memberIds/{n}")).await?;
                let rows = input.member_ids.into_iter().map(|tenant| row(consortium, id, tenant)).collect();
                tx.insert_many(rows).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Changes what a group is and does.
pub async fn change(scope: &TenantScope, id: GroupId, expected: i64, input: GroupChange) -> Result<Group> {
    let mut violations = Violations::default();
    violations.edtf("starts", input.starts.as_deref());
    violations.edtf("ends", input.ends.as_deref());
    violations.done()?;
    let names = input.name.as_deref().map(|name| text::given("name", name, 200)).transpose()?;
    let mandate = input.mandate.as_deref().map(|text| text::given("mandate", text, 4_000)).transpose()?;
    let matters =
        input.matters.as_deref().map(|list| text::given_list("matters", list, 1_000)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeGroup", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.change::<Entity>(row, Some(expected), |row| {
                    if let Some(names) = names {
                        row.names = Set(names);
                    }
                    if let Some(kind) = input.kind {
                        row.kind = Set(kind);
                    }
                    if let Some(mandate) = mandate {
                        row.mandate = Set(Some(mandate));
                    }
                    if let Some(matters) = matters {
                        row.matters = Set(matters);
                    }
                    if let Some(starts) = input.starts {
                        row.starts = Set(Some(starts));
                    }
                    if let Some(ends) = input.ends {
                        row.ends = Set(Some(ends));
                    }
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Takes a library of the consortium into a group.
pub async fn add_member(
    scope: &TenantScope,
    id: GroupId,
    expected: i64,
    input: NewGroupMember,
) -> Result<Group> {
    let scope_in = scope.clone();
    scope
        .write("addGroupMember", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let group = changed(tx, id, expected).await?;
                let tenants = members(tx, &group).await?;
                if tenants.iter().any(|row| row.tenant_id == input.tenant_id) {
                    return Err(Error::new(Code::InvalidInput).field("tenantId", "already_member"));
                }
                if tenants.len() >= MOST_MEMBERS {
                    let most = MOST_MEMBERS.to_string();
                    return Err(Error::new(Code::InvalidInput).field_with(
                        "tenantId",
                        "too_many",
                        &[("max", &most)],
                    ));
                }
                must_be_members(tx, group.consortium_id, &[input.tenant_id], |_| "tenantId".into()).await?;
                tx.insert(row(group.consortium_id, id, input.tenant_id)).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Takes a library out of a group. One that is not in it is 404.
pub async fn remove_member(
    scope: &TenantScope,
    id: GroupId,
    tenant: TenantId,
    expected: i64,
) -> Result<Group> {
    let scope_in = scope.clone();
    scope
        .write("removeGroupMember", (id, tenant, expected), move |tx, (id, tenant, expected)| {
            Box::pin(async move {
                let group = changed(tx, id, expected).await?;
                let member = members(tx, &group).await?.into_iter().find(|row| row.tenant_id == tenant);
                tx.remove::<member::Entity>(member.ok_or_else(Error::not_found)?, None).await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// The group, whose version rises with every change of its members: they are part of what is served.
async fn changed(tx: &TenantTx, id: GroupId, expected: i64) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    tx.change::<Entity>(row, Some(expected), |_| ()).await
}

async fn members(tx: &TenantTx, group: &Model) -> Result<Vec<member::Model>> {
    tx.find::<member::Entity>()?
        .filter(member::Column::ConsortiumId.eq(group.consortium_id))
        .filter(member::Column::GroupId.eq(group.id))
        .all()
        .await
}

fn row(consortium: ConsortiumId, group: GroupId, tenant: TenantId) -> member::ActiveModel {
    member::ActiveModel {
        consortium_id: Set(consortium),
        id: Set(RowId::new()),
        group_id: Set(group),
        tenant_id: Set(tenant),
    }
}

fn check_members(tenants: &[TenantId], violations: &mut Violations) {
    if tenants.len() > MOST_MEMBERS {
        violations.add_with("memberIds", "too_many", &[("max", &MOST_MEMBERS.to_string())]);
        return;
    }
    for (n, tenant) in tenants.iter().enumerate() {
        if tenants.iter().take(n).any(|before| before == tenant) {
            violations.add(&format!("memberIds/{n}"), "duplicate");
        }
    }
}

async fn must_be_members(
    tx: &TenantTx,
    consortium: ConsortiumId,
    tenants: &[TenantId],
    path: impl Fn(usize) -> String,
) -> Result<()> {
    // Whoever is no coordinator is refused before it is told who is a member.
    tx.seat_as(consortium, KEEPERS).await?;
    let active = membership::service::active(tx, consortium, tenants.iter().copied()).await?;
    let mut violations = Violations::default();
    for (n, tenant) in tenants.iter().enumerate() {
        if !active.contains(tenant) {
            violations.add(&path(n), "not_a_member");
        }
    }
    violations.done()
}
