//! Wakes those who wait for what is new of a library: at a commit of this process at once, at those of others within
//! [`EVERY`], by asking.
//!
//! A beat carries nothing but a library's last place among its events. Whoever is woken reads anew through its own scope, so
//! that the row rules say what it sees, and holds no transaction while it waits. What is asked is asked in the library's own
//! name, and only of libraries for which somebody waits: no wall is opened for it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    Db,
    db::{Duty, Who},
    fault::failed,
};
use crate::{error::Result, event, id::TenantId, meeting::exercise::turn};

/// How often a process asks for what others did.
const EVERY: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(super) struct Pulse {
    libraries: Mutex<HashMap<TenantId, watch::Sender<i64>>>,
    topics: Mutex<HashMap<Uuid, Topic>>,
}

/// What several libraries write to, such as an exercise of a meeting.
struct Topic {
    /// Whoever began to listen last: in its name is asked what other processes did.
    listener: TenantId,
    sender: watch::Sender<i64>,
}

/// The beats of one library, or of one topic.
pub struct Beats(watch::Receiver<i64>);

impl Beats {
    /// What has been told until now is known.
    pub fn known(&mut self) {
        self.0.mark_unchanged();
    }

    /// Waits until there is something that is not known.
    pub async fn next(&mut self) {
        // The sender goes when nobody listens, and somebody does.
        let _ = self.0.changed().await;
    }
}

impl Pulse {
    pub fn listen(&self, tenant: TenantId) -> Beats {
        let mut senders = self.libraries.lock().unwrap_or_else(PoisonError::into_inner);
        senders.retain(|_, sender| sender.receiver_count() > 0);
        Beats(senders.entry(tenant).or_insert_with(|| watch::Sender::new(0)).subscribe())
    }

    /// A library's events have come to this place.
    pub fn reached(&self, tenant: TenantId, place: i64) {
        let senders = self.libraries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = senders.get(&tenant) {
            tell(sender, place);
        }
    }

    pub fn listen_to(&self, topic: Uuid, listener: TenantId) -> Beats {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.retain(|_, topic| topic.sender.receiver_count() > 0);
        let kept = topics.entry(topic).or_insert_with(|| Topic { listener, sender: watch::Sender::new(0) });
        kept.listener = listener;
        Beats(kept.sender.subscribe())
    }

    /// A topic has come to this place.
    pub fn beat(&self, topic: Uuid, place: i64) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(topic) = topics.get(&topic) {
            tell(&topic.sender, place);
        }
    }

    pub fn crowd(&self, topic: Uuid) -> u32 {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.get(&topic).map_or(0, |topic| u32::try_from(topic.sender.receiver_count()).unwrap_or(u32::MAX))
    }

    fn topics_awaited(&self) -> Vec<(Uuid, TenantId)> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.retain(|_, topic| topic.sender.receiver_count() > 0);
        topics.iter().map(|(id, topic)| (*id, topic.listener)).collect()
    }

    /// Whoever listens looks for itself.
    fn wake(&self, topic: Uuid) {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(topic) = topics.get(&topic) {
            topic.sender.send_modify(|_| ());
        }
    }

    fn awaited(&self) -> Vec<TenantId> {
        let mut senders = self.libraries.lock().unwrap_or_else(PoisonError::into_inner);
        senders.retain(|_, sender| sender.receiver_count() > 0);
        senders.keys().copied().collect()
    }
}

/// Nothing is told twice.
fn tell(sender: &watch::Sender<i64>, place: i64) {
    sender.send_if_modified(|last| {
        let new = place > *last;
        *last = place.max(*last);
        new
    });
}

/// Asks for what other processes did, until the database is closed.
pub async fn watch(db: Db) {
    let pulse = db.pulse();
    while !db.is_closed() {
        for tenant in pulse.awaited() {
            match last(&db, tenant).await {
                Ok(place) => pulse.reached(tenant, place),
                // It is asked again soon.
                Err(error) => tracing::debug!(cause = ?error.cause, "what is new was not learned"),
            }
        }
        for (topic, listener) in pulse.topics_awaited() {
            match last_of(&db, topic, listener).await {
                Ok(Some(place)) => pulse.beat(topic, place),
                // Whoever began to listen last has no part in it any more; others may.
                Ok(None) => pulse.wake(topic),
                Err(error) => tracing::debug!(cause = ?error.cause, "what is new was not learned"),
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// The last place among a library's events.
async fn last(db: &Db, tenant: TenantId) -> Result<i64> {
    let duty = if tenant == TenantId::NODE { Duty::Operator } else { Duty::Member };
    let conn = db.begin_read(Who { tenant: Some(tenant.0), duty, client: None }).await?;
    let find = event::Entity::find().filter(event::Column::TenantId.eq(tenant));
    let last = find.order_by_desc(event::Column::Seq).one(&conn).await.map_err(failed)?;
    Ok(last.map_or(0, |last| last.seq))
}

/// The last place of a topic, as somebody sees it who listens.
async fn last_of(db: &Db, topic: Uuid, listener: TenantId) -> Result<Option<i64>> {
    let conn = db.begin_read(Who { tenant: Some(listener.0), duty: Duty::Member, client: None }).await?;
    let find = turn::Entity::find().filter(turn::Column::ExerciseId.eq(topic));
    Ok(find.one(&conn).await.map_err(failed)?.map(|row| row.last))
}
