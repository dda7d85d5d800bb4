use async_graphql::{Context, Object, Result, connection::Connection};

use super::{Invitation, IssuedInvitation, NewInvitation, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::InvitationId,
};

#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// Invitations into the caller's library, oldest first. For its admin; the operator sees those it made.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn access_invitations(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Invitation>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, page).await?, after))
    }

    /// One invitation. For the library's admin, and the operator who made it.
    async fn access_invitation(&self, ctx: &Context<'_>, id: InvitationId) -> Result<Invitation> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites somebody into a library, once; the secret is shown this once. For the library's admin, and the operator.
    async fn create_access_invitation(
        &self,
        ctx: &Context<'_>,
        input: NewInvitation,
    ) -> Result<IssuedInvitation> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Ends an invitation, and within ten seconds the token that was got with it. For the library's admin, and the
    /// operator who made it.
    async fn revoke_access_invitation(
        &self,
        ctx: &Context<'_>,
        id: InvitationId,
        expected_version: i64,
    ) -> Result<Invitation> {
        Ok(service::revoke(scope(ctx)?, id, expected_version).await?)
    }
}
