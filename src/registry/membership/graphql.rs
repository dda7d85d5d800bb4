use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Invitation, Membership, MembershipFilter, SharingInput, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, MembershipId},
};

#[derive(Default)]
pub struct MembershipQuery;

#[Object]
impl MembershipQuery {
    /// Members of a consortium and those that it has invited, in the order of invitation.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        filter: Option<MembershipFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Membership>> {
        let page = page_args(first, after.clone())?;
        let page = service::list(scope(ctx)?, consortium_id, filter.unwrap_or_default(), page).await?;
        Ok(connection(page, after))
    }

    /// The caller's own memberships and invitations.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn my_memberships(
        &self,
        ctx: &Context<'_>,
        filter: Option<MembershipFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Membership>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::mine(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One membership.
    async fn membership(&self, ctx: &Context<'_>, id: MembershipId) -> Result<Membership> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Invites a library, also one that declined or left before. For the coordinator's admin, and the operator.
    async fn invite_member(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: Invitation,
    ) -> Result<Membership> {
        Ok(service::invite(scope(ctx)?, consortium_id, input).await?)
    }

    /// Says yes to an invitation, and how much is shared. For the invited library's admin.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        id: MembershipId,
        expected_version: i64,
        input: Option<SharingInput>,
    ) -> Result<Membership> {
        Ok(service::accept(scope(ctx)?, id, expected_version, input.unwrap_or_default()).await?)
    }

    /// Says no to an invitation. For the invited library's admin.
    async fn decline_invitation(
        &self,
        ctx: &Context<'_>,
        id: MembershipId,
        expected_version: i64,
    ) -> Result<Membership> {
        Ok(service::decline(scope(ctx)?, id, expected_version).await?)
    }

    /// Leaves a consortium; nothing is shared any more. For the member's admin.
    async fn leave_consortium(
        &self,
        ctx: &Context<'_>,
        id: MembershipId,
        expected_version: i64,
    ) -> Result<Membership> {
        Ok(service::leave(scope(ctx)?, id, expected_version).await?)
    }

    /// Changes how much is shared. For the member's admin.
    async fn change_sharing(
        &self,
        ctx: &Context<'_>,
        id: MembershipId,
        expected_version: i64,
        input: SharingInput,
    ) -> Result<Membership> {
        Ok(service::change_sharing(scope(ctx)?, id, expected_version, input).await?)
    }
}
