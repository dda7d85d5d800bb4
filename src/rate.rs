//! How much one caller may ask for. Units: a request is one, a GraphQL document one more for every hundred points of
//! its cost. What is not used comes back evenly (GCRA), and at most a whole minute's units are saved up.
//!
//! Memory is bounded: callers are kept as 64-bit hashes, who has all units back is swept out, and when there are more
//! than [`MOST`] at once those that come on top share [`SHARED`] drawers instead of going free.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

use crate::{
    auth::Caller,
    error::{Code, Error, Result},
};

/// Callers that are remembered at once, in one list.
pub const MOST: usize = 100_000;
const SHARED: u64 = 1_024;
/// So often the list is swept.
const SWEEP: u64 = 1_024;
/// Seconds in which all units come back.
pub const WINDOW: u32 = 60;
/// Points of cost to a unit.
const POINTS: usize = 100;

/// Units a minute; nothing: no limit.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub caller: u32,
    pub tenant: u32,
    /// Attempts to sign in as one client from one address.
    pub client: u32,
    /// Attempts to sign in from one address.
    pub address: u32,
}

impl Figures {
    pub const NONE: Self = Self { caller: 0, tenant: 0, client: 0, address: 0 };
}

impl Default for Figures {
    fn default() -> Self {
        Self { caller: 1_200, tenant: 6_000, client: 10, address: 60 }
    }
}

/// The limits of a node, with who has used how much. Each process counts for itself.
pub struct Rates {
    caller: Option<Drawers>,
    tenant: Option<Drawers>,
    client: Option<Drawers>,
    address: Option<Drawers>,
    refused: AtomicU64,
}

impl Rates {
    pub fn new(figures: Figures) -> Self {
        Self {
            caller: Drawers::new("caller", figures.caller),
            tenant: Drawers::new("tenant", figures.tenant),
            client: Drawers::new("client", figures.client),
            address: Drawers::new("address", figures.address),
            refused: AtomicU64::new(0),
        }
    }

    /// So many units one account has in a window; none: no limit.
    pub fn calls(&self) -> Option<u32> {
        self.caller.as_ref().map(|drawers| drawers.quota.get())
    }

    /// One request of a verified caller.
    pub fn request(&self, caller: &Caller) -> Result<Fields, Refusal> {
        self.take(caller, NonZeroU32::MIN)
    }

    /// What a document of this cost takes beside its request; nothing when that is little.
    pub fn document(&self, caller: &Caller, cost: usize) -> Result<Option<Fields>, Refusal> {
        let units = u32::try_from(cost / POINTS).unwrap_or(u32::MAX);
        NonZeroU32::new(units).map(|units| self.take(caller, units)).transpose()
    }

    fn take(&self, caller: &Caller, units: NonZeroU32) -> Result<Fields, Refusal> {
        let mut fields = Fields::default();
        let tenant = caller.tenant();
        for (drawers, key) in [
            self.caller.as_ref().map(|d| (d, d.key((tenant.0, caller.principal())))),
            self.tenant.as_ref().map(|d| (d, d.key(tenant.0))),
        ]
        .into_iter()
        .flatten()
        {
            self.draw(drawers, key, units, &mut fields)?;
        }
        Ok(fields)
    }

    /// An attempt to sign in, by a client if one is named. A client's attempts are counted for each place: who knows its
    /// id must not be able to use them up from elsewhere. (A secret is 256 bits of chance: no number of places guesses it.)
    pub fn sign_in(&self, address: Option<IpAddr>, client: Option<&str>) -> Result<Fields, Refusal> {
        let mut fields = Fields::default();
        let place = address.map(place);
        if let (Some(drawers), Some(place)) = (&self.address, place) {
            self.draw(drawers, drawers.key(place), NonZeroU32::MIN, &mut fields)?;
        }
        if let (Some(drawers), Some(client)) = (&self.client, client) {
            self.draw(drawers, drawers.key((client, place)), NonZeroU32::MIN, &mut fields)?;
        }
        Ok(fields)
    }

    fn draw(
        &self,
        drawers: &Drawers,
        key: u64,
        units: NonZeroU32,
        fields: &mut Fields,
    ) -> Result<(), Refusal> {
        let wait = drawers.draw(key, units, fields);
        if wait.is_zero() {
            return Ok(());
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        // Rounded up: a second too early would be refused again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Err(Refusal { seconds, fields: std::mem::take(fields) })
    }

    /// How many requests were refused.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// Nobody owns less than 64 bits of IPv6: one who is given a network could else come from a new address every time.
fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 => v4,
    }
}

/// Too much was asked.
#[derive(Debug)]
pub struct Refusal {
    seconds: u64,
    pub fields: Fields,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::new(Code::TooManyRequests).with("seconds", refusal.seconds)
    }
}

/// What the answer says of it: the fields `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    pub policy: String,
    pub left: String,
}

impl Fields {
    fn add(&mut self, name: &str, quota: u32, left: u32) {
        let comma = if self.policy.is_empty() { "" } else { ", " };
        // In how many seconds all are back.
        let used = u64::from(quota.saturating_sub(left));
        let back = (used * u64::from(WINDOW)).div_ceil(u64::from(quota.max(1)));
        self.policy.push_str(&format!("{comma}\"{name}\";q={quota};w={WINDOW}"));
        self.left.push_str(&format!("{comma}\"{name}\";r={left};t={back}"));
    }
}

