use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Invitation, Membership, MembershipFilter, SharingInput, service};
use crate::{
    id::{ConsortiumId, MembershipId},
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_memberships)
        .service(invite_member)
        .service(list_my_memberships)
        .service(get_membership)
        .service(accept_invitation)
        .service(decline_invitation)
        .service(leave_consortium)
        .service(change_sharing);
}

/// Members of a consortium and those that it has invited, in the order of invitation.
#[utoipa::path(tag = "registry", operation_id = "memberships", params(("id" = ConsortiumId, Path), MembershipFilter, PageArgs))]
#[get("/consortia/{id}/memberships")]
async fn list_memberships(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<MembershipFilter>,
) -> Result<Found<Page<Membership>>, Problem> {
    Ok(Found(service::list(&scope, *id, listing.0, listing.1).await?))
}

/// Invites a library, also one that declined or left before. For the coordinator's admin, and the operator.
#[utoipa::path(tag = "registry", operation_id = "inviteMember", params(("id" = ConsortiumId, Path)), request_body = Invitation)]
#[post("/consortia/{id}/memberships")]
async fn invite_member(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<Invitation>,
) -> Result<Made<Membership>, Problem> {
    Ok(Made(service::invite(&scope, *id, body.0).await?))
}

/// The caller's own memberships and invitations.
#[utoipa::path(tag = "registry", operation_id = "myMemberships", params(MembershipFilter, PageArgs))]
#[get("/memberships")]
async fn list_my_memberships(
    scope: TenantScope,
    listing: Listing<MembershipFilter>,
) -> Result<Found<Page<Membership>>, Problem> {
    Ok(Found(service::mine(&scope, listing.0, listing.1).await?))
}

/// One membership.
#[utoipa::path(tag = "registry", operation_id = "membership", params(("id" = MembershipId, Path)))]
#[get("/memberships/{id}")]
async fn get_membership(
    scope: TenantScope,
    id: web::Path<MembershipId>,
) -> Result<Found<Membership>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Says yes to an invitation, and how much is shared. For the invited library's admin.
#[utoipa::path(tag = "registry", operation_id = "acceptInvitation", params(("id" = MembershipId, Path), Version), request_body = SharingInput)]
#[post("/memberships/{id}/accept")]
async fn accept_invitation(
    scope: TenantScope,
    id: web::Path<MembershipId>,
    version: Version,
    body: Body<SharingInput>,
) -> Result<Found<Membership>, Problem> {
    Ok(Found(service::accept(&scope, *id, version.0, body.0).await?))
}

/// Says no to an invitation. For the invited library's admin.
#[utoipa::path(tag = "registry", operation_id = "declineInvitation", params(("id" = MembershipId, Path), Version))]
#[post("/memberships/{id}/decline")]
async fn decline_invitation(
    scope: TenantScope,
    id: web::Path<MembershipId>,
    version: Version,
) -> Result<Found<Membership>, Problem> {
    Ok(Found(service::decline(&scope, *id, version.0).await?))
}

/// Leaves a consortium; nothing is shared any more. For the member's admin.
#[utoipa::path(tag = "registry", operation_id = "leaveConsortium", params(("id" = MembershipId, Path), Version))]
#[post("/memberships/{id}/leave")]
async fn leave_consortium(
    scope: TenantScope,
    id: web::Path<MembershipId>,
    version: Version,
) -> Result<Found<Membership>, Problem> {
    Ok(Found(service::leave(&scope, *id, version.0).await?))
}

/// Changes how much is shared. For the member's admin.
#[utoipa::path(tag = "registry", operation_id = "changeSharing", params(("id" = MembershipId, Path), Version), request_body = SharingInput)]
#[patch("/memberships/{id}")]
async fn change_sharing(
    scope: TenantScope,
    id: web::Path<MembershipId>,
    version: Version,
    body: Body<SharingInput>,
) -> Result<Found<Membership>, Problem> {
    Ok(Found(service::change_sharing(&scope, *id, version.0, body.0).await?))
}
