//! What the audit remembers, as rows of the database and back; and what goes into it of a day.
//!
//! A value keeps its place as long as it is the same at each release, whatever else of the entry was changed: one that is
//! equal and would count as another could be subtracted from itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    ReleaseAudience,
    audit::{Audience, Contribution, Former, Group, History, MOST_VALUE, Past, Row, Tenant, Told, Variable},
    past, seen,
    seen::Memberships,
    value,
};
use crate::{
    id::{ConceptId, ConsortiumId, RowId, TenantId},
    tenancy::sealed::{Given, Shown},
};

impl From<Audience> for ReleaseAudience {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Consortium => Self::Consortium,
            Audience::Public => Self::Public,
        }
    }
}

impl From<ReleaseAudience> for Audience {
    fn from(audience: ReleaseAudience) -> Self {
        match audience {
            ReleaseAudience::Consortium => Self::Consortium,
            ReleaseAudience::Public => Self::Public,
        }
    }
}

/// Region and kind of a group; neither of all.
pub fn parts(group: &Group) -> (Option<String>, Option<String>) {
    match group.clone() {
        Group::All => (None, None),
        Group::Region(region) => (Some(region), None),
        Group::Kind(kind) => (None, Some(kind)),
        Group::RegionKind(region, kind) => (Some(region), Some(kind)),
    }
}

fn group(region: Option<String>, kind: Option<String>) -> Group {
    match (region, kind) {
        (None, None) => Group::All,
        (Some(region), None) => Group::Region(region),
        (None, Some(kind)) => Group::Kind(kind),
        (Some(region), Some(kind)) => Group::RegionKind(region, kind),
    }
}

fn variable((tenant, version): (Uuid, u32)) -> Variable {
    Variable { tenant: Tenant(tenant.as_u128()), version }
}

fn pair(variable: &Variable) -> (Uuid, u32) {
    (Uuid::from_u128(variable.tenant.0), variable.version)
}

/// Has anything been told of it?
pub fn tells(told: &past::Told) -> bool {
    told.rows.iter().any(|row| row.sum.is_some())
}

/// What is remembered of one measure of one concept.
pub fn history(told: &past::Told, values: &[&value::Model]) -> History {
    let row = |row: &past::Row| Row {
        audience: row.audience.into(),
        group: group(row.region.clone(), row.kind.clone()),
        as_of: row.as_of.clone(),
        variables: row.of.iter().copied().map(variable).collect(),
        told: match row.sum {
            Some(sum) => Told::Sum { sum, stands: row.stands },
            None => Told::AtMost(row.at_most.unwrap_or_default()),
        },
    };
    let value = |row: &&value::Model| {
        let place = u32::try_from(row.place).unwrap_or(u32::MAX);
        let past = Past {
            value: row.amount.and_then(|amount| u64::try_from(amount).ok()),
            open: row.opened.map(Into::into),
            named: row.named.0.iter().map(|id| Tenant(id.as_u128())).collect(),
            band: None,
        };
        (variable((row.tenant_id.0, place)), past)
    };
    let former = |former: &past::Former| {
        let saw = former.saw.iter().copied().map(variable).collect();
        (Tenant(former.tenant.as_u128()), Former { before: former.before, saw })
    };
    History {
        rows: told.rows.iter().map(row).collect(),
        variables: values.iter().map(value).collect(),
        former: told.former.iter().map(former).collect(),
    }
}

/// What is to be remembered of it.
pub fn told(history: &History) -> past::Told {
    let row = |row: &Row| {
        let (region, kind) = parts(&row.group);
        let (sum, stands, at_most) = match row.told {
            Told::Sum { sum, stands } => (Some(sum), stands, None),
            Told::AtMost(most) => (None, false, Some(most)),
        };
        past::Row {
            audience: row.audience.into(),
            region,
            kind,
            as_of: row.as_of.clone(),
            of: row.variables.iter().map(pair).collect(),
            sum,
            stands,
            at_most,
        }
    };
    let former = |(tenant, former): (&Tenant, &Former)| past::Former {
        tenant: Uuid::from_u128(tenant.0),
        before: former.before,
        saw: former.saw.iter().map(pair).collect(),
    };
    past::Told {
        rows: history.rows.iter().map(row).collect(),
        former: history.former.iter().map(former).collect(),
    }
}

/// Where values belong.
#[derive(Clone, Copy)]
pub struct Account {
    pub consortium: ConsortiumId,
    pub measure: value::Measure,
    pub concept: ConceptId,
}

/// The values that are to be remembered; those that were there keep their address.
pub fn values(
    account: Account,
    history: &History,
    before: &[&value::Model],
    exposed: &BTreeSet<Tenant>,
    now: DateTime<Utc>,
) -> Vec<value::Model> {
    let counted: BTreeSet<Variable> = history
        .rows
        .iter()
        .filter(|row| matches!(row.told, Told::Sum { .. }))
        .flat_map(|row| row.variables.iter().copied())
        .collect();
    let value = |(variable, past): (&Variable, &Past)| {
        let tenant_id = TenantId(Uuid::from_u128(variable.tenant.0));
        let place = i64::from(variable.version);
        let known = before.iter().find(|row| row.tenant_id == tenant_id && row.place == place);
        value::Model {
            tenant_id,
            id: known.map_or_else(RowId::new, |row| row.id),
            consortium_id: account.consortium,
            measure: account.measure,
            concept_id: account.concept,
            place,
            amount: past.value.and_then(|value| i64::try_from(value).ok()),
            opened: past.open.map(Into::into),
            named: value::Named(past.named.iter().map(|tenant| Uuid::from_u128(tenant.0)).collect()),
            counted: counted.contains(variable),
            exposed: exposed.contains(&variable.tenant),
            at: known.map_or(now, |row| row.at),
        }
    };
    history.variables.iter().map(value).collect()
}

