use super::{Archive, archive};
use crate::{auth::policy::Resource, error::Result, tenancy::TenantScope, when};

/// Rows in an archive that is given over the network; the command line gives as many as there are.
pub const MOST: usize = 200_000;

/// All that the caller's library owns on this node. That it was taken out stands in the library's audit.
pub async fn export(scope: &TenantScope, most: usize) -> Result<Archive> {
    let rows = scope.read().await?.carry_out(most).await?;
    let archive = archive::seal(scope.keys(), scope.node(), scope.tenant(), when::now(), rows)?;
    scope
        .write("export", archive.digest.clone(), |tx, digest| {
            Box::pin(async move {
                tx.tell(Resource::Export);
                Ok(digest)
            })
        })
        .await?;
    Ok(archive)
}
