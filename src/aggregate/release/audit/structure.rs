//! What can be computed by adding and subtracting published sums, whatever the values are.
//!
//! Nothing here looks at a value, so that a refusal tells nothing about one. A coalition takes what it knows out of
//! all sums; if a combination of what is left is about one library alone, it has got that library's value, or how
//! it changed. In combinations, variables that stand in the same sums go together. So a class of which a coalition
//! does not know two libraries can be in no such combination, and most classes are such to everybody: their columns
//! are eliminated first, once for all coalitions, and very little is left to look through.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    attacker::{Index, View},
    echelon::Echelon,
    partition::Partition,
    set::Set,
};

/// A coalition, a library of which it computes something, and how many independent such things.
pub type Exposure = (usize, usize, usize);

/// The sums one readership has got so far.
pub struct Structure<'v> {
    index: &'v Index,
    view: &'v View,
    /// The column of each variable; those that are alike in all rows there can be share one.
    column: Vec<Option<usize>>,
    /// A variable of each column.
    first: Vec<usize>,
    /// So many libraries are known in part to the coalition that knows most.
    reach: usize,
    got: Got,
}

/// Sums, and what they give away.
#[derive(Clone)]
pub struct Got {
    space: Echelon,
    partition: Partition,
    exposures: BTreeSet<Exposure>,
}

impl<'v> Structure<'v> {
    /// `rows` are all that could ever be added, in terms of hidden variables.
    pub fn new<'r>(index: &'v Index, view: &'v View, rows: impl Iterator<Item = &'r Set>) -> Self {
        let fine = rows.fold(Partition::of(index.len()), |partition, row| partition.split(row));
        let first = fine.classes.iter().map(|members| members[0]).collect();
        let reach = view.coalitions.iter().map(|knows| tenants(index, knows.iter()).len()).max().unwrap_or(0);
        let got = Got {
            space: Echelon::default(),
            partition: Partition::of(index.len()),
            exposures: BTreeSet::new(),
        };
        Self { index, view, column: fine.class, first, reach, got }
    }

    fn vector(&self, row: &Set) -> Vec<u64> {
        self.first.iter().map(|n| u64::from(row.contains(*n))).collect()
    }

    /// Adds rows that are out already.
    pub fn start<'r>(&mut self, rows: impl Iterator<Item = &'r Set>) {
        for row in rows {
            self.got.space.insert(self.vector(row));
            self.got.partition = self.got.partition.split(row);
        }
        self.got.exposures = self.exposures(&mut self.got.space.clone(), &self.got.partition);
    }

    /// What would stand with one more row; nothing when that would expose more than now.
    pub fn with(&self, row: &Set) -> Option<Got> {
        let mut space = self.got.space.clone();
        if !space.insert(self.vector(row)) {
            // It follows from the others.
            return Some(self.got.clone());
        }
        let partition = self.got.partition.split(row);
        let exposures = self.exposures(&mut space, &partition);
        exposures.is_subset(&self.got.exposures).then_some(Got { space, partition, exposures })
    }

    /// Does a row follow from others?
    pub fn follows(&self, got: &Got, row: &Set) -> bool {
        row.iter().all(|n| self.column[n].is_some()) && got.space.holds(self.vector(row))
    }

    /// Does a row follow from what is out already?
    pub fn told(&self, row: &Set) -> bool {
        self.follows(&self.got, row)
    }

    pub fn take(&mut self, got: Got) {
        self.got = got;
    }

    /// The libraries of which somebody computes something.
    pub fn exposed(&self) -> BTreeSet<usize> {
        self.got.exposures.iter().map(|(_, tenant, _)| *tenant).collect()
    }

    fn exposures(&self, space: &mut Echelon, partition: &Partition) -> BTreeSet<Exposure> {
        let Some(small) = Small::of(self, space, partition) else { return BTreeSet::new() };
        let mut out = BTreeSet::new();
        for (n, knows) in self.view.coalitions.iter().enumerate() {
            if n == 0 || knows.meets(&small.variables) {
                let found = small.alone(self.index, knows);
                out.extend(found.into_iter().map(|(tenant, dimensions)| (n, tenant, dimensions)));
            }
        }
        out
    }
}

/// Whose values of a class a coalition does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secret {
    Nobodys,
    Of(usize),
    Several,
}

