use actix_web::{delete, get, patch, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Activity, ActivityChange, ActivityFilter, ActivityMove, NewActivity,
    evaluation::{Evaluation, Worth},
    registration::{Places, Registration},
    service,
};
use crate::{
    id::ActivityId,
    page::{Page, PageArgs},
    rest::{Body, Found, FoundIf, Listing, Made, NoFilter, Problem, Version},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_activities)
        .service(get_activity)
        .service(create_activity)
        .service(change_activity)
        .service(move_activity)
        .service(list_registrations)
        .service(register)
        .service(change_registration)
        .service(withdraw_registration)
        .service(list_evaluations)
        .service(evaluate);
}

/// Activities that the caller may see, its own and others', oldest first.
#[utoipa::path(tag = "activities", operation_id = "activities", params(ActivityFilter, PageArgs))]
#[get("/activities")]
async fn list_activities(
    scope: TenantScope,
    listing: Listing<ActivityFilter>,
) -> Result<Found<Page<Activity>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One activity.
#[utoipa::path(tag = "activities", operation_id = "activity", params(("id" = ActivityId, Path)))]
#[get("/activities/{id}")]
async fn get_activity(scope: TenantScope, id: web::Path<ActivityId>) -> Result<Found<Activity>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Plans an activity of the caller's library, which offers it or looks for it.
#[utoipa::path(tag = "activities", operation_id = "createActivity", request_body = NewActivity)]
#[post("/activities")]
async fn create_activity(scope: TenantScope, body: Body<NewActivity>) -> Result<Made<Activity>, Problem> {
    Ok(Made(service::create(&scope, body.0).await?))
}

/// Changes an activity of the caller's library. Who has registered keeps its seat and its price.
#[utoipa::path(tag = "activities", operation_id = "changeActivity", params(("id" = ActivityId, Path), Version), request_body = ActivityChange)]
#[patch("/activities/{id}")]
async fn change_activity(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    version: Version,
    body: Body<ActivityChange>,
) -> Result<Found<Activity>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

/// Brings an activity of the caller's library on: planned, open, closed, held, or cancelled.
#[utoipa::path(tag = "activities", operation_id = "moveActivity", params(("id" = ActivityId, Path), Version), request_body = ActivityMove)]
#[post("/activities/{id}/state")]
async fn move_activity(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    version: Version,
    body: Body<ActivityMove>,
) -> Result<Found<Activity>, Problem> {
    Ok(Found(service::advance(&scope, *id, version.0, body.0).await?))
}

/// Who comes to an activity, first one first, each with its share of the cost.
#[utoipa::path(tag = "activities", operation_id = "activityRegistrations", params(("id" = ActivityId, Path), PageArgs))]
#[get("/activities/{id}/registrations")]
async fn list_registrations(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Registration>>, Problem> {
    Ok(Found(service::registrations(&scope, *id, listing.1).await?))
}

/// Registers so many people of the caller's library for another's activity that is open. All who see the activity see that.
#[utoipa::path(tag = "activities", operation_id = "registerForActivity", params(("id" = ActivityId, Path)), request_body = Places)]
#[post("/activities/{id}/registration")]
async fn register(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    body: Body<Places>,
) -> Result<Found<Activity>, Problem> {
    Ok(Found(service::register(&scope, *id, body.0).await?))
}

/// Changes how many of the caller's library come. The version is the registration's own.
#[utoipa::path(tag = "activities", operation_id = "changeActivityRegistration", params(("id" = ActivityId, Path), Version), request_body = Places)]
#[patch("/activities/{id}/registration")]
async fn change_registration(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    version: Version,
    body: Body<Places>,
) -> Result<Found<Activity>, Problem> {
    Ok(Found(service::change_registration(&scope, *id, version.0, body.0).await?))
}

/// Takes the caller's library's registration back; 204 from what it is not shown any more. The version is the registration's own.
#[utoipa::path(tag = "activities", operation_id = "withdrawActivityRegistration", params(("id" = ActivityId, Path), Version))]
#[delete("/activities/{id}/registration")]
async fn withdraw_registration(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    version: Version,
) -> Result<FoundIf<Activity>, Problem> {
    Ok(FoundIf(service::withdraw(&scope, *id, version.0).await?))
}

/// What an activity was worth: to its host all that was said, to another what its own library said.
#[utoipa::path(tag = "activities", operation_id = "activityEvaluations", params(("id" = ActivityId, Path), PageArgs))]
#[get("/activities/{id}/evaluations")]
async fn list_evaluations(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Evaluation>>, Problem> {
    Ok(Found(service::evaluations(&scope, *id, listing.1).await?))
}

/// Says what an activity was worth to the caller's library, which was registered. Again, the last word counts.
#[utoipa::path(tag = "activities", operation_id = "evaluateActivity", params(("id" = ActivityId, Path)), request_body = Worth)]
#[put("/activities/{id}/evaluation")]
async fn evaluate(
    scope: TenantScope,
    id: web::Path<ActivityId>,
    body: Body<Worth>,
) -> Result<Found<Activity>, Problem> {
    Ok(Found(service::evaluate(&scope, *id, body.0).await?))
}
