//! Somebody who has kept every release and tries to find out what single libraries gave.
//!
//! It uses what was published, who gave something and whether it changed, its own values and those named to it; that
//! values are not negative; and what suppression itself tells: where a cell was withheld that could have been told
//! for all that adding and subtracting shows, its sum must have been low, unless it could have been lopsided.
//! Nothing here is shared with the audit but the shapes of its answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    audit::{Audience, Group, Measure, Mode, Tenant, Variable},
    bounds::Limits,
    null::Varying,
    world::{Issue, World, within},
};

/// Is a value a fact to everybody who gets a release?
pub fn open_to(mode: &Mode, audience: Audience) -> bool {
    *mode == Mode::Public || (*mode == Mode::Consortium && audience == Audience::Consortium)
}

/// What was found out.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// Values, as (version, by how many who tried).
    pub values: BTreeSet<Variable>,
    /// Libraries of which something about two of their values was found out.
    pub changes: BTreeSet<Tenant>,
    /// Values that can be told too narrowly, by adding and subtracting or by limits.
    pub narrow: BTreeSet<Variable>,
    /// How many values somebody tried to find out.
    pub secrets: usize,
    /// How many cells were known to be low.
    pub deduced: usize,
    /// How many limits were worked out.
    pub programmes: usize,
}

impl Found {
    pub fn add(&mut self, other: Self) {
        self.values.extend(other.values);
        self.changes.extend(other.changes);
        self.narrow.extend(other.narrow);
        self.secrets += other.secrets;
        self.deduced += other.deduced;
        self.programmes += other.programmes;
    }
}

/// A sum that is known.
#[derive(Clone, Debug)]
struct Known {
    of: BTreeSet<Variable>,
    sum: u64,
}

/// A cell that was not told though nothing but its values spoke against it.
struct Suspect {
    of: BTreeSet<Variable>,
    as_of: String,
    group: Group,
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reader {
    Public,
    Member,
    /// Was a member for a time, and has kept what it got.
    Former(Tenant),
}

/// Somebody at work.
pub struct Attack<'w> {
    world: &'w World,
    reader: Reader,
    /// Facts to all of it.
    open: BTreeSet<Variable>,
    sums: Vec<Known>,
    suspects: Vec<Suspect>,
    named: BTreeMap<Tenant, BTreeSet<Variable>>,
}

fn sealed(issue: &Issue, group: &Group) -> BTreeSet<Variable> {
    let members = issue.members.iter().filter(|member| within(member, group));
    members
        .filter_map(|member| issue.given.iter().find(|given| given.variable.tenant == member.tenant))
        .filter(|given| !open_to(&given.mode, issue.audience))
        .map(|given| given.variable)
        .collect()
}

impl<'w> Attack<'w> {
    /// Reads the releases in their order.
    pub fn of(world: &'w World, reader: Reader) -> Self {
        let mut attack = Self {
            world,
            reader,
            open: BTreeSet::new(),
            sums: Vec::new(),
            suspects: Vec::new(),
            named: BTreeMap::new(),
        };
        for issue in &world.issues {
            let member = match reader {
                Reader::Public => false,
                Reader::Member => true,
                Reader::Former(tenant) => issue.members.iter().any(|member| member.tenant == tenant),
            };
            for given in &issue.given {
                if given.mode == Mode::Public || (member && given.mode == Mode::Consortium) {
                    attack.open.insert(given.variable);
                }
                if let Mode::Named(to) = &given.mode {
                    for to in to {
                        attack.named.entry(*to).or_default().insert(given.variable);
                    }
                }
            }
            if member || issue.audience == Audience::Public {
                attack.read(issue);
            }
        }
        attack
    }

    fn read(&mut self, issue: &Issue) {
        let mut withheld = Vec::new();
        for cell in &issue.cells {
            let of = sealed(issue, &cell.group);
            match cell.sealed {
                Some(sum) if cell.as_of == issue.as_of && !of.is_empty() => self.sums.push(Known { of, sum }),
                // Unchanged since it was told, or not renewed.
                Some(_) if self.sums.iter().any(|known| known.of == of) => {}
                _ if of.is_empty() => {}
                _ => withheld.push((of, cell.group.clone())),
            }
        }
        let least = self.world.rules.least_contributors;
        let own = if self.reader == Reader::Public { Audience::Public } else { Audience::Consortium };
        for (of, group) in withheld {
            // Only in the releases made for it can it tell who was reckoned with.
            if issue.audience == own && of.len() >= least {
                let mut sums = self.sums.clone();
                sums.push(Known { of: of.clone(), sum: 0 });
                if !self.gives_away(&sums) {
                    self.suspects.push(Suspect { of, group, as_of: issue.as_of.clone() });
                }
            }
        }
    }

