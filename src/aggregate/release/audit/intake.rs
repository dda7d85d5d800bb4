//! What a release is made from: checked, and remembered with what was known before.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{
    Audience, Contribution, Fault, Former, Group, Grouping, History, MOST_VALUE, Measure, Member, Mode, Past,
    Row, Rules, Snapshot, Tenant, Told, Variable,
};

/// The contributions to one group.
#[derive(Debug, Default)]
pub struct Part {
    pub open: Vec<Variable>,
    pub open_sum: u64,
    pub sealed: BTreeSet<Variable>,
    pub sealed_sum: u64,
}

/// Is a value a fact to everybody who gets a release?
pub fn open(mode: &Mode, audience: Audience) -> bool {
    match mode {
        Mode::Public => true,
        Mode::Consortium => audience == Audience::Consortium,
        Mode::Named(_) | Mode::Sealed => false,
    }
}

/// Who contributes what, by library.
pub fn check<'s>(snapshot: &Snapshot<'s>) -> Result<BTreeMap<Tenant, &'s Contribution>, Fault> {
    let members: BTreeSet<Tenant> = snapshot.members.iter().map(|member| member.tenant).collect();
    let mut out = BTreeMap::new();
    for contribution in snapshot.contributions {
        let Variable { tenant, .. } = contribution.variable;
        if !members.contains(&tenant) || out.insert(tenant, contribution).is_some() {
            return Err(Fault::Contributor(tenant));
        }
        let value = contribution.value;
        let most = if snapshot.measure == Measure::Presence { 1 } else { MOST_VALUE };
        let banded = contribution.band.is_none_or(|(least, most)| least <= value && value <= most);
        if value > most || !banded {
            return Err(Fault::Value(contribution.variable));
        }
    }
    Ok(out)
}

/// The history, with what is given now.
pub fn remember(history: &History, snapshot: &Snapshot) -> Result<History, Fault> {
    let mut out = history.clone();
    let members: BTreeSet<Tenant> = snapshot.members.iter().map(|member| member.tenant).collect();
    out.former.retain(|tenant, _| !members.contains(tenant));
    let saw: BTreeSet<Variable> = history
        .variables
        .iter()
        .filter(|(_, past)| past.open.is_some())
        .map(|(variable, _)| *variable)
        .collect();
    let named = history.variables.values().flat_map(|past| &past.named);
    for tenant in history.variables.keys().map(|variable| &variable.tenant).chain(named) {
        if !members.contains(tenant) {
            let left = || Former { before: history.rows.len(), saw: saw.clone() };
            out.former.entry(*tenant).or_insert_with(left);
        }
    }
    for contribution in snapshot.contributions {
        let (seen, named) = match &contribution.mode {
            Mode::Public => (Some(Audience::Public), None),
            Mode::Consortium => (Some(Audience::Consortium), None),
            Mode::Named(to) => (None, Some(to)),
            Mode::Sealed => (None, None),
        };
        let past = out.variables.entry(contribution.variable).or_insert(Past {
            value: Some(contribution.value),
            open: None,
            named: BTreeSet::new(),
            band: None,
        });
        if past.value.is_some_and(|value| value != contribution.value) {
            return Err(Fault::Version(contribution.variable));
        }
        past.value = Some(contribution.value);
        past.open = past.open.max(seen);
        past.named.extend(named.into_iter().flatten());
        past.band = contribution.band.or(past.band);
    }
    Ok(out)
}

/// Forgets the values that stand in no row and are given no more.
pub fn forget(history: &mut History, snapshot: &Snapshot) {
    let mut kept: BTreeSet<Variable> = snapshot.contributions.iter().map(|c| c.variable).collect();
    kept.extend(history.rows.iter().flat_map(|row| row.variables.iter().copied()));
    history.variables.retain(|variable, _| kept.contains(variable));
    for former in history.former.values_mut() {
        former.saw.retain(|variable| kept.contains(variable));
    }
}

fn groups(member: &Member, grouping: Grouping) -> Vec<Group> {
    let kind = || member.kind.clone();
    match grouping {
        Grouping::All => vec![Group::All],
        Grouping::Kind => vec![Group::Kind(kind())],
        Grouping::Region => member.regions.iter().cloned().map(Group::Region).collect(),
        Grouping::RegionKind => {
            member.regions.iter().map(|region| Group::RegionKind(region.clone(), kind())).collect()
        }
    }
}

/// The groups that have contributions, in the declared order of the groupings and then by code.
pub fn parts(
    rules: &Rules,
    snapshot: &Snapshot,
    given: &BTreeMap<Tenant, &Contribution>,
) -> Vec<(Group, Part)> {
    let mut out = Vec::new();
    for grouping in &rules.groupings {
        let mut parts: BTreeMap<Group, Part> = BTreeMap::new();
        for member in snapshot.members {
            let Some(contribution) = given.get(&member.tenant) else { continue };
            for group in groups(member, *grouping) {
                let part = parts.entry(group).or_default();
                if open(&contribution.mode, snapshot.audience) {
                    part.open.push(contribution.variable);
                    part.open_sum += contribution.value;
                } else {
                    part.sealed.insert(contribution.variable);
                    part.sealed_sum += contribution.value;
                }
            }
        }
        out.extend(parts);
    }
    out
}

/// The sum of a group that may be shown still, unless it is of a library that gives no more, or one whose value is
/// open now and would be counted twice.
pub fn standing<'h>(
    history: &'h History,
    snapshot: &Snapshot,
    given: &BTreeMap<Tenant, &Contribution>,
    group: &Group,
) -> Option<&'h Row> {
    let sealed = |variable: &Variable| {
        given.get(&variable.tenant).is_some_and(|now| !open(&now.mode, snapshot.audience))
    };
    last(history, snapshot.audience, group).filter(|row| row.variables.iter().all(sealed))
}

/// The last sum of a group that stands.
fn last<'h>(history: &'h History, audience: Audience, group: &Group) -> Option<&'h Row> {
    history.rows.iter().rev().find(|row| {
        row.audience == audience && row.group == *group && matches!(row.told, Told::Sum { stands: true, .. })
    })
}
