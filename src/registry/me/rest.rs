use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Me, service};
use crate::{
    rest::{Found, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_me);
}

/// Who is calling: for which library, in which role, with a seat in which consortia.
#[utoipa::path(tag = "registry", operation_id = "me")]
#[get("/me")]
async fn get_me(scope: TenantScope) -> Result<Found<Me>, Problem> {
    Ok(Found(service::me(&scope).await?))
}
