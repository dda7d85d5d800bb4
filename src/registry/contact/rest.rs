use actix_web::{delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Contact, ContactChange, ContactFilter, NewContact, service};
use crate::{
    id::ContactId,
    page::{Page, PageArgs},
    rest::{Body, Done, Found, Listing, Made, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_contacts)
        .service(get_contact)
        .service(create_contact)
        .service(change_contact)
        .service(remove_contact);
}

/// Contacts that the caller may see, its own and others', oldest first. A person whose consent has ended is seen by its own
/// library alone, until it is gone within a day.
#[utoipa::path(tag = "registry", operation_id = "contacts", params(ContactFilter, PageArgs))]
#[get("/contacts")]
async fn list_contacts(
    scope: TenantScope,
    listing: Listing<ContactFilter>,
) -> Result<Found<Page<Contact>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One contact.
#[utoipa::path(tag = "registry", operation_id = "contact", params(("id" = ContactId, Path)))]
#[get("/contacts/{id}")]
async fn get_contact(scope: TenantScope, id: web::Path<ContactId>) -> Result<Found<Contact>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Enters a contact of the caller's library: a function, or a person who has agreed to be named.
#[utoipa::path(tag = "registry", operation_id = "createContact", request_body = NewContact)]
#[post("/contacts")]
async fn create_contact(scope: TenantScope, body: Body<NewContact>) -> Result<Made<Contact>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes a contact of the caller's library, or notes that the person agreed anew.
#[utoipa::path(tag = "registry", operation_id = "changeContact", params(("id" = ContactId, Path), Version), request_body = ContactChange)]
#[patch("/contacts/{id}")]
async fn change_contact(
    scope: TenantScope,
    id: web::Path<ContactId>,
    version: Version,
    body: Body<ContactChange>,
) -> Result<Found<Contact>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Removes a contact of the caller's library; of a person it is how consent is withdrawn, and the name is nowhere any more.
#[utoipa::path(tag = "registry", operation_id = "removeContact", params(("id" = ContactId, Path), Version))]
#[delete("/contacts/{id}")]
async fn remove_contact(
    scope: TenantScope,
    id: web::Path<ContactId>,
    version: Version,
) -> Result<Done, Problem> {
    service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}
