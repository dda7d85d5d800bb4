//! Whose tokens are no good any more, although they are signed and their time is not over: those of an account or a
//! principal that was revoked, and of a library that was suspended.
//!
//! Each is a row, written with the revocation itself. Every process of a node keeps them in memory and asks for new
//! ones every two seconds, so that a token costs no question of its own and is refused everywhere within ten.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, Condition, entity::prelude::*};

use super::{
    policy::Resource,
    token::{LEEWAY, MAX_LIFE},
};
use crate::{
    error::Result,
    id::{RowId, TenantId},
    tenancy::{Admission, Db, Reach, Subject, TenantRows, TenantTx, Visibility, sign_in::WatchScope},
    when,
};

/// How often a process asks.
const EVERY: Duration = Duration::from_secs(2);
/// Servers' clocks may differ, and a row is seen when its transaction ends: so much is asked for again.
const AGAIN: chrono::Duration = chrono::Duration::minutes(2);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "revocation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RowId,
    /// An account, a principal, or a whole library.
    pub subject: Uuid,
    /// Tokens made until then are no good.
    pub at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::ServiceAccount;
    const OWNER: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const ADMISSION: Admission = Admission::OperatorOrOwn;
    const TOLD: bool = false;
    const STAMPED: bool = false;

    fn readable(reach: &Reach) -> Condition {
        reach.own(Column::TenantId)
    }

    fn writable(_: &Reach) -> Condition {
        crate::tenancy::rows::none()
    }

    fn subject(row: &Model) -> Subject {
        Subject { id: row.subject, consortium: None, visibility: Visibility::Private, version: 1 }
    }
}

/// Writes down that a subject's tokens are no good from now on.
pub async fn revoke(tx: &TenantTx, tenant: TenantId, subject: Uuid) -> Result<()> {
    let row = ActiveModel {
        tenant_id: Set(tenant),
        id: Set(RowId::new()),
        subject: Set(subject),
        at: Set(when::now()),
    };
    tx.insert(row).await.map(drop)
}

/// What one process knows: by subject, the last second whose tokens are no good.
#[derive(Default)]
pub struct Revoked(RwLock<Known>);

#[derive(Default)]
struct Known {
    subjects: HashMap<Uuid, i64>,
    /// When it was asked last.
    asked: Option<DateTime<Utc>>,
}

impl Revoked {
    pub fn holds(&self, subject: Uuid, tenant: TenantId, issued: i64) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        [subject, tenant.0].iter().any(|id| known.subjects.get(id).is_some_and(|until| issued <= *until))
    }

    /// Asks for what is new, and forgets what no living token was made before.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        let now = when::now();
        let oldest = now - chrono::Duration::seconds(MAX_LIFE) - AGAIN;
        let since =
            self.0.read().unwrap_or_else(PoisonError::into_inner).asked.map_or(oldest, |at| at - AGAIN);
        let rows = WatchScope::new(db.clone()).revocations(since).await?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let until = known.subjects.entry(row.subject).or_default();
            // A token may come from a server whose clock is ahead.
            *until = (*until).max(row.at.timestamp() + LEEWAY);
        }
        known.subjects.retain(|_, until| *until >= oldest.timestamp());
        known.asked = Some(now);
        Ok(())
    }
}

/// Keeps a process's knowledge fresh until the database is closed.
pub async fn watch(db: Db) {
    let revoked = db.kept::<Revoked>();
    loop {
        // While the database is away nobody is answered anyhow.
        if let Err(error) = revoked.refresh(&db).await {
            tracing::warn!(cause = ?error.cause, "revocations not read");
        }
        tokio::time::sleep(EVERY).await;
        if db.is_closed() {
            return;
        }
    }
}
