//! Figures that are kept, and given again as long as nothing was written.
//!
//! What is asked again and again and is dear to work out, such as figures of a whole consortium, is kept in memory under a
//! *stamp* of the database. The stamp is another one after every commit, whoever made it, in whatever process and by whatever
//! way: no write has to say what it changes, and so none can forget to. A write that has nothing to do with what is kept voids it
//! all the same; then it is worked out anew, as if none had been kept.
//!
//! Rules
//! * A stamp is read after the request has come, so that whatever was acknowledged before is seen, and before what is kept
//!   under it is read, so that nothing older is kept.
//! * Those who come while a stamp is being read share the next reading: a crowd costs one short question at a time. Those who want the
//!   same figures worked out wait for one of them.
//! * Kept is what is the same for every member of a consortium, or of several, or for everybody. It is given to a library that has a
//!   seat in each of them under the very same stamp. Whoever has not been seen at its seat works it out by itself where nothing is
//!   kept, and is asked for its seat where something is; whoever has none is refused, and both was done, in one order or the other:
//!   a consortium that is hidden costs what one costs that is not there.
//! * What else of a caller an answer may depend on is part of what it is kept under: role, scopes, languages, and the day. Refusals
//!   are not kept.
//! * Memory is bounded: what was longest not asked for goes first, and all that is void.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    pin::Pin,
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use chrono::NaiveDate;
use tokio::sync::{Mutex, watch};

use super::{Db, extent::Extent, scope::TenantScope};
use crate::{
    auth::{Role, Scopes},
    error::{Error, Result},
    id::TenantId,
    text::Lang,
    when,
};

/// How much memory an answer takes, about.
pub trait Weigh {
    fn bytes(&self) -> usize;
}

/// What stands for all that is committed; see [`Db::stamp`].
pub(super) type Stamp = Arc<str>;

/// What is kept of a node.
pub(super) struct Keep {
    stamps: Stamps,
    shelf: StdMutex<Shelf>,
    /// Figures that are being worked out.
    under_way: StdMutex<HashMap<Arc<Key>, Weak<Mutex<()>>>>,
}

/// Answer to what.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: TypeId,
    extent: Extent,
    role: Role,
    scopes: Scopes,
    languages: Vec<Lang>,
    day: NaiveDate,
    asked: String,
}

struct Kept {
    answer: Arc<dyn Any + Send + Sync>,
    stamp: Stamp,
    bytes: usize,
    used: u64,
}

/// Who has a seat there, and may ask about it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Seat {
    tenant: TenantId,
    role: Role,
    scopes: Scopes,
    extent: Extent,
}

#[derive(Default)]
struct Shelf {
    answers: HashMap<Arc<Key>, Kept>,
    bytes: usize,
    most: usize,
    used: u64,
    /// Under the stamp beside them.
    seats: HashSet<Seat>,
    seated_at: Option<Stamp>,
}

/// So many seats are remembered: some MB.
const MOST_SEATS: usize = 20_000;

impl TenantScope {
    /// Figures that may be kept. `asked` is the operation and everything that it was asked; `work` asks whether the caller has a seat
    /// there, and what it gives is the same for whoever has one with the caller's role, scopes and languages.
    /// It is begun where nothing is kept and not before, and in a box, because it is large and is handed on.
    pub async fn again<T, F>(
        &self,
        extent: impl Into<Extent>,
        asked: String,
        work: impl FnOnce() -> Pin<Box<F>>,
    ) -> Result<Arc<T>>
    where
        T: Weigh + Send + Sync + 'static,
        F: Future<Output = Result<T>>,
    {
        self.db().keep().answer(self, extent.into(), asked, work).await
    }
}

