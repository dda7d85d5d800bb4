use async_graphql::{Context, Object, Result, connection::Connection};
use chrono::{DateTime, Utc};

use super::{
    Competence, CompetenceChange, CompetenceFilter, NewCompetence, NewStatement, PastCompetence, Profile,
    ProfileStatement, past,
    paste::{self, Paste, Pasted},
    profile, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{EntryId, TenantId},
};

#[derive(Default)]
pub struct CompetenceQuery;

#[Object]
impl CompetenceQuery {
    /// Competences that the caller may see, its own and others', oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn competences(
        &self,
        ctx: &Context<'_>,
        filter: Option<CompetenceFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Competence>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One competence.
    async fn competence(&self, ctx: &Context<'_>, id: EntryId) -> Result<Competence> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// The states that a competence has had, first one first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn competence_history(
        &self,
        ctx: &Context<'_>,
        id: EntryId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, PastCompetence>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(past::list(scope(ctx)?, id, page).await?, after))
    }

    /// What a library says of itself, and its competences, now or as of a time. Costs as much as a page of
    /// fifty, the usual profile being shorter.
    #[graphql(complexity = "list_cost(Some(50), child_complexity)")]
    async fn profile(
        &self,
        ctx: &Context<'_>,
        tenant_id: TenantId,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Profile> {
        Ok(profile::view(scope(ctx)?, tenant_id, as_of).await?)
    }
}

#[derive(Default)]
pub struct CompetenceMutation;

#[Object]
impl CompetenceMutation {
    /// Enters a competence of the caller's library.
    async fn create_competence(&self, ctx: &Context<'_>, input: NewCompetence) -> Result<Competence> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes a competence of the caller's library.
    async fn change_competence(
        &self,
        ctx: &Context<'_>,
        id: EntryId,
        expected_version: i64,
        input: CompetenceChange,
    ) -> Result<Competence> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Removes a competence of the caller's library; its history stays. Gives the id back.
    async fn remove_competence(
        &self,
        ctx: &Context<'_>,
        id: EntryId,
        expected_version: i64,
    ) -> Result<EntryId> {
        service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }

    /// Sets what the caller's library says of itself. The first one is set from version 0.
    async fn set_profile_statement(
        &self,
        ctx: &Context<'_>,
        expected_version: i64,
        input: NewStatement,
    ) -> Result<ProfileStatement> {
        Ok(profile::state(scope(ctx)?, expected_version, input).await?)
    }

    /// Enters a whole list, one line an entry: split, met with concepts, doubles counted once. Long lists go over
    /// REST, where a body may be larger.
    async fn paste_competences(&self, ctx: &Context<'_>, input: Paste) -> Result<Pasted> {
        Ok(paste::service::paste(scope(ctx)?, input).await?)
    }
}
