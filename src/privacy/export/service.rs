use super::{Archive, archive};
use crate::{error::Result, tenancy::TenantScope, when};

/// Rows in an archive that is given over the network; the command line gives as many as there are.
pub const MOST: usize = 200_000;

/// All that the caller's library owns on this node.
pub async fn export(scope: &TenantScope, most: usize) -> Result<Archive> {
    let rows = scope.read().await?.carry_out(most).await?;
    archive::seal(scope.keys(), scope.node(), scope.tenant(), when::now(), rows)
}
