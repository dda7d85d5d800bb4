//! Which libraries are in a group of a consortium.

use std::collections::BTreeSet;

use sea_orm::{Condition, FromQueryResult, sea_query::ExprTrait};

use crate::{
    error::{Code, Error, Result},
    id::{ConsortiumId, GroupId, TenantId},
    registry::{
        group::{self, member},
        membership,
    },
    tenancy::{AggregateTx, of},
};

#[derive(FromQueryResult)]
struct Row {
    group_id: Option<GroupId>,
    tenant_id: Option<TenantId>,
}

/// The group's members that are active in the consortium. A group of another consortium is unknown in this one.
pub async fn members(tx: &AggregateTx, consortium: ConsortiumId, id: GroupId) -> Result<BTreeSet<TenantId>> {
    let of_group = Condition::all()
        .add(of("x", member::Column::GroupId).eq(of("g", group::Column::Id)))
        .add(of("x", member::Column::TenantId).eq(of("m", membership::Column::TenantId)));
    let question = tx
        .members(consortium)
        .shared::<group::Entity>("g", of("g", group::Column::Id).eq(id.0))
        .shared::<member::Entity>("x", of_group)
        .take(of("g", group::Column::Id), "group_id")
        .take(of("x", member::Column::TenantId), "tenant_id");
    let rows = tx.answer::<Row>(question).await?;
    if rows.iter().all(|row| row.group_id.is_none()) {
        return Err(Error::new(Code::InvalidInput).field("groupId", "unknown_group"));
    }
    Ok(rows.into_iter().filter_map(|row| row.tenant_id).collect())
}