impl Keep {
    /// `most`: so many bytes of answers; 0: none is kept.
    pub fn new(most: usize) -> Self {
        let shelf = Shelf { most, ..Shelf::default() };
        Self { stamps: Stamps::default(), shelf: StdMutex::new(shelf), under_way: StdMutex::default() }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever works an answer out holds this meanwhile.
    fn turn(&self, key: &Arc<Key>) -> Arc<Mutex<()>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = under_way.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        under_way.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Mutex::new(()));
        under_way.insert(key.clone(), Arc::downgrade(&turn));
        turn
    }

    async fn answer<T, F>(
        &self,
        scope: &TenantScope,
        extent: Extent,
        asked: String,
        work: impl FnOnce() -> Pin<Box<F>>,
    ) -> Result<Arc<T>>
    where
        T: Weigh + Send + Sync + 'static,
        F: Future<Output = Result<T>>,
    {
        if self.shelf().most == 0 {
            return work().await.map(Arc::new);
        }
        // Where the database does not tell, whoever asks it for the figures is told why.
        let Some(mut stamp) = self.stamps.now(scope.db()).await else { return work().await.map(Arc::new) };
        let seat = Seat::of(scope, &extent);
        let key = Key::of::<T>(scope, extent, asked);
        let (seated, kept) = {
            let mut shelf = self.shelf();
            let seated = shelf.is_seated(&seat, &stamp);
            if seated && let Some(answer) = shelf.find(&key, &stamp) {
                return Ok(answer);
            }
            (seated, shelf.find::<T>(&key, &stamp).is_some())
        };
        let turn = self.turn(&key);
        if !seated {
            // Where there is nothing to be given or waited for, the work itself finds whether the caller has a seat.
            let alone = if kept { None } else { turn.try_lock().ok() };
            if let Some(held) = alone {
                let answer = self.worked_out(key, seat, &stamp, work()).await;
                drop(held);
                return match answer {
                    Ok(answer) => Ok(answer),
                    Err((error, seat)) => {
                        // A refusal costs the same, whether there was something to give or not.
                        self.is_seated(scope, seat, &stamp).await;
                        Err(error)
                    }
                };
            }
            if !self.is_seated(scope, Seat::of(scope, &key.extent), &stamp).await {
                // It waits for nobody, or it could tell by the time that members ask.
                return self.worked_out(key, seat, &stamp, work()).await.map_err(|(error, _)| error);
            }
            if let Some(answer) = self.shelf().find(&key, &stamp) {
                return Ok(answer);
            }
        }
        let held = match turn.try_lock() {
            Ok(held) => held,
            Err(_) => {
                let held = turn.lock().await;
                // It took a while.
                let Some(now) = self.stamps.now(scope.db()).await else { return work().await.map(Arc::new) };
                stamp = now;
                if self.is_seated(scope, Seat::of(scope, &key.extent), &stamp).await
                    && let Some(answer) = self.shelf().find(&key, &stamp)
                {
                    return Ok(answer);
                }
                held
            }
        };
        let answer = self.worked_out(key, seat, &stamp, work()).await;
        drop(held);
        answer.map_err(|(error, _)| error)
    }

    /// Works it out, and keeps it under a stamp that was read before. Where it fails the seat comes back.
    async fn worked_out<T>(
        &self,
        key: Arc<Key>,
        seat: Seat,
        stamp: &Stamp,
        work: Pin<Box<impl Future<Output = Result<T>>>>,
    ) -> Result<Arc<T>, (Error, Seat)>
    where
        T: Weigh + Send + Sync + 'static,
    {
        let answer = match work.await {
            Ok(answer) => Arc::new(answer),
            Err(error) => return Err((error, seat)),
        };
        let bytes = answer.bytes();
        let mut shelf = self.shelf();
        shelf.put(key, answer.clone(), stamp, bytes);
        // It has one: it was answered.
        shelf.seat(seat, stamp);
        Ok(answer)
    }

    /// Whether the caller has a seat there under this stamp, in each consortium of several. No: it has none, or may not ask, or
    /// something was committed meanwhile; the work tells.
    async fn is_seated(&self, scope: &TenantScope, seat: Seat, stamp: &Stamp) -> bool {
        if seat.extent == Extent::Node || self.shelf().is_seated(&seat, stamp) {
            return true;
        }
        let Ok(tx) = scope.figures().read().await else { return false };
        let mut seated = true;
        for consortium in seat.extent.consortia() {
            seated &= tx.seated(Some(*consortium), 1).await.is_ok_and(|seats| !seats.is_empty());
        }
        drop(tx);
        if !seated || self.stamps.now(scope.db()).await.as_ref() != Some(stamp) {
            return false;
        }
        self.shelf().seat(seat, stamp);
        true
    }
}

impl Seat {
    fn of(scope: &TenantScope, extent: &Extent) -> Self {
        let caller = scope.caller();
        Self { tenant: scope.tenant(), role: caller.role(), scopes: caller.scopes(), extent: extent.clone() }
    }
}

impl Key {
    fn of<T: 'static>(scope: &TenantScope, extent: Extent, asked: String) -> Arc<Self> {
        let caller = scope.caller();
        Arc::new(Self {
            kind: TypeId::of::<T>(),
            extent,
            role: caller.role(),
            scopes: caller.scopes(),
            languages: caller.languages().order().to_vec(),
            day: when::now().date_naive(),
            asked,
        })
    }
}

impl Shelf {
    fn is_seated(&self, seat: &Seat, stamp: &Stamp) -> bool {
        seat.extent == Extent::Node || self.seated_at.as_ref() == Some(stamp) && self.seats.contains(seat)
    }

    fn seat(&mut self, seat: Seat, stamp: &Stamp) {
        if self.seated_at.as_ref() != Some(stamp) || self.seats.len() >= MOST_SEATS {
            self.seats.clear();
            self.seated_at = Some(stamp.clone());
        }
        self.seats.insert(seat);
    }

