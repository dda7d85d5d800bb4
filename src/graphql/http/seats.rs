//! How many may follow something at once: each holds a connection, and is read for at every change.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{auth::Caller, id::TenantId};

/// Of one process.
const MOST: usize = 1_000;
/// Of one caller, and of one address from which nobody has said yet who it is.
const MOST_OF_ONE: usize = 10;

/// Who has taken a seat. One for a process.
#[derive(Default)]
pub struct Seats(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<Holder, usize>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Holder {
    Address(Option<IpAddr>),
    Caller(TenantId, String),
}

/// A seat, given back when it is dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    holder: Holder,
}

impl Taken {
    fn give(&mut self, holder: &Holder) -> bool {
        let taken = self.of.entry(holder.clone()).or_default();
        let free = *taken < MOST_OF_ONE;
        *taken += usize::from(free);
        free
    }

    fn take_back(&mut self, holder: &Holder) {
        if let Some(taken) = self.of.get_mut(holder) {
            *taken -= 1;
            if *taken == 0 {
                self.of.remove(holder);
            }
        }
    }
}

impl Seats {
    /// A seat for somebody at this address who is not known yet; none: all are taken.
    pub(super) fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let holder = Holder::Address(address);
        if taken.all >= MOST || !taken.give(&holder) {
            return None;
        }
        taken.all += 1;
        Some(Seat { seats: self.clone(), holder })
    }

    pub fn taken(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Seat {
    /// Now it is known whose it is. False: the caller has as many as it may.
    pub(super) fn of(&mut self, caller: &Caller) -> bool {
        let holder = Holder::Caller(caller.tenant(), caller.principal().to_owned());
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !taken.give(&holder) {
            return false;
        }
        taken.take_back(&self.holder);
        self.holder = holder;
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        taken.take_back(&self.holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Role;

    fn place(n: usize) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, (n / 250) as u8, (n % 250) as u8]))
    }

    #[test]
    fn seats_are_bounded_and_given_back() {
        let seats = Arc::new(Seats::default());
        let caller = |name: &str| Caller::new(TenantId::NODE, name, Role::Operator);
        let sit = |name: &str| {
            let mut seat = seats.enter(place(0)).unwrap();
            seat.of(&caller(name)).then_some(seat)
        };
        let mine: Vec<_> = (0..MOST_OF_ONE).map(|_| sit("a").unwrap()).collect();
        assert!(sit("a").is_none() && sit("b").is_some());
        assert_eq!(seats.taken(), MOST_OF_ONE);
        drop(mine);
        assert!(sit("a").is_some());
        assert_eq!((seats.taken(), seats.0.lock().unwrap().of.len()), (0, 0));
        // Who has not said who it is fills no other's seats.
        let unknown: Vec<_> = (0..MOST_OF_ONE).map(|_| seats.enter(place(0)).unwrap()).collect();
        assert!(seats.enter(place(0)).is_none() && seats.enter(place(1)).is_some());
        drop(unknown);
        let all: Vec<_> = (0..MOST).map(|n| seats.enter(place(n / MOST_OF_ONE)).unwrap()).collect();
        assert!(seats.enter(place(MOST)).is_none());
        drop(all);
        assert!(seats.enter(place(MOST)).is_some());
        assert_eq!((seats.taken(), seats.0.lock().unwrap().of.len()), (0, 0));
    }
}
