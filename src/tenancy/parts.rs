//! What was made of one library's rows, kept as long as its mark stands.
//!
//! Figures of a consortium are put together from what each of its members shares. After a write one member's rows are other ones,
//! and all the others' are as they were: those are not read again. What says so is a *mark* of the library, that the database sets
//! anew with each change (`migration::marking`), and that is read in the snapshot in which the figures are read: what is kept under
//! it is what would be read there now.
//!
//! Rules
//! * Kept is what is the same for everybody who may count it: of shared rows, never of a library's own view.
//! * Whether a library shares in the consortium that is asked about is asked each time; here is only what it would share.
//! * Memory is bounded: what was longest not used goes first.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use super::{figures::AggregateTx, keep::Weigh};
use crate::id::TenantId;

/// A library, and what stands for its rows; none: it has not been marked, and nothing of it is kept.
pub type Marked = (TenantId, Option<Uuid>);

/// What is kept of a node.
pub(super) struct Parts(Mutex<Shelf>);

struct Shelf {
    parts: HashMap<(TypeId, TenantId), Kept>,
    bytes: usize,
    most: usize,
    used: u64,
}

struct Kept {
    part: Arc<dyn Any + Send + Sync>,
    mark: Uuid,
    bytes: usize,
    used: u64,
}

impl AggregateTx {
    /// What is kept of a library under its mark.
    pub fn part<P: Send + Sync + 'static>(&self, (tenant, mark): Marked) -> Option<Arc<P>> {
        self.parts().shelf().find(tenant, mark?)
    }

    /// Keeps what was read of a library in this very snapshot.
    pub fn keep_part<P: Weigh + Send + Sync + 'static>(&self, (tenant, mark): Marked, part: &Arc<P>) {
        if let Some(mark) = mark {
            self.parts().shelf().put(tenant, mark, part);
        }
    }
}

impl Parts {
    /// `most`: so many bytes; 0: none is kept.
    pub fn new(most: usize) -> Self {
        Self(Mutex::new(Shelf { parts: HashMap::new(), bytes: 0, most, used: 0 }))
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn find<P: Send + Sync + 'static>(&mut self, tenant: TenantId, mark: Uuid) -> Option<Arc<P>> {
        self.used += 1;
        let kept = self.parts.get_mut(&(TypeId::of::<P>(), tenant)).filter(|kept| kept.mark == mark)?;
        kept.used = self.used;
        kept.part.clone().downcast().ok()
    }

    fn put<P: Weigh + Send + Sync + 'static>(&mut self, tenant: TenantId, mark: Uuid, part: &Arc<P>) {
        let bytes = part.bytes() + size_of::<Kept>() + size_of::<(TypeId, TenantId)>();
        if bytes > self.most {
            return;
        }
        self.used += 1;
        let kept = Kept { part: part.clone(), mark, bytes, used: self.used };
        let before = self.parts.insert((TypeId::of::<P>(), tenant), kept);
        self.bytes += bytes;
        self.bytes -= before.map_or(0, |before| before.bytes);
        if self.bytes > self.most {
            self.make_room();
        }
    }

    /// A quarter at once: to look for the oldest each time would cost as much as there is kept.
    fn make_room(&mut self) {
        let mut ages: Vec<_> = self.parts.iter().map(|(key, kept)| (kept.used, *key)).collect();
        ages.sort_unstable();
        for (_, key) in ages {
            if self.bytes <= self.most / 4 * 3 {
                break;
            }
            self.bytes -= self.parts.remove(&key).map_or(0, |gone| gone.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weigh for Vec<u8> {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    const OF_ITSELF: usize = size_of::<Kept>() + size_of::<(TypeId, TenantId)>();

    #[test]
    fn a_part_is_found_under_its_own_mark_alone() {
        let mut shelf = Shelf { parts: HashMap::new(), bytes: 0, most: 1 << 20, used: 0 };
        let (library, other) = (TenantId::new(), TenantId::new());
        let (before, now) = (Uuid::new_v4(), Uuid::new_v4());
        shelf.put(library, before, &Arc::new(vec![1u8]));
        assert_eq!(shelf.find::<Vec<u8>>(library, before).as_deref(), Some(&vec![1]));
        assert_eq!(shelf.find::<Vec<u8>>(library, now), None);
        assert_eq!(shelf.find::<Vec<u8>>(other, before), None);
        assert_eq!(shelf.find::<String>(library, before), None);
        shelf.put(library, now, &Arc::new(vec![2u8, 2]));
        assert_eq!(shelf.find::<Vec<u8>>(library, before), None);
        assert_eq!(shelf.find::<Vec<u8>>(library, now).as_deref(), Some(&vec![2, 2]));
        assert_eq!(shelf.bytes, OF_ITSELF + 2);
    }

    #[test]
    fn what_was_longest_not_used_goes_first() {
        let each = OF_ITSELF + 100;
        let mut shelf = Shelf { parts: HashMap::new(), bytes: 0, most: 4 * each, used: 0 };
        let libraries: Vec<TenantId> = (0..5).map(|_| TenantId::new()).collect();
        let mark = Uuid::new_v4();
        let part = || Arc::new(vec![0u8; 100]);
        for library in &libraries[..4] {
            shelf.put(*library, mark, &part());
        }
        assert!(shelf.find::<Vec<u8>>(libraries[0], mark).is_some());
        shelf.put(libraries[4], mark, &part());
        let left: Vec<bool> = libraries.iter().map(|l| shelf.find::<Vec<u8>>(*l, mark).is_some()).collect();
        assert_eq!(left, [true, false, false, true, true]);
        assert_eq!(shelf.bytes, 3 * each);
        let mut none = Shelf { parts: HashMap::new(), bytes: 0, most: 0, used: 0 };
        none.put(libraries[0], mark, &part());
        assert_eq!((none.bytes, none.parts.len()), (0, 0));
    }
}