    /// Whoever reads, and what each knows of what is no fact to all.
    fn coalitions(&self) -> Vec<BTreeSet<Variable>> {
        let mut alone: BTreeMap<Tenant, BTreeSet<Variable>> = self.named.clone();
        for variable in self.world.values.keys() {
            alone.entry(variable.tenant).or_default().insert(*variable);
        }
        match self.reader {
            Reader::Public => return vec![BTreeSet::new()],
            Reader::Member => {}
            Reader::Former(tenant) => return vec![alone.remove(&tenant).unwrap_or_default()],
        }
        let alone: Vec<BTreeSet<Variable>> = alone.into_values().collect();
        let mut out = vec![BTreeSet::new()];
        out.extend(alone.iter().cloned());
        if self.world.pairs() {
            for (n, one) in alone.iter().enumerate() {
                out.extend(alone[n + 1..].iter().map(|other| one.union(other).copied().collect()));
            }
        }
        out
    }

    fn columns(&self, sums: &[Known]) -> Vec<Variable> {
        let all: BTreeSet<Variable> = sums.iter().flat_map(|known| known.of.iter().copied()).collect();
        all.difference(&self.open).copied().collect()
    }

    /// What may vary for who knows nothing, and the same for each coalition.
    fn varying(&self, sums: &[Known], columns: &[Variable]) -> Varying {
        let mut varying = Varying::free(columns.len());
        for known in sums {
            let sum: Vec<usize> = (0..columns.len()).filter(|c| known.of.contains(&columns[*c])).collect();
            varying.fix(&sum);
        }
        varying
    }

    fn linear(
        &self,
        varying: &Varying,
        columns: &[Variable],
        knows: &BTreeSet<Variable>,
    ) -> (BTreeSet<Variable>, BTreeSet<Tenant>) {
        let mut varying = varying.clone();
        for c in (0..columns.len()).filter(|c| knows.contains(&columns[*c])) {
            varying.fix(&[c]);
        }
        let mut versions: BTreeMap<Tenant, Vec<usize>> = BTreeMap::new();
        for (c, variable) in columns.iter().enumerate().filter(|(_, v)| !knows.contains(v)) {
            versions.entry(variable.tenant).or_default().push(c);
        }
        let unknown = versions.values().flatten();
        let values = unknown.filter(|c| varying.fixed(**c)).map(|c| columns[*c]).collect();
        let several = versions.iter().filter(|(_, columns)| columns.len() > 1);
        let changes = several.filter(|(_, columns)| varying.tied(columns)).map(|(t, _)| *t).collect();
        (values, changes)
    }

    fn gives_away(&self, sums: &[Known]) -> bool {
        let columns = self.columns(sums);
        let varying = self.varying(sums, &columns);
        self.coalitions().iter().any(|knows| {
            let (values, changes) = self.linear(&varying, &columns, knows);
            !values.is_empty() || !changes.is_empty()
        })
    }

    /// What anybody finds out by adding and subtracting.
    pub fn add_and_subtract(&self) -> Found {
        let columns = self.columns(&self.sums);
        let varying = self.varying(&self.sums, &columns);
        let mut found = Found { secrets: columns.len(), ..Found::default() };
        for knows in self.coalitions() {
            let (values, changes) = self.linear(&varying, &columns, &knows);
            found.values.extend(values);
            found.changes.extend(changes);
        }
        found
    }

    /// What anybody finds out by limits too.
    pub fn limit(&self, found: &mut Found) {
        let lows: Vec<&Suspect> = self
            .suspects
            .iter()
            .filter(|_| self.world.measure == Measure::Amount)
            .filter(|suspect| self.sum_of(&suspect.of) < self.world.rules.least_sum)
            .collect();
        for knows in self.coalitions() {
            self.limits_of(&knows, &[], found);
            let sure: Vec<&Suspect> =
                lows.iter().filter(|low| self.must_be_low(&knows, low)).copied().collect();
            if !sure.is_empty() {
                found.deduced += sure.len();
                self.limits_of(&knows, &sure, found);
            }
        }
    }

    /// The periods in which the total was withheld, though by adding and subtracting it gave nothing away.
    pub fn totals_withheld(&self) -> BTreeSet<String> {
        let totals = self.suspects.iter().filter(|suspect| suspect.group == Group::All);
        totals.map(|suspect| suspect.as_of.clone()).collect()
    }

    fn sum_of(&self, of: &BTreeSet<Variable>) -> u64 {
        of.iter().map(|variable| self.world.values[variable]).sum()
    }

    fn width(&self, value: u64) -> f64 {
        if self.world.measure == Measure::Presence { 1.0 } else { (value as f64 * 0.2).max(2.0) }
    }

