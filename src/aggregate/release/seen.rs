//! Who sees a library's value as a fact, now and ever: what somebody knows besides the releases.
//!
//! What is public is seen by everybody. What is shown to consortia is seen by all who have or had a seat in one that the
//! library shares competences with in full, while it does. So a value may be sealed in one consortium, where the library's
//! cap says so, and known to some of its members from another.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::audit::{Audience, Mode, Tenant};
use crate::{
    id::{ConsortiumId, TenantId},
    registry::membership::{MembershipStatus, Model, SharingCap},
    tenancy::{Visibility, sealed::Shown},
};

/// Who has seen a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    pub open: Option<Audience>,
    pub named: BTreeSet<Tenant>,
}

/// The memberships of a consortium and of those that its members are in too.
pub struct Memberships<'m> {
    pub here: ConsortiumId,
    pub all: &'m [Model],
}

pub fn number(tenant: TenantId) -> Tenant {
    Tenant(tenant.0.as_u128())
}

impl Memberships<'_> {
    fn of(&self, tenant: TenantId) -> impl Iterator<Item = &Model> {
        self.all.iter().filter(move |row| row.tenant_id == tenant)
    }

    fn open(row: &Model) -> bool {
        row.status == MembershipStatus::Active && row.cap_competences == SharingCap::Full
    }

    fn readers(&self, consortium: ConsortiumId, but: TenantId, now: bool) -> BTreeSet<Tenant> {
        self.all
            .iter()
            .filter(|row| row.consortium_id == consortium && row.tenant_id != but)
            .filter(|row| !now || row.status == MembershipStatus::Active)
            .map(|row| number(row.tenant_id))
            .collect()
    }

    /// How a value stands here today.
    pub fn mode(&self, tenant: TenantId, visibility: Visibility) -> Mode {
        match visibility {
            Visibility::Public => Mode::Public,
            Visibility::Private | Visibility::Sealed => Mode::Sealed,
            Visibility::Consortium => {
                let open: Vec<&Model> = self.of(tenant).filter(|row| Self::open(row)).collect();
                if open.iter().any(|row| row.consortium_id == self.here) {
                    return Mode::Consortium;
                }
                let named: BTreeSet<Tenant> =
                    open.iter().flat_map(|row| self.readers(row.consortium_id, tenant, true)).collect();
                if named.is_empty() { Mode::Sealed } else { Mode::Named(named) }
            }
        }
    }

    /// Who saw what a library showed once.
    pub fn sight(&self, shown: &Shown) -> Sight {
        let mut sight = Sight::default();
        match shown.visibility {
            Visibility::Private | Visibility::Sealed => {}
            Visibility::Public => sight.open = Some(Audience::Public),
            Visibility::Consortium => {
                for row in self.of(shown.tenant).filter(|row| was_open(row, shown.from, shown.to)) {
                    if row.consortium_id == self.here {
                        sight.open = Some(Audience::Consortium);
                    } else {
                        sight.named.extend(self.readers(row.consortium_id, shown.tenant, false));
                    }
                }
            }
        }
        sight
    }
}

/// Did a membership let competences be seen at any time from then to then? Of an earlier time in which it did, only the end is
/// kept: it is taken to have done so till then.
fn was_open(row: &Model, from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> bool {
    let joined = row.joined_at.unwrap_or(DateTime::<Utc>::MIN_UTC);
    let now = Memberships::open(row) && to.is_none_or(|to| to > joined);
    now || row.competences_open_until.is_some_and(|until| from <= until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{ConceptId, MembershipId},
        tenancy::SeatRole,
        when,
    };

    fn membership(consortium: ConsortiumId, tenant: TenantId, cap: SharingCap) -> Model {
        let now = when::now();
        Model {
            consortium_id: consortium,
            id: MembershipId::new(),
            tenant_id: tenant,
            role: SeatRole::Member,
            status: MembershipStatus::Active,
            cap_competences: cap,
            cap_statements: cap,
            cap_projects: cap,
            cap_priorities: cap,
            cap_activities: cap,
            invited_by: tenant,
            joined_at: Some(now - chrono::Duration::days(10)),
            left_at: None,
            competences_open_until: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn what_is_sealed_here_may_be_known_from_elsewhere() {
        let (here, there) = (ConsortiumId::new(), ConsortiumId::new());
        let [a, b, c] = [TenantId::new(), TenantId::new(), TenantId::new()];
        let mut all = vec![
            membership(here, a, SharingCap::Sealed),
            membership(here, b, SharingCap::Full),
            membership(there, a, SharingCap::Full),
            membership(there, c, SharingCap::None),
        ];
        let known = Memberships { here, all: &all };
        assert_eq!(known.mode(a, Visibility::Consortium), Mode::Named(BTreeSet::from([number(c)])));
        assert_eq!(known.mode(b, Visibility::Consortium), Mode::Consortium);
        assert_eq!(known.mode(a, Visibility::Sealed), Mode::Sealed);
        assert_eq!(known.mode(a, Visibility::Public), Mode::Public);
        // The other consortium gets it sealed too from now on: it was seen.
        all[2].cap_competences = SharingCap::Sealed;
        all[2].competences_open_until = Some(when::now());
        let known = Memberships { here, all: &all };
        assert_eq!(known.mode(a, Visibility::Consortium), Mode::Sealed);
        let shown = |days: i64, visibility| Shown {
            tenant: a,
            concept: ConceptId::new(),
            amount: 1,
            visibility,
            from: when::now() - chrono::Duration::days(days),
            to: None,
        };
        let named = BTreeSet::from([number(c)]);
        assert_eq!(known.sight(&shown(3, Visibility::Consortium)), Sight { open: None, named });
        // Shown after it was shut: to nobody.
        assert_eq!(known.sight(&shown(-1, Visibility::Consortium)), Sight::default());
        let public = known.sight(&shown(3, Visibility::Public));
        assert_eq!(public.open, Some(Audience::Public));
    }
}