type Limiter = RateLimiter<u64, HashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// One limit, and a drawer for each who is held by it.
struct Drawers {
    name: &'static str,
    quota: NonZeroU32,
    limiter: Limiter,
    /// Keyed by chance, so that nobody can choose to share a drawer.
    hasher: RandomState,
    drawn: AtomicU64,
}

impl Drawers {
    fn new(name: &'static str, quota: u32) -> Option<Self> {
        let quota = NonZeroU32::new(quota)?;
        let whole =
            Quota::with_period(Duration::from_secs(u64::from(WINDOW)) / quota.get())?.allow_burst(quota);
        let limiter = RateLimiter::keyed(whole).with_middleware::<StateInformationMiddleware>();
        Some(Self { name, quota, limiter, hasher: RandomState::new(), drawn: AtomicU64::new(0) })
    }

    fn key(&self, of: impl Hash) -> u64 {
        self.hasher.hash_one(of)
    }

    /// How long to wait; nothing: it is granted.
    fn draw(&self, key: u64, units: NonZeroU32, fields: &mut Fields) -> Duration {
        if self.drawn.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP) {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        let key = if self.limiter.len() < MOST { key } else { key % SHARED };
        // More than there ever is at once is granted when all is there.
        let units = units.min(self.quota);
        match self.limiter.check_key_n(&key, units) {
            Ok(Ok(state)) => {
                fields.add(self.name, self.quota.get(), state.remaining_burst_capacity());
                Duration::ZERO
            }
            Ok(Err(not_until)) => {
                fields.add(self.name, self.quota.get(), 0);
                not_until.wait_time_from(self.limiter.clock().now()).max(Duration::from_millis(1))
            }
            // Cannot be: `units` is at most the quota. Waiting a window is the safe answer.
            Err(_) => Duration::from_secs(u64::from(WINDOW)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{auth::Role, id::TenantId};

    fn caller(tenant: TenantId, principal: &str) -> Caller {
        Caller::new(tenant, principal, Role::Viewer)
    }

    #[test]
    fn each_caller_has_its_own_units_and_a_tenant_the_sum() {
        let rates = Rates::new(Figures { caller: 2, tenant: 3, ..Figures::NONE });
        let (oslo, bergen) = (TenantId::new(), TenantId::new());
        let fields = rates.request(&caller(oslo, "a")).unwrap();
        assert_eq!(fields.policy, "\"caller\";q=2;w=60, \"tenant\";q=3;w=60");
        assert_eq!(fields.left, "\"caller\";r=1;t=30, \"tenant\";r=2;t=20");
        rates.request(&caller(oslo, "a")).unwrap();
        let refusal = rates.request(&caller(oslo, "a")).unwrap_err();
        assert!(refusal.fields.left.starts_with("\"caller\";r=0"), "{:?}", refusal.fields);
        assert!((1..=30).contains(&refusal.seconds), "{refusal:?}");
        // Another account of the same library: the library has one left.
        rates.request(&caller(oslo, "b")).unwrap();
        assert!(rates.request(&caller(oslo, "b")).unwrap_err().fields.left.contains("\"tenant\";r=0"));
        // Another library is not touched, also under the same name.
        rates.request(&caller(bergen, "a")).unwrap();
        assert_eq!(rates.refused(), 2);
    }

    #[test]
    fn a_costly_document_takes_more() {
        let rates = Rates::new(Figures { caller: 60, ..Figures::NONE });
        let me = caller(TenantId::new(), "a");
        assert_eq!(rates.document(&me, 99).unwrap(), None);
        assert!(rates.document(&me, 5_000).unwrap().unwrap().left.contains("r=10"));
        assert!(rates.document(&me, 5_000).is_err());
        // Costlier than all that there ever is: it takes all.
        let other = caller(TenantId::new(), "a");
        assert!(rates.document(&other, 1_000_000).unwrap().unwrap().left.contains("r=0"));
    }

    #[test]
    fn signing_in_is_held_by_client_and_by_address() {
        let rates = Rates::new(Figures { client: 1, address: 2, ..Figures::NONE });
        let at = |text: &str| Some(text.parse().unwrap());
        rates.sign_in(at("2001:db8::1"), Some("a")).unwrap();
        assert!(rates.sign_in(at("2001:db8::2"), Some("a")).is_err());
        // The same network, whatever the rest of the address.
        let full = rates.sign_in(at("2001:db8::ffff"), Some("b")).unwrap_err();
        assert!(full.fields.left.contains("\"address\";r=0"));
        // From elsewhere the client is let in all the same.
        rates.sign_in(at("2001:db8:1::1"), Some("a")).unwrap();
        rates.sign_in(at("192.0.2.1"), Some("c")).unwrap();
        rates.sign_in(at("::ffff:192.0.2.1"), None).unwrap();
        assert!(rates.sign_in(at("192.0.2.1"), None).is_err());
    }

    #[test]
    fn without_figures_nothing_is_held_and_nothing_said() {
        let rates = Rates::new(Figures::NONE);
        let me = caller(TenantId::new(), "a");
        assert!((0..10_000).all(|_| rates.request(&me).is_ok_and(|fields| fields == Fields::default())));
    }

    #[test]
    fn memory_ends_at_its_bound_and_those_on_top_are_held_together() {
        let drawers = Drawers::new("caller", 1).unwrap();
        let held = (0..MOST as u64 + 5_000)
            .filter(|n| !drawers.draw(*n + SHARED, NonZeroU32::MIN, &mut Fields::default()).is_zero())
            .count();
        assert!(drawers.limiter.len() <= MOST + SHARED as usize, "{}", drawers.limiter.len());
        assert!(held >= 5_000 - SHARED as usize, "{held}");
    }
}
