use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Archive, service};
use crate::{
    rest::{Found, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(export);
}

/// All that the caller's library owns on this node, as one signed archive that another node takes in; at most 200,000 rows
/// (the node's operator exports larger ones). For its admin.
#[utoipa::path(tag = "privacy", operation_id = "export")]
#[get("/export")]
async fn export(scope: TenantScope) -> Result<Found<Archive>, Problem> {
    Ok(Found(service::export(&scope, service::MOST).await?))
}
