//! An Idempotency-Key: the effect happens once, and every repetition gets the first answer.
//!
//! The record of a key is written in the transaction of the effect, so that both are there or neither. It is kept a
//! day at least; then the library's own writes remove it, a few at a time.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Serialize, de::DeserializeOwned};

use super::{TenantScope, TenantTx};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result},
    event::idempotency,
    id::TenantId,
    when,
};

/// What the policy is asked, as it is kept.
pub(super) fn asking(action: Action, resource: Resource) -> String {
    format!("{action:?} {}", resource.name())
}

/// How long an answer is kept at least.
fn kept_for() -> chrono::Duration {
    chrono::Duration::hours(24)
}

/// How many records one write removes at most.
const BATCH: u64 = 100;

/// How long nothing is looked for after nothing more was found.
const REST: Duration = Duration::from_secs(600);

/// When each library's old records were all removed, as far as this node knows.
#[derive(Default)]
pub(super) struct Swept(Mutex<HashMap<TenantId, Instant>>);

impl Swept {
    fn lately(&self, tenant: TenantId) -> bool {
        let swept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        swept.get(&tenant).is_some_and(|at| at.elapsed() < REST)
    }

    fn note(&self, tenant: TenantId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Instant::now());
    }
}

/// One request with a key.
pub(super) struct Once<'a> {
    pub scope: &'a TenantScope,
    pub operation: &'static str,
    pub key: String,
    pub hash: String,
}

impl<'a> Once<'a> {
    /// None: the caller sent no key.
    pub fn of(
        scope: &'a TenantScope,
        operation: &'static str,
        input: &impl Serialize,
    ) -> Result<Option<Once<'a>>> {
        let Some(key) = scope.caller().idempotency_key().map(str::to_owned) else { return Ok(None) };
        let bytes = serde_json::to_vec(input).map_err(Error::internal)?;
        let hash = BASE64.encode(digest::digest(&digest::SHA256, &bytes));
        Ok(Some(Once { scope, operation, key, hash }))
    }

    /// Takes the key. A second request with it waits here until the first has ended, or until it has waited too
    /// long: then the first is still in progress.
    pub async fn claim(&self, tx: &TenantTx) -> Result<bool> {
        let row = idempotency::ActiveModel {
            tenant_id: Set(self.scope.tenant()),
            principal: Set(self.scope.caller().principal().to_owned()),
            operation: Set(self.operation.to_owned()),
            key: Set(self.key.clone()),
            request_hash: Set(self.hash.clone()),
            response: Set(None),
            asked: Set(None),
            created_at: Set(when::now()),
        };
        tx.raw_claim(idempotency::Entity::insert(row).on_conflict_do_nothing()).await
    }

    /// Keeps the answer for whoever asks again.
    pub async fn keep(&self, tx: &TenantTx, response: serde_json::Value) -> Result<()> {
        let asked = serde_json::to_value(tx.asked()).map_err(Error::internal)?;
        let kept = idempotency::ActiveModel {
            response: Set(Some(response)),
            asked: Set(Some(asked)),
            ..Default::default()
        };
        tx.raw_update(idempotency::Entity::update_many().set(kept), self.record()).await
    }

    /// The first answer, for a caller that may still do what it was given for: the token may be another by now.
    pub async fn repeat<T: DeserializeOwned>(&self) -> Result<T> {
        let tx = self.scope.read().await?;
        let row = tx.raw_one(idempotency::Entity::find(), self.record()).await?;
        let row = row.ok_or_else(|| Error::new(Code::InProgress))?;
        if row.request_hash != self.hash {
            return Err(Error::new(Code::KeyReused));
        }
        let (Some(response), Some(asked)) = (row.response, row.asked) else {
            return Err(Error::new(Code::InProgress));
        };
        let asked: BTreeSet<String> = serde_json::from_value(asked).map_err(Error::internal)?;
        let allowed: BTreeSet<String> =
            tx.allowed().map(|(action, resource)| asking(action, resource)).collect();
        if !asked.is_subset(&allowed) {
            return Err(Error::new(Code::Forbidden));
        }
        serde_json::from_value(response).map_err(Error::internal)
    }

    /// Removes some of the library's own records that are old enough. True when none are left.
    pub async fn sweep(&self, tx: &TenantTx) -> Result<bool> {
        if self.scope.kept::<Swept>().lately(self.scope.tenant()) {
            return Ok(false);
        }
        let old = idempotency::older(self.scope.tenant(), when::now() - kept_for(), BATCH);
        Ok(tx.raw_delete(idempotency::Entity::delete_many(), old).await? < BATCH)
    }

    /// After the commit: nothing is left to look for.
    pub fn swept(&self) {
        self.scope.kept::<Swept>().note(self.scope.tenant());
    }

    fn record(&self) -> sea_orm::Condition {
        idempotency::of(self.scope.caller(), self.operation, &self.key)
    }
}
