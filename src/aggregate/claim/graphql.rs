use async_graphql::{Context, Object, Result, connection::Connection};

use super::{NewStrengthClaim, StrengthClaim, service};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ClaimId, ConsortiumId},
};

#[derive(Default)]
pub struct ClaimQuery;

#[Object]
impl ClaimQuery {
    /// What is claimed as common to several members of a consortium, oldest first, each with how many confirm it by what they
    /// share.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn strength_claims(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, StrengthClaim>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, id, page).await?, after))
    }

    /// One claim, with how many members confirm it.
    async fn strength_claim(&self, ctx: &Context<'_>, id: ClaimId) -> Result<StrengthClaim> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct ClaimMutation;

#[Object]
impl ClaimMutation {
    /// Claims a strength as common to several members of a consortium, without naming which.
    async fn claim_strength(
        &self,
        ctx: &Context<'_>,
        id: ConsortiumId,
        input: NewStrengthClaim,
    ) -> Result<StrengthClaim> {
        Ok(service::claim(scope(ctx)?, id, input).await?)
    }

    /// Takes a claim back. For the library that claimed it, and for the coordinator. Gives the id back.
    async fn withdraw_strength_claim(
        &self,
        ctx: &Context<'_>,
        id: ClaimId,
        expected_version: i64,
    ) -> Result<ClaimId> {
        service::withdraw(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }
}
