//! What can be done with rounds: [`read`]; by the coordinator [`write`], [`record`] and [`advance`], which counts when
//! it publishes.

mod advance;
mod count;
mod read;
mod record;
mod write;

use sea_orm::ColumnTrait;

pub use advance::advance;
pub(in crate::priority) use read::load;
pub use read::{list, view};
pub use record::record;
pub use write::{change, create};

use super::{Entity, Model};
use crate::{
    error::{Code, Error, Result},
    id::RoundId,
    priority::{hold, proposal},
    tenancy::{SeatRole, TenantTx, Turn},
};

const MAX_CONSIDERED: i64 = 10_000;

/// The round, for its consortium's coordinator: 404 where the caller may not see it, 403 where it may.
async fn led(tx: &TenantTx, id: RoundId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    tx.seat_as(row.consortium_id, &[SeatRole::Coordinator]).await?;
    Ok(row)
}

/// The proposals that can be chosen.
pub(in crate::priority) async fn candidates(tx: &TenantTx, id: RoundId) -> Result<Vec<proposal::Model>> {
    tx.find::<proposal::Entity>()?
        .filter(proposal::Column::RoundId.eq(id))
        .filter(proposal::Column::Withdrawn.eq(false))
        .all()
        .await
}

/// The round in this version, held alone until the write ends.
async fn turn(tx: &TenantTx, id: RoundId, expected: i64) -> Result<Model> {
    led(tx, id).await?;
    let row = hold(tx, id, Turn::Alone).await?;
    if row.version == expected {
        Ok(row)
    } else {
        Err(Error::new(Code::StaleVersion).with("current", row.version))
    }
}
