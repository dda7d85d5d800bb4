use async_graphql::{Context, Object, Result, connection::Connection};

use super::{
    NewProject, Participant, Project, ProjectChange, ProjectFilter, ProjectInvitation, ProjectMove, service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::ProjectId,
};

#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// Projects that the caller sees, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        filter: Option<ProjectFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Project>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One project, with its participants and the steps that it has taken.
    async fn project(&self, ctx: &Context<'_>, id: ProjectId) -> Result<Project> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// The libraries in a project, oldest invitation first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn participants(
        &self,
        ctx: &Context<'_>,
        project_id: ProjectId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Participant>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::participants(scope(ctx)?, project_id, page).await?, after))
    }
}

#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Makes a project, led by the caller's library. It begins as an idea.
    async fn create_project(&self, ctx: &Context<'_>, input: NewProject) -> Result<Project> {
        Ok(service::create(scope(ctx)?, input).await?)
    }

    /// Changes what a project says of itself, or who sees it. For its lead.
    async fn change_project(
        &self,
        ctx: &Context<'_>,
        id: ProjectId,
        expected_version: i64,
        input: ProjectChange,
    ) -> Result<Project> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Takes a project to its next state, with the reason. For its lead.
    async fn move_project(
        &self,
        ctx: &Context<'_>,
        id: ProjectId,
        expected_version: i64,
        input: ProjectMove,
    ) -> Result<Project> {
        Ok(service::advance(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Invites a library; from now on it sees the project. For the lead.
    async fn invite_participant(
        &self,
        ctx: &Context<'_>,
        project_id: ProjectId,
        input: ProjectInvitation,
    ) -> Result<Participant> {
        Ok(service::invite(scope(ctx)?, project_id, input).await?)
    }

    /// Says yes to the invitation to a project.
    async fn accept_participation(
        &self,
        ctx: &Context<'_>,
        project_id: ProjectId,
        expected_version: i64,
    ) -> Result<Participant> {
        Ok(service::accept(scope(ctx)?, project_id, expected_version).await?)
    }

    /// Says no to the invitation to a project.
    async fn decline_participation(
        &self,
        ctx: &Context<'_>,
        project_id: ProjectId,
        expected_version: i64,
    ) -> Result<Participant> {
        Ok(service::decline(scope(ctx)?, project_id, expected_version).await?)
    }

    /// Takes no part in a project any more.
    async fn leave_project(
        &self,
        ctx: &Context<'_>,
        project_id: ProjectId,
        expected_version: i64,
    ) -> Result<Participant> {
        Ok(service::leave(scope(ctx)?, project_id, expected_version).await?)
    }
}
