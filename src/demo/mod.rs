//! A node to try: three groups of libraries as they described themselves in public documents, loaded into a database.
//! What is loaded, what is not, and what is editorial: `data/README.md`.
//!
//! Rules: everything goes through the services, as the library that it is about, so that nothing is there that the API would
//! refuse. Loading again adds nothing, and goes on where an earlier load was cut off: each part looks for itself first and
//! carries an Idempotency-Key of its own, so that what somebody has changed or removed since is not brought back for as
//! long as keys are kept. An entry of the files marked `personalData` is never loaded.
//!
//! Reading order: [`data`] (the files), [`part`] and [`rounds`] (the parts, each once), then a file each.

mod data;
mod denmark;
mod norway;
mod part;
mod rounds;
mod sweden;

pub use part::Step;

use crate::{
    app::App,
    error::Result,
    id::{ConsortiumId, TenantId},
};

/// A group of libraries that is there now.
#[derive(Clone, Debug)]
pub struct Group {
    pub consortium: ConsortiumId,
    pub slug: String,
    pub name: String,
    /// Slugs and ids of its members, the coordinator first.
    pub members: Vec<(String, TenantId)>,
}

impl Group {
    /// The member that coordinates.
    pub fn coordinator(&self) -> Option<&(String, TenantId)> {
        self.members.first()
    }
}

/// Loads what is not there yet. `step` hears of every part when it is there, and may stop the load.
pub async fn load(app: &App, step: &mut Step<'_>) -> Result<Vec<Group>> {
    let mut loader = part::Loader { app, step };
    Ok(vec![
        norway::load(&mut loader).await?,
        sweden::load(&mut loader).await?,
        denmark::load(&mut loader).await?,
    ])
}
