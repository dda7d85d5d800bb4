use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{AuditCheckpoint, AuditFilter, AuditRead, AuditReadFilter, AuditRecord, service};
use crate::{
    page::{Page, PageArgs},
    rest::{Found, Listing, Problem},
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_records).service(list_reads).service(get_checkpoint);
}

/// What was done for the caller's library, and what others did to its rows, oldest first. For its admin; the operator is
/// shown the node's own.
#[utoipa::path(tag = "audit", operation_id = "auditRecords", params(AuditFilter, PageArgs))]
#[get("/audit/records")]
async fn list_records(
    scope: TenantScope,
    listing: Listing<AuditFilter>,
) -> Result<Found<Page<AuditRecord>>, Problem> {
    Ok(Found(service::records(&scope, listing.0, listing.1).await?))
}

/// Who was shown rows of the caller's library, on what ground and for what stated purpose, and who was refused: counted by
/// library and day, and written down some seconds later. For its admin.
#[utoipa::path(tag = "audit", operation_id = "auditReads", params(AuditReadFilter, PageArgs))]
#[get("/audit/reads")]
async fn list_reads(
    scope: TenantScope,
    listing: Listing<AuditReadFilter>,
) -> Result<Found<Page<AuditRead>>, Problem> {
    Ok(Found(service::reads(&scope, listing.0, listing.1).await?))
}

/// Where the audit of the caller's library stands, signed by the node, to keep elsewhere. For its admin; the operator is given
/// the node's own.
#[utoipa::path(tag = "audit", operation_id = "auditCheckpoint")]
#[get("/audit/checkpoint")]
async fn get_checkpoint(scope: TenantScope) -> Result<Found<AuditCheckpoint>, Problem> {
    Ok(Found(service::checkpoint(&scope).await?))
}
