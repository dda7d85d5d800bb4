//! Made-up consortia over time: libraries join, leave, change their values and whom they show them to.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::{
    Audience, Cell, Contribution, Group, Grouping, History, Level, Measure, Member, Mode, Rules, Snapshot,
    Tenant, Variable, release,
};

/// Numbers by chance, the same for the same seed (splitmix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn per_cent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// One release as everybody in the audience gets it, and who gave what to it (which they are taken to know).
pub struct Issue {
    pub audience: Audience,
    pub as_of: String,
    pub cells: Vec<Cell>,
    pub given: Vec<Contribution>,
    pub members: Vec<Member>,
}

pub struct World {
    pub rules: Rules,
    pub measure: Measure,
    pub issues: Vec<Issue>,
    /// All values ever given.
    pub values: BTreeMap<Variable, u64>,
}

/// Who is in a group.
pub fn within(member: &Member, group: &Group) -> bool {
    match group {
        Group::All => true,
        Group::Region(region) => member.regions.contains(region),
        Group::Kind(kind) => member.kind == *kind,
        Group::RegionKind(region, kind) => member.regions.contains(region) && member.kind == *kind,
    }
}

struct Maker {
    chance: Chance,
    measure: Measure,
    sealed_percent: u64,
    public_percent: u64,
    named_percent: u64,
    tenants: u64,
}

impl Maker {
    fn value(&mut self) -> u64 {
        if self.measure == Measure::Presence {
            return self.chance.below(2);
        }
        match self.chance.below(20) {
            0 => 20 + self.chance.below(60),
            1..=4 => 6 + self.chance.below(12),
            _ => self.chance.below(7),
        }
    }

    fn mode(&mut self, own: u64) -> Mode {
        if !self.chance.per_cent(self.sealed_percent) {
            return if self.chance.per_cent(self.public_percent) { Mode::Public } else { Mode::Consortium };
        }
        if self.chance.per_cent(self.named_percent) {
            let to: BTreeSet<Tenant> = (0..=self.chance.below(2))
                .map(|_| self.chance.below(self.tenants))
                .filter(|to| *to != own)
                .map(|to| Tenant(u128::from(to)))
                .collect();
            return Mode::Named(to);
        }
        Mode::Sealed
    }
}

/// So many releases are made, one a quarter.
pub const RELEASES: usize = 6;

/// A publisher that shows every cell with at least three contributors.
pub fn naive(world: &World) -> World {
    let issues = world.issues.iter().map(|issue| Issue {
        audience: issue.audience,
        as_of: issue.as_of.clone(),
        given: issue.given.clone(),
        members: issue.members.clone(),
        cells: issue
            .cells
            .iter()
            .map(|cell| {
                let mut cell = cell.clone();
                let group = issue.members.iter().filter(|member| within(member, &cell.group));
                let values: Vec<u64> = group
                    .filter_map(|m| issue.given.iter().find(|given| given.variable.tenant == m.tenant))
                    .filter(|given| !super::attacker::open_to(&given.mode, issue.audience))
                    .map(|given| given.value)
                    .collect();
                cell.sealed_contributors = values.len();
                cell.as_of.clone_from(&issue.as_of);
                cell.sealed = (cell.open_contributors + values.len() >= 3).then(|| values.iter().sum());
                cell
            })
            .collect(),
    });
    World {
        rules: world.rules.clone(),
        measure: world.measure,
        issues: issues.collect(),
        values: world.values.clone(),
    }
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let tenants = 3 + chance.below(28);
        let regions = 2 + chance.below(5);
        let measure = if seed % 10 == 9 { Measure::Presence } else { Measure::Amount };
        let mut rules = if seed % 4 == 3 { Rules::against_pairs() } else { Rules::default() };
        rules.share_percent = if chance.per_cent(50) { 10 } else { 20 };
        if chance.per_cent(30) {
            rules.groupings = vec![Grouping::All, Grouping::Kind, Grouping::Region, Grouping::RegionKind];
        }
        let [sealed_percent, changing, coming, leaving] =
            [chance.below(101), chance.below(41), chance.below(31), chance.below(11)];
        let (public_percent, named_percent) = (chance.below(60), if seed % 5 == 1 { 30 } else { 0 });
        let public = seed.is_multiple_of(3);
        let mut maker = Maker { chance, measure, sealed_percent, public_percent, named_percent, tenants };
        let members: Vec<Member> = (0..tenants)
            .map(|n| Member {
                tenant: Tenant(u128::from(n)),
                regions: BTreeSet::from([format!("r{}", maker.chance.below(regions))]),
                kind: format!("k{}", maker.chance.below(3)),
            })
            .collect();
        let mut versions = vec![0; members.len()];
        let mut given: BTreeMap<Tenant, Contribution> = BTreeMap::new();
        let mut gone = BTreeSet::new();
        let mut history = History::default();
        let mut world = Self { rules, measure, issues: Vec::new(), values: BTreeMap::new() };
        for quarter in 0..RELEASES {
            for (n, member) in members.iter().enumerate() {
                let here = given.contains_key(&member.tenant);
                let comes = if quarter == 0 { 80 } else { coming };
                if gone.contains(&member.tenant) {
                    continue;
                } else if here && maker.chance.per_cent(leaving) {
                    given.remove(&member.tenant);
                    if maker.chance.per_cent(30) {
                        gone.insert(member.tenant);
                    }
                } else if (here && maker.chance.per_cent(changing)) || (!here && maker.chance.per_cent(comes))
                {
                    versions[n] += 1;
                    let variable = Variable { tenant: member.tenant, version: versions[n] };
                    let (value, mode) = (maker.value(), maker.mode(n as u64));
                    world.values.insert(variable, value);
                    given.insert(member.tenant, Contribution { variable, value, mode, band: None });
                }
            }
            let members: Vec<Member> =
                members.iter().filter(|m| !gone.contains(&m.tenant)).cloned().collect();
            let audiences = [Audience::Consortium, Audience::Public];
            for audience in audiences.into_iter().take(if public { 2 } else { 1 }) {
                history = world.issue(&history, audience, quarter, &members, &given);
            }
        }
        world
    }

    fn issue(
        &mut self,
        history: &History,
        audience: Audience,
        quarter: usize,
        members: &[Member],
        given: &BTreeMap<Tenant, Contribution>,
    ) -> History {
        let as_of = format!("{audience:?}-{quarter}");
        let given: Vec<Contribution> = given.values().cloned().collect();
        let (measure, contributions) = (self.measure, given.as_slice());
        let snapshot = Snapshot { audience, as_of: &as_of, measure, members, contributions };
        let outcome = release(&self.rules, &snapshot, history).unwrap();
        let members = members.to_vec();
        self.issues.push(Issue { audience, as_of, cells: outcome.cells, given, members });
        outcome.history
    }

    /// Who was a member and is none at the end.
    pub fn former(&self) -> BTreeSet<Tenant> {
        let members = |issue: &Issue| issue.members.iter().map(|m| m.tenant).collect::<BTreeSet<Tenant>>();
        let last = self.issues.last().map(members).unwrap_or_default();
        self.values.keys().map(|variable| variable.tenant).filter(|tenant| !last.contains(tenant)).collect()
    }

    /// Whom the consortium wants to be safe against.
    pub fn pairs(&self) -> bool {
        self.rules.level == Level::Pairs
    }
}