/// What the libraries contribute today, and into the history who has seen it or what stands there.
pub fn contributions(
    known: &Memberships,
    given: &[&Given],
    shown: &[&Shown],
    history: &mut History,
) -> Vec<Contribution> {
    let mut out = Vec::new();
    for given in given {
        let Ok(amount) = u64::try_from(given.amount) else { continue };
        if amount > MOST_VALUE {
            continue;
        }
        let tenant = seen::number(given.tenant);
        let last = history.variables.iter().rfind(|(variable, _)| variable.tenant == tenant);
        let version = match last {
            Some((variable, past)) if past.value == Some(amount) => variable.version,
            Some((variable, _)) => variable.version.saturating_add(1),
            None => 1,
        };
        let variable = Variable { tenant, version };
        history.variables.entry(variable).or_insert_with(|| Past {
            value: Some(amount),
            open: None,
            named: BTreeSet::new(),
            band: None,
        });
        let mode = known.mode(given.tenant, given.visibility);
        out.push(Contribution { variable, value: amount, mode, band: None });
    }
    for shown in shown {
        let sight = known.sight(shown);
        let amount = u64::try_from(shown.amount).ok();
        let tenant = seen::number(shown.tenant);
        let of = history.variables.iter_mut().filter(|(variable, past)| {
            variable.tenant == tenant && past.value.is_some() && past.value == amount
        });
        for (_, past) in of {
            past.open = past.open.max(sight.open);
            past.named.extend(sight.named.iter().copied());
        }
    }
    out
}

/// Rows by what they name.
pub fn by<K: Ord, T>(rows: &[T], key: impl Fn(&T) -> Option<K>) -> BTreeMap<K, Vec<&T>> {
    let mut out: BTreeMap<K, Vec<&T>> = BTreeMap::new();
    for row in rows {
        if let Some(key) = key(row) {
            out.entry(key).or_default().push(row);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aggregate::release::audit::Mode, tenancy::Visibility, when};

    fn given(tenant: TenantId, amount: i64) -> Given {
        Given { tenant, concept: ConceptId::new(), amount, visibility: Visibility::Sealed }
    }

    #[test]
    fn what_is_remembered_comes_back_as_it_was() {
        let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
        let row = |group: Group, told: Told| Row {
            audience: Audience::Public,
            group,
            as_of: "2026-Q4".into(),
            variables: BTreeSet::from([variable((a, 1)), variable((b, 2))]),
            told,
        };
        let named = BTreeSet::from([Tenant(b.as_u128())]);
        let before = History {
            rows: vec![
                row(Group::All, Told::Sum { sum: 9, stands: true }),
                row(Group::RegionKind("no-03".into(), "k".into()), Told::AtMost(4)),
                row(Group::Kind("k".into()), Told::Sum { sum: 8, stands: false }),
            ],
            variables: BTreeMap::from([
                (
                    variable((a, 1)),
                    Past { value: Some(4), open: Some(Audience::Consortium), named, band: None },
                ),
                (variable((b, 2)), Past { value: None, open: None, named: BTreeSet::new(), band: None }),
            ]),
            former: BTreeMap::from([(
                Tenant(b.as_u128()),
                Former { before: 2, saw: BTreeSet::from([variable((a, 1))]) },
            )]),
        };
        let account = Account {
            consortium: ConsortiumId::new(),
            measure: value::Measure::Headcount,
            concept: ConceptId::new(),
        };
        let rows = values(account, &before, &[], &BTreeSet::new(), when::now());
        assert!(rows.iter().all(|row| row.counted));
        let told: past::Told = serde_json::from_value(serde_json::to_value(told(&before)).unwrap()).unwrap();
        assert_eq!(history(&told, &rows.iter().collect::<Vec<_>>()), before);
    }

    #[test]
    fn a_value_keeps_its_place_while_it_is_the_same() {
        let tenant = TenantId::new();
        let known = Memberships { here: ConsortiumId::new(), all: &[] };
        let mut history = History::default();
        let mut version = |amount: i64| {
            let out = contributions(&known, &[&given(tenant, amount)], &[], &mut history);
            assert_eq!(out[0].mode, Mode::Sealed);
            out[0].variable.version
        };
        assert_eq!([version(5), version(5), version(7), version(7), version(5)], [1, 1, 2, 2, 3]);
        assert!(contributions(&known, &[&given(tenant, -1)], &[], &mut History::default()).is_empty());
    }

    #[test]
    fn what_was_shown_meanwhile_is_known() {
        let tenant = TenantId::new();
        let known = Memberships { here: ConsortiumId::new(), all: &[] };
        let mut history = History::default();
        contributions(&known, &[&given(tenant, 5)], &[], &mut history);
        let shown = Shown {
            tenant,
            concept: ConceptId::new(),
            amount: 5,
            visibility: Visibility::Public,
            from: when::now(),
            to: Some(when::now()),
        };
        contributions(&known, &[&given(tenant, 6)], &[&shown], &mut history);
        let opened: Vec<_> = history.variables.values().map(|past| past.open).collect();
        assert_eq!(opened, [Some(Audience::Public), None]);
    }
}
