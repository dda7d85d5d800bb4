use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    NewOrganisation, Organisation, OrganisationChange, OrganisationFilter, OrganisationMerge, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, OrganisationId},
};

#[derive(Default)]
pub struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// The organisations that a consortium works with, oldest first. For those who have a seat in it.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        filter: Option<OrganisationFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Organisation>> {
        let page = page_args(first, after.clone())?;
        let page = service::list(scope(ctx)?, consortium_id, filter.unwrap_or_default(), page).await?;
        Ok(connection(page, after))
    }

    /// One organisation; where it was merged, with what stands for it today.
    async fn organisation(&self, ctx: &Context<'_>, id: OrganisationId) -> Result<Organisation> {
        Ok(service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct OrganisationMutation;

#[Object]
impl OrganisationMutation {
    /// Writes down an organisation that a consortium works with. For its coordinator's and members' contributors.
    async fn create_organisation(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: NewOrganisation,
    ) -> Result<Organisation> {
        Ok(service::create(scope(ctx)?, consortium_id, input).await?)
    }

    /// Changes what is known of an organisation. For the coordinator's and members' contributors.
    async fn change_organisation(
        &self,
        ctx: &Context<'_>,
        id: OrganisationId,
        expected_version: i64,
        input: OrganisationChange,
    ) -> Result<Organisation> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Merges an organisation into the one that it turned out to be; it stays, and says where it went. For the
    /// coordinator's and members' contributors.
    async fn merge_organisation(
        &self,
        ctx: &Context<'_>,
        id: OrganisationId,
        expected_version: i64,
        input: OrganisationMerge,
    ) -> Result<Organisation> {
        Ok(service::merge(scope(ctx)?, id, expected_version, input).await?)
    }
}