impl Secret {
    fn of(index: &Index, variables: impl Iterator<Item = usize>) -> Self {
        variables.fold(Self::Nobodys, |secret, n| match secret {
            Self::Nobodys => Self::Of(index.tenant[n]),
            Self::Of(tenant) if tenant == index.tenant[n] => secret,
            Self::Of(_) | Self::Several => Self::Several,
        })
    }

    fn tenant(self) -> Option<usize> {
        match self {
            Self::Of(tenant) => Some(tenant),
            Self::Nobodys | Self::Several => None,
        }
    }
}

/// The classes of so few libraries that a coalition may know all but one, and the combinations that are about such
/// classes only.
struct Small<'p> {
    classes: Vec<&'p Vec<usize>>,
    variables: Set,
    /// The class of each variable.
    class: &'p [Option<usize>],
    /// The place of each class here.
    place: Vec<Option<usize>>,
    /// What who contributes nothing does not know.
    secret: Vec<Secret>,
    /// The pivots stand in classes of several libraries wherever they can.
    space: Echelon,
}

impl<'p> Small<'p> {
    fn of(structure: &Structure, space: &mut Echelon, partition: &'p Partition) -> Option<Self> {
        let index = structure.index;
        let mut place = vec![None; partition.classes.len()];
        let mut classes = Vec::new();
        let mut large = vec![true; structure.first.len()];
        for (c, class) in partition.classes.iter().enumerate() {
            // With two libraries more than any coalition knows it is in no combination.
            if tenants(index, class.iter().copied()).len() < structure.reach + 2 {
                place[c] = Some(classes.len());
                classes.push(class);
                class.iter().filter_map(|n| structure.column[*n]).for_each(|column| large[column] = false);
            }
        }
        let columns: Vec<usize> = classes.iter().filter_map(|class| structure.column[class[0]]).collect();
        let rows = space.zero_in(&large);
        if rows.is_empty() {
            return None;
        }
        let mut left = Echelon::default();
        for row in rows {
            left.insert(columns.iter().map(|column| row[*column]).collect());
        }
        let secret: Vec<Secret> =
            classes.iter().map(|class| Secret::of(index, class.iter().copied())).collect();
        left.zero_in(&several(&secret));
        let variables = Set::of(index.len(), classes.iter().flat_map(|class| class.iter().copied()));
        Some(Self { classes, variables, class: &partition.class, place, secret, space: left })
    }

    /// The libraries that a coalition computes something of alone, and how many independent things.
    fn alone(&self, index: &Index, knows: &Set) -> BTreeMap<usize, usize> {
        let mut secret = self.secret.clone();
        for n in knows.and(&self.variables).iter() {
            if let Some(at) = self.class[n].and_then(|c| self.place[c]) {
                let left = self.classes[at].iter().copied().filter(|n| !knows.contains(*n));
                secret[at] = Secret::of(index, left);
            }
        }
        let several = several(&secret);
        let one = |column: usize| matches!(secret[column], Secret::Of(_));
        let mut about_one = Echelon::default();
        for row in self.space.part(&several).zero_in(&several) {
            about_one.insert(masked(row, one));
        }
        let mut out = BTreeMap::new();
        if about_one.rank() == 0 {
            return out;
        }
        let tenants: BTreeSet<usize> = secret.iter().filter_map(|secret| secret.tenant()).collect();
        for tenant in tenants {
            // What is about this library alone is made of rows with a pivot in its columns, such that nothing is
            // left elsewhere.
            let elsewhere: Vec<bool> = secret.iter().map(|secret| secret.tenant() != Some(tenant)).collect();
            let own = about_one.part(&elsewhere);
            let mut left = Echelon::default();
            for row in own.rows() {
                left.insert(masked(row, |column| elsewhere[column]));
            }
            if own.rank() > left.rank() {
                out.insert(tenant, own.rank() - left.rank());
            }
        }
        out
    }
}

fn several(secret: &[Secret]) -> Vec<bool> {
    secret.iter().map(|secret| *secret == Secret::Several).collect()
}

fn masked(row: &[u64], keep: impl Fn(usize) -> bool) -> Vec<u64> {
    row.iter().enumerate().map(|(column, entry)| if keep(column) { *entry } else { 0 }).collect()
}

fn tenants(index: &Index, variables: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    variables.map(|n| index.tenant[n]).collect()
}
