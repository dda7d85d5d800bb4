use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Group, GroupChange, GroupFilter, NewGroup, NewGroupMember, service};
use crate::{
    id::{ConsortiumId, GroupId, TenantId},
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_groups)
        .service(create_group)
        .service(get_group)
        .service(change_group)
        .service(add_member)
        .service(remove_member);
}

/// The groups of a consortium, oldest first. For those who have a seat in it.
#[utoipa::path(tag = "registry", operation_id = "groups", params(("id" = ConsortiumId, Path), GroupFilter, PageArgs))]
#[get("/consortia/{id}/groups")]
async fn list_groups(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<GroupFilter>,
) -> Result<Found<Page<Group>>, Problem> {
    Ok(Found(service::list(&scope, *id, listing.0, listing.1).await?))
}

/// Makes a group in a consortium. For the coordinator's editors.
#[utoipa::path(tag = "registry", operation_id = "createGroup", params(("id" = ConsortiumId, Path)), request_body = NewGroup)]
#[post("/consortia/{id}/groups")]
async fn create_group(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewGroup>,
) -> Result<Made<Group>, Problem> {
    Ok(Made(service::create(&scope, *id, body.0).await?))
}

/// One group, with its members.
#[utoipa::path(tag = "registry", operation_id = "group", params(("id" = GroupId, Path)))]
#[get("/groups/{id}")]
async fn get_group(scope: TenantScope, id: web::Path<GroupId>) -> Result<Found<Group>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Changes what a group is and does. For the coordinator's editors.
#[utoipa::path(tag = "registry", operation_id = "changeGroup", params(("id" = GroupId, Path), Version), request_body = GroupChange)]
#[patch("/groups/{id}")]
async fn change_group(
    scope: TenantScope,
    id: web::Path<GroupId>,
    version: Version,
    body: Body<GroupChange>,
) -> Result<Found<Group>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Takes a library of the consortium into a group. For the coordinator's editors.
#[utoipa::path(tag = "registry", operation_id = "addGroupMember", params(("id" = GroupId, Path), Version), request_body = NewGroupMember)]
#[post("/groups/{id}/members")]
async fn add_member(
    scope: TenantScope,
    id: web::Path<GroupId>,
    version: Version,
    body: Body<NewGroupMember>,
) -> Result<Made<Group>, Problem> {
    Ok(Made(service::add_member(&scope, *id, version.0, body.0).await?))
}

/// Takes a library out of a group. For the coordinator's editors.
#[utoipa::path(tag = "registry", operation_id = "removeGroupMember", params(("id" = GroupId, Path), ("tenantId" = TenantId, Path), Version))]
#[delete("/groups/{id}/members/{tenantId}")]
async fn remove_member(
    scope: TenantScope,
    path: web::Path<(GroupId, TenantId)>,
    version: Version,
) -> Result<Found<Group>, Problem> {
    let (id, tenant) = *path;
    Ok(Found(service::remove_member(&scope, id, tenant, version.0).await?))
}