    fn find<T: Send + Sync + 'static>(&mut self, key: &Key, stamp: &Stamp) -> Option<Arc<T>> {
        self.used += 1;
        let kept = self.answers.get_mut(key).filter(|kept| kept.stamp == *stamp)?;
        kept.used = self.used;
        kept.answer.clone().downcast().ok()
    }

    fn put(&mut self, key: Arc<Key>, answer: Arc<dyn Any + Send + Sync>, stamp: &Stamp, bytes: usize) {
        let bytes = bytes + key.asked.len() + size_of::<Key>() + size_of::<Kept>();
        if bytes > self.most {
            return;
        }
        // No stamp comes back.
        self.answers.retain(|_, other| other.stamp == *stamp);
        self.used += 1;
        self.answers.insert(key, Kept { answer, stamp: stamp.clone(), bytes, used: self.used });
        self.bytes = self.answers.values().map(|kept| kept.bytes).sum();
        while self.bytes > self.most {
            let oldest = self.answers.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| key.clone());
            let Some(gone) = oldest.and_then(|key| self.answers.remove(&key)) else { break };
            self.bytes -= gone.bytes;
        }
    }
}

/// Reads stamps, one at a time, for all who wait.
#[derive(Default)]
struct Stamps {
    reading: AtomicBool,
    told: watch::Sender<Told>,
}

/// The last stamp that was read: when that was begun, and nothing where it failed.
#[derive(Default)]
struct Told {
    began: Option<Instant>,
    stamp: Option<Stamp>,
}

/// Reads for all. Dropped, whether it was done or given up, it lets the next one read, and wakes all.
struct Reader<'s> {
    stamps: &'s Stamps,
    told: Told,
}

impl Stamps {
    /// A stamp that was read after this was asked.
    async fn now(&self, db: &Db) -> Option<Stamp> {
        let came = Instant::now();
        let mut told = self.told.subscribe();
        loop {
            {
                let last = told.borrow_and_update();
                if last.began.is_some_and(|began| began > came) {
                    return last.stamp.clone();
                }
            }
            if !self.reading.swap(true, Ordering::AcqRel) {
                let mut reader = Reader { stamps: self, told: Told::default() };
                let began = Instant::now();
                let stamp = match db.stamp().await {
                    Ok(stamp) => Some(stamp),
                    Err(error) => {
                        tracing::debug!(cause = ?error.cause, "no stamp: answers are worked out anew");
                        None
                    }
                };
                reader.told = Told { began: Some(began), stamp: stamp.clone() };
                return stamp;
            }
            // The sender is ours, and lives as long as we do.
            let _ = told.changed().await;
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // In this order: whoever is woken finds that it can read.
        self.stamps.reading.store(false, Ordering::Release);
        let told = std::mem::take(&mut self.told);
        self.stamps.told.send_modify(|last| {
            if told.began > last.began {
                *last = told;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ConsortiumId;

    fn key(asked: &str) -> Arc<Key> {
        Arc::new(Key {
            kind: TypeId::of::<String>(),
            extent: ConsortiumId(uuid::Uuid::nil()).into(),
            role: Role::Viewer,
            scopes: Scopes::ALL,
            languages: vec![Lang::Nb],
            day: NaiveDate::default(),
            asked: asked.to_owned(),
        })
    }

    const OF_ITSELF: usize = 1 + size_of::<Key>() + size_of::<Kept>();

    #[test]
    fn what_was_longest_not_asked_for_goes_first_and_what_is_void_before_all() {
        let most = 100 + 2 * OF_ITSELF;
        let mut shelf = Shelf { most, ..Shelf::default() };
        let put = |shelf: &mut Shelf, asked: &str, stamp: &str, bytes| {
            shelf.put(key(asked), Arc::new(asked.to_owned()), &stamp.into(), bytes);
        };
        let found = |shelf: &mut Shelf, asked: &str, stamp: &str| {
            shelf.find::<String>(&key(asked), &stamp.into()).map(|text| text.to_string())
        };
        put(&mut shelf, "a", "1", 40);
        put(&mut shelf, "b", "1", 40);
        assert_eq!(found(&mut shelf, "a", "1").as_deref(), Some("a"));
        put(&mut shelf, "c", "1", 40);
        assert_eq!(found(&mut shelf, "b", "1"), None);
        assert_eq!(found(&mut shelf, "a", "1").as_deref(), Some("a"));
        assert_eq!(found(&mut shelf, "a", "2"), None);
        put(&mut shelf, "d", "1", most);
        assert_eq!((shelf.bytes, shelf.answers.len()), (80 + 2 * OF_ITSELF, 2));
        put(&mut shelf, "d", "2", 30);
        assert_eq!((shelf.bytes, shelf.answers.len()), (30 + OF_ITSELF, 1));
    }
}
