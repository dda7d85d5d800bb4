use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Group, GroupChange, GroupFilter, NewGroup, NewGroupMember, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, GroupId, TenantId},
};

#[derive(Default)]
pub struct GroupQuery;

#[Object]
impl GroupQuery {
    /// The groups of a consortium, oldest first. For those who have a seat in it.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn groups(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        filter: Option<GroupFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Group>> {
        let page = page_args(first, after.clone())?;
        let page = service::list(scope(ctx)?, consortium_id, filter.unwrap_or_default(), page).await?;
        Ok(connection(page, after))
    }

    /// One group, with its members.
    async fn group(&self, ctx: &Context<'_>, id: GroupId) -> Result<Group> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct GroupMutation;

#[Object]
impl GroupMutation {
    /// Makes a group in a consortium. For the coordinator's editors.
    async fn create_group(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: NewGroup,
    ) -> Result<Group> {
        Ok(service::create(scope(ctx)?, consortium_id, input).await?)
    }

    /// Changes what a group is and does. For the coordinator's editors.
    async fn change_group(
        &self,
        ctx: &Context<'_>,
        id: GroupId,
        expected_version: i64,
        input: GroupChange,
    ) -> Result<Group> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Takes a library of the consortium into a group. For the coordinator's editors.
    async fn add_group_member(
        &self,
        ctx: &Context<'_>,
        group_id: GroupId,
        expected_version: i64,
        input: NewGroupMember,
    ) -> Result<Group> {
        Ok(service::add_member(scope(ctx)?, group_id, expected_version, input).await?)
    }

    /// Takes a library out of a group. For the coordinator's editors.
    async fn remove_group_member(
        &self,
        ctx: &Context<'_>,
        group_id: GroupId,
        tenant_id: TenantId,
        expected_version: i64,
    ) -> Result<Group> {
        Ok(service::remove_member(scope(ctx)?, group_id, tenant_id, expected_version).await?)
    }
}
