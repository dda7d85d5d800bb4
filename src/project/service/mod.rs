//! What can be done with projects: [`read`], [`write`] by the lead, [`partake`] by those it invites.

mod partake;
mod read;
mod write;

pub use partake::{accept, decline, invite, leave, participants};
pub use read::{leads, list, taken_part_in, view};
pub use write::{advance, change, create};

use super::{Model, Participant, participant};
use crate::{
    error::{Code, Error, Result},
    tenancy::{TenantScope, TenantTx},
    text::Text,
};

fn shape_participant(scope: &TenantScope, row: &participant::Model, name: &Text) -> Participant {
    Participant {
        id: row.id,
        project_id: row.project_id,
        tenant_id: row.participant_id,
        name: scope.say(name),
        role: row.role,
        status: row.status,
        version: row.version,
    }
}

/// What the lead alone may do, with a project that the caller sees.
fn lead_only(tx: &TenantTx, row: &Model) -> Result<()> {
    if row.tenant_id == tx.me() { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}