    fn limits_of(&self, knows: &BTreeSet<Variable>, lows: &[&Suspect], found: &mut Found) {
        let of = Classes::new(self, knows, lows);
        let mut corner = None;
        for (c, class) in of.members.iter().enumerate() {
            // What one of several in the same sums does not have, another may have.
            let total: u64 = class.iter().map(|variable| self.world.values[variable]).sum();
            let presence = self.world.measure == Measure::Presence;
            let least = class.iter().map(|v| self.width(self.world.values[v])).fold(0.0, f64::max);
            if class.len() > 1
                && if presence { total >= 1 && total < class.len() as u64 } else { total as f64 >= least }
            {
                continue;
            }
            let corner = corner.get_or_insert_with(|| of.limits(self, knows, lows, None).corner());
            // Nothing fits: it was wrong about something.
            let Some(corner) = corner else { return };
            let mut wanted = vec![0.0; of.members.len()];
            wanted[c] = 1.0;
            let high = corner.climb(&wanted).unwrap_or(f64::INFINITY);
            wanted[c] = -1.0;
            let low = -corner.climb(&wanted).unwrap_or(f64::NEG_INFINITY);
            found.programmes += 2;
            let others = class.len() as f64 - 1.0;
            let (low, high) = match (presence, class.len()) {
                (true, _) => ((low - others).max(0.0), high.min(1.0)),
                (false, 1) => (low, high),
                (false, _) => (0.0, high),
            };
            let width = (high + 1e-6).floor() - (low - 1e-6).ceil();
            for variable in class {
                let value = self.world.values[variable];
                if width < self.width(value) - 1e-6 {
                    found.narrow.insert(*variable);
                }
            }
        }
    }

    /// Could the sum have been large enough, and the cell lopsided?
    fn must_be_low(&self, knows: &BTreeSet<Variable>, low: &Suspect) -> bool {
        let of = Classes::new(self, knows, &[low]);
        let known: Vec<u64> = low
            .of
            .iter()
            .filter(|v| knows.contains(v) || self.open.contains(v))
            .map(|v| self.world.values[v])
            .collect();
        let (sum, top) = (known.iter().sum::<u64>() as f64, known.iter().max().copied().unwrap_or(0) as f64);
        let within: Vec<usize> =
            (0..of.members.len()).filter(|c| low.of.contains(&of.members[*c][0])).collect();
        let enough = (within.clone(), self.world.rules.least_sum as f64 - sum);
        let Some(corner) = of.limits(self, knows, &[], Some(enough)).corner() else { return true };
        let share = self.world.rules.share_percent as f64 / 100.0;
        for first in &within {
            for second in within.iter().map(Some).chain([None]).filter(|second| *second != Some(first)) {
                // Without the second: what it knows itself may be the second.
                let fixed = if second.is_none() { top - sum } else { -sum };
                let mut wanted = vec![0.0; of.members.len()];
                for c in &within {
                    wanted[*c] = if c == first {
                        share
                    } else if Some(c) == second {
                        0.0
                    } else {
                        -1.0
                    };
                }
                if corner.clone().climb(&wanted).is_some_and(|best| best + fixed > 1e-6) {
                    return false;
                }
            }
            let mut wanted = vec![0.0; of.members.len()];
            within.iter().filter(|c| *c != first).for_each(|c| wanted[*c] = -1.0);
            let fixed = top - sum + share * top;
            if corner.clone().climb(&wanted).is_some_and(|best| best + fixed > 1e-6) {
                return false;
            }
        }
        true
    }
}

/// Unknown values that stand in the same sums.
struct Classes {
    members: Vec<Vec<Variable>>,
}

impl Classes {
    fn new(attack: &Attack, knows: &BTreeSet<Variable>, lows: &[&Suspect]) -> Self {
        let mut classes: BTreeMap<Vec<bool>, Vec<Variable>> = BTreeMap::new();
        for variable in attack.world.values.keys() {
            if knows.contains(variable) || attack.open.contains(variable) {
                continue;
            }
            let sums = attack.sums.iter().map(|known| known.of.contains(variable));
            let key: Vec<bool> = sums.chain(lows.iter().map(|low| low.of.contains(variable))).collect();
            if key.contains(&true) {
                classes.entry(key).or_default().push(*variable);
            }
        }
        Self { members: classes.into_values().collect() }
    }

    fn limits(
        &self,
        attack: &Attack,
        knows: &BTreeSet<Variable>,
        lows: &[&Suspect],
        enough: Option<(Vec<usize>, f64)>,
    ) -> Limits {
        let mut limits = Limits::new(self.members.len());
        let factors = |of: &BTreeSet<Variable>| -> Vec<f64> {
            self.members.iter().map(|class| f64::from(u8::from(of.contains(&class[0])))).collect()
        };
        let known = |of: &BTreeSet<Variable>| -> f64 {
            let told = of.iter().filter(|v| knows.contains(v) || attack.open.contains(v));
            told.map(|v| attack.world.values[v] as f64).sum()
        };
        for sum in &attack.sums {
            limits.row(factors(&sum.of), true, sum.sum as f64 - known(&sum.of));
        }
        for low in lows {
            limits.row(factors(&low.of), false, attack.world.rules.least_sum as f64 - 1.0 - known(&low.of));
        }
        if let Some((classes, least)) = enough {
            let mut row = vec![0.0; self.members.len()];
            classes.into_iter().for_each(|c| row[c] = -1.0);
            limits.row(row, false, -least);
        }
        if attack.world.measure == Measure::Presence {
            for (c, class) in self.members.iter().enumerate() {
                let mut row = vec![0.0; self.members.len()];
                row[c] = 1.0;
                limits.row(row, false, class.len() as f64);
            }
        }
        limits
    }
}
