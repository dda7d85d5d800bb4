use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    NewProject, Participant, Project, ProjectChange, ProjectFilter, ProjectInvitation, ProjectMove, service,
};
use crate::{
    id::ProjectId,
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_projects)
        .service(get_project)
        .service(create_project)
        .service(change_project)
        .service(move_project)
        .service(list_participants)
        .service(invite_participant)
        .service(accept_participation)
        .service(decline_participation)
        .service(leave_project);
}

/// Projects that the caller sees, oldest first.
#[utoipa::path(tag = "projects", operation_id = "projects", params(ProjectFilter, PageArgs))]
#[get("/projects")]
async fn list_projects(
    scope: TenantScope,
    listing: Listing<ProjectFilter>,
) -> Result<Found<Page<Project>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One project, with its participants and the steps that it has taken.
#[utoipa::path(tag = "projects", operation_id = "project", params(("id" = ProjectId, Path)))]
#[get("/projects/{id}")]
async fn get_project(scope: TenantScope, id: web::Path<ProjectId>) -> Result<Found<Project>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a project, led by the caller's library. It begins as an idea.
#[utoipa::path(tag = "projects", operation_id = "createProject", request_body = NewProject)]
#[post("/projects")]
async fn create_project(scope: TenantScope, body: Body<NewProject>) -> Result<Made<Project>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes what a project says of itself, or who sees it. For its lead.
#[utoipa::path(tag = "projects", operation_id = "changeProject", params(("id" = ProjectId, Path), Version), request_body = ProjectChange)]
#[patch("/projects/{id}")]
async fn change_project(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    version: Version,
    body: Body<ProjectChange>,
) -> Result<Found<Project>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Takes a project to its next state, with the reason. For its lead.
#[utoipa::path(tag = "projects", operation_id = "moveProject", params(("id" = ProjectId, Path), Version), request_body = ProjectMove)]
#[post("/projects/{id}/move")]
async fn move_project(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    version: Version,
    body: Body<ProjectMove>,
) -> Result<Found<Project>, Problem> {
    Ok(Found(service::advance(&scope, *id, version.0, body.0).await?))
}

/// The libraries in a project, oldest invitation first.
#[utoipa::path(tag = "projects", operation_id = "participants", params(("id" = ProjectId, Path), PageArgs))]
#[get("/projects/{id}/participants")]
async fn list_participants(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Participant>>, Problem> {
    Ok(Found(service::participants(&scope, *id, listing.1).await?))
}

/// Invites a library; from now on it sees the project. For the lead.
#[utoipa::path(tag = "projects", operation_id = "inviteParticipant", params(("id" = ProjectId, Path)), request_body = ProjectInvitation)]
#[post("/projects/{id}/participants")]
async fn invite_participant(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    body: Body<ProjectInvitation>,
) -> Result<Made<Participant>, Problem> {
    Ok(Made(service::invite(&scope, *id, body.0).await?))
}

/// Says yes to the invitation to a project.
#[utoipa::path(tag = "projects", operation_id = "acceptParticipation", params(("id" = ProjectId, Path), Version))]
#[post("/projects/{id}/participation/accept")]
async fn accept_participation(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    version: Version,
) -> Result<Found<Participant>, Problem> {
    Ok(Found(service::accept(&scope, *id, version.0).await?))
}

/// Says no to the invitation to a project.
#[utoipa::path(tag = "projects", operation_id = "declineParticipation", params(("id" = ProjectId, Path), Version))]
#[post("/projects/{id}/participation/decline")]
async fn decline_participation(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    version: Version,
) -> Result<Found<Participant>, Problem> {
    Ok(Found(service::decline(&scope, *id, version.0).await?))
}

/// Takes no part in a project any more.
#[utoipa::path(tag = "projects", operation_id = "leaveProject", params(("id" = ProjectId, Path), Version))]
#[post("/projects/{id}/participation/leave")]
async fn leave_project(
    scope: TenantScope,
    id: web::Path<ProjectId>,
    version: Version,
) -> Result<Found<Participant>, Problem> {
    Ok(Found(service::leave(&scope, *id, version.0).await?))
}
