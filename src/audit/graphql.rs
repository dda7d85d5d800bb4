use async_graphql::{Context, Object, Result, connection::Connection};

use super::{AuditCheckpoint, AuditFilter, AuditRead, AuditReadFilter, AuditRecord, service};
use crate::graphql::{connection, list_cost, page_args, scope};

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done for the caller's library, and what others did to its rows, oldest first. For its admin; the operator is
    /// shown the node's own.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn audit_records(
        &self,
        ctx: &Context<'_>,
        filter: Option<AuditFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, AuditRecord>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::records(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// Who was shown rows of the caller's library, on what ground and for what stated purpose, and who was refused: counted
    /// by library and day, and written down some seconds later. For its admin.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn audit_reads(
        &self,
        ctx: &Context<'_>,
        filter: Option<AuditReadFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, AuditRead>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::reads(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// Where the audit of the caller's library stands, signed by the node, to keep elsewhere. For its admin; the operator is
    /// given the node's own.
    async fn audit_checkpoint(&self, ctx: &Context<'_>) -> Result<AuditCheckpoint> {
        Ok(service::checkpoint(scope(ctx)?).await?)
    }
}
