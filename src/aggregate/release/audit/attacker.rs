//! Who reads releases, and what each knows besides.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{Audience, History, Level, Row, Tenant, Variable},
    set::Set,
};

/// The variables of a history by number, smallest first.
pub struct Index {
    pub variables: Vec<Variable>,
    /// The library of each, by number.
    pub tenant: Vec<usize>,
    numbers: BTreeMap<Variable, usize>,
    tenants: BTreeMap<Tenant, usize>,
}

impl Index {
    pub fn of(history: &History) -> Self {
        let variables: Vec<Variable> = history.variables.keys().copied().collect();
        let ids: BTreeSet<Tenant> = variables.iter().map(|variable| variable.tenant).collect();
        let tenants: BTreeMap<Tenant, usize> = ids.into_iter().zip(0..).collect();
        let tenant = variables.iter().map(|variable| tenants[&variable.tenant]).collect();
        let numbers = variables.iter().copied().zip(0..).collect();
        Self { variables, tenant, numbers, tenants }
    }

    pub fn len(&self) -> usize {
        self.variables.len()
    }

    pub fn number(&self, variable: Variable) -> Option<usize> {
        self.numbers.get(&variable).copied()
    }

    pub fn set(&self, variables: impl IntoIterator<Item = Variable>) -> Set {
        Set::of(self.len(), variables.into_iter().filter_map(|variable| self.number(variable)))
    }

    fn own(&self, tenant: Tenant) -> Set {
        let number = self.tenants.get(&tenant);
        Set::of(self.len(), (0..self.len()).filter(|n| number == Some(&self.tenant[*n])))
    }
}

/// A readership: what it gets, and what is a secret to it.
pub struct View {
    /// It reads all releases to the public, and of those to members what came before this row.
    before: usize,
    /// The variables that are no open facts to it.
    pub hidden: Set,
    /// What one or two of it know of those. The first knows least: whoever contributes nothing.
    pub coalitions: Vec<Set>,
}

impl View {
    /// Does it read a row of the history?
    pub fn reads(&self, at: usize, row: &Row) -> bool {
        row.audience == Audience::Public || at < self.before
    }

    /// Whom a release to an audience must hold against. A member sees both, so a release to the public must hold
    /// against members with all that they got; and against who was a member, with what it got till then.
    pub fn of(index: &Index, history: &History, audience: Audience, level: Level) -> Vec<Self> {
        let mut views = Vec::new();
        if audience == Audience::Public {
            let hidden = hidden(index, history, |open| open == Some(Audience::Public));
            let nothing = Set::new(index.len());
            views.push(Self { before: 0, hidden: hidden.clone(), coalitions: vec![nothing] });
            for (tenant, former) in &history.former {
                let mut knows = knows(index, history, *tenant);
                knows.add(&index.set(former.saw.iter().copied()));
                let (before, coalitions) = (former.before, vec![knows.and(&hidden)]);
                views.push(Self { before, hidden: hidden.clone(), coalitions });
            }
        }
        let hidden = hidden(index, history, |open| open.is_some());
        // Who was a member is taken to know all that members do.
        let coalitions = coalitions(index, history, &hidden, level);
        views.push(Self { before: usize::MAX, hidden, coalitions });
        views
    }
}

/// What a library knows of its own, and of what was named to it.
fn knows(index: &Index, history: &History, tenant: Tenant) -> Set {
    let mut knows = index.own(tenant);
    let named = history.variables.iter().filter(|(_, past)| past.named.contains(&tenant));
    knows.add(&index.set(named.map(|(variable, _)| *variable)));
    knows
}

/// What each library knows alone, and what two of them know.
fn coalitions(index: &Index, history: &History, hidden: &Set, level: Level) -> Vec<Set> {
    let named = history.variables.values().flat_map(|past| past.named.iter().copied());
    let readers: BTreeSet<Tenant> = index.tenants.keys().copied().chain(named).collect();
    let alone: Vec<Set> = readers
        .into_iter()
        .map(|reader| knows(index, history, reader).and(hidden))
        .filter(|knows| !knows.is_empty())
        .collect();
    let mut coalitions: BTreeSet<Set> = alone.iter().cloned().collect();
    if level == Level::Pairs {
        for (n, one) in alone.iter().enumerate() {
            for other in &alone[n + 1..] {
                let mut both = one.clone();
                both.add(other);
                coalitions.insert(both);
            }
        }
    }
    // Who contributes nothing: a set that is empty sorts first.
    coalitions.insert(Set::new(index.len()));
    coalitions.into_iter().collect()
}

fn hidden(index: &Index, history: &History, seen: impl Fn(Option<Audience>) -> bool) -> Set {
    let secret = history.variables.iter().filter(|(_, past)| !seen(past.open));
    index.set(secret.map(|(variable, _)| *variable))
}
