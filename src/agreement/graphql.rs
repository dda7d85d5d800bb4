use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    Agreement, AgreementChange, AgreementFilter, AgreementReason, AgreementSigning, NewAgreement, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::AgreementId,
};

#[derive(Default)]
pub struct AgreementQuery;

#[Object]
impl AgreementQuery {
    /// Agreements that the caller may see, its own and others', oldest first, each with its parties and signatures.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        filter: Option<AgreementFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Agreement>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One agreement, with its parties and signatures.
    async fn agreement(&self, ctx: &Context<'_>, id: AgreementId) -> Result<Agreement> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct AgreementMutation;

#[Object]
impl AgreementMutation {
    /// Writes an agreement: a draft, which nobody else sees.
    async fn create_agreement(&self, ctx: &Context<'_>, input: NewAgreement) -> Result<Agreement> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes an agreement of the caller's library. Another text of one that was in force, or the same for more to see, is proposed:
    /// all sign again, and until then it is not in force.
    async fn change_agreement(
        &self,
        ctx: &Context<'_>,
        id: AgreementId,
        expected_version: i64,
        input: AgreementChange,
    ) -> Result<Agreement> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes a draft of the caller's library. Gives the id back.
    async fn remove_agreement(
        &self,
        ctx: &Context<'_>,
        id: AgreementId,
        expected_version: i64,
    ) -> Result<AgreementId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }

    /// Puts an agreement of the caller's library before its parties, to be signed. They see it from then on.
    async fn propose_agreement(
        &self,
        ctx: &Context<'_>,
        id: AgreementId,
        expected_version: i64,
    ) -> Result<Agreement> {
        Ok(service::propose(scope(ctx)?, id, expected_version).await?)
    }

    /// Signs a proposed agreement for the caller's library, which is a party. Says which text by its digest and version, and is refused
    /// when that is another by now. When all libraries have signed it is in force. Signing the same text again changes nothing.
    async fn sign_agreement(
        &self,
        ctx: &Context<'_>,
        id: AgreementId,
        input: AgreementSigning,
    ) -> Result<Agreement> {
        Ok(service::sign(scope(ctx)?, id, input).await?)
    }

    /// Declines a proposed agreement for the caller's library, which is a party. Its writer may change it and propose it again.
    async fn decline_agreement(
        &self,
        ctx: &Context<'_>,
        id: AgreementId,
        expected_version: i64,
        input: AgreementReason,
    ) -> Result<Agreement> {
        Ok(service::decline(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Says that an agreement in force is no more, for the caller's library, which is a party; for good.
    async fn terminate_agreement(
        &self,
        ctx: &Context<'_>,
        id: AgreementId,
        expected_version: i64,
        input: AgreementReason,
    ) -> Result<Agreement> {
        Ok(service::terminate(scope(ctx)?, id, expected_version, input).await?)
    }
}
