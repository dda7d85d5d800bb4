use std::sync::{Arc, OnceLock};

use crate::auth::accounts::Secret;

/// A secret on its way past what a write keeps for its repetitions: the answer that is kept has none, and only the
/// request that made the effect happen finds one here.
#[derive(Clone, Default)]
pub struct Told(Arc<OnceLock<Secret>>);

impl Told {
    pub fn keep(&self, secret: Secret) {
        // Nobody else sets it: one write, one secret.
        let _ = self.0.set(secret);
    }

    pub fn secret(&self) -> Option<String> {
        self.0.get().map(Secret::tell)
    }
}
