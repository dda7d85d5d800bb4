use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Invitation, IssuedInvitation, NewInvitation, service};
use crate::{
    id::InvitationId,
    page::{Page, PageArgs},
    rest::{Body, Found, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_invitations)
        .service(get_invitation)
        .service(create_invitation)
        .service(revoke_invitation);
}

/// Invitations into the caller's library, oldest first. For its admin; the operator sees those it made.
#[utoipa::path(tag = "registry", operation_id = "accessInvitations", params(PageArgs))]
#[get("/access-invitations")]
async fn list_invitations(
    scope: TenantScope,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Invitation>>, Problem> {
    Ok(Found(service::list(&scope, listing.1).await?))
}

/// One invitation. For the library's admin, and the operator who made it.
#[utoipa::path(tag = "registry", operation_id = "accessInvitation", params(("id" = InvitationId, Path)))]
#[get("/access-invitations/{id}")]
async fn get_invitation(
    scope: TenantScope,
    id: web::Path<InvitationId>,
) -> Result<Found<Invitation>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Invites somebody into a library, once; the secret is shown this once. For the library's admin, and the operator.
#[utoipa::path(tag = "registry", operation_id = "createAccessInvitation", request_body = NewInvitation)]
#[post("/access-invitations")]
async fn create_invitation(
    scope: TenantScope,
    body: Body<NewInvitation>,
) -> Result<Made<IssuedInvitation>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Ends an invitation, and within ten seconds the token that was got with it. For the library's admin, and the operator
/// who made it.
#[utoipa::path(tag = "registry", operation_id = "revokeAccessInvitation", params(("id" = InvitationId, Path), Version))]
#[post("/access-invitations/{id}/revoke")]
async fn revoke_invitation(
    scope: TenantScope,
    id: web::Path<InvitationId>,
    version: Version,
) -> Result<Found<Invitation>, Problem> {
    Ok(Found(service::revoke(&scope, *id, version.0).await?))
}
