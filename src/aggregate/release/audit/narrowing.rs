//! Drops new cells until nobody can tell a value too narrowly.

use super::{
    attacker::{Index, View},
    interval::{Intervals, Narrow, Sum, Truth},
    model::{History, Measure, Rules, Told, Variable},
    set::Set,
    simplex::Relation,
};

/// A cell that the steps before let through.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Its place among the groups.
    pub group: usize,
    pub variables: Set,
    pub sum: u64,
}

/// All that the narrowing needs to know.
pub struct Narrowing<'n> {
    pub index: &'n Index,
    pub history: &'n History,
    pub view: &'n View,
    pub measure: Measure,
    pub rules: &'n Rules,
    /// The sealed parts that were withheld for being low.
    pub low: &'n [Set],
}

impl Narrowing<'_> {
    /// Leaves in `fresh` what may be published.
    pub fn settle(&self, fresh: &mut Vec<Fresh>) {
        let values: Vec<Option<u64>> = self.past(|variable| self.history.variables[&variable].value);
        let band = |variable: Variable| self.history.variables[&variable].band;
        let (least, most) = match self.measure {
            Measure::Presence => (vec![0; values.len()], vec![Some(1); values.len()]),
            Measure::Amount => (
                self.past(|v| band(v).map_or(0, |(least, _)| i128::from(least))),
                self.past(|v| band(v).map(|(_, most)| i128::from(most))),
            ),
        };
        let truth = Truth {
            tenant: &self.index.tenant,
            value: &values,
            least: &least,
            most: &most,
            secret: &self.view.hidden,
            measure: self.measure,
            rules: self.rules,
        };
        let before = self.before(&values);
        let published = |fresh: &[Fresh], low: &[Sum]| {
            let mut sums: Vec<Sum> =
                before.iter().filter(|s| s.relation == Relation::Equal).cloned().collect();
            let new = fresh.iter().map(|f| self.sum(&f.variables, Relation::Equal, f.sum, &values));
            sums.extend(new.filter(|sum| !sum.of.is_empty()));
            sums.extend(low.iter().cloned());
            Intervals::new(&truth, sums)
        };
        let mut now = published(fresh, &[]);
        for knows in &self.view.coalitions {
            self.drop(fresh, knows, &mut now, |fresh| published(fresh, &[]));
        }
        let low = self.low_sums(&before, &values);
        if low.is_empty() {
            return;
        }
        let mut now = published(fresh, &low);
        for knows in &self.view.coalitions {
            if fresh.is_empty() || now.narrow(knows).is_empty() {
                continue;
            }
            // Of what was withheld for being low, what this coalition can be sure of.
            let sure: Vec<Sum> = low
                .iter()
                .filter(|sum| now.must_be_low(knows, &sum.of, self.rules.least_sum, self.rules.share_percent))
                .cloned()
                .collect();
            if !sure.is_empty() {
                let count = fresh.len();
                self.drop(fresh, knows, &mut published(fresh, &sure), |fresh| published(fresh, &sure));
                if fresh.len() < count {
                    now = published(fresh, &low);
                }
            }
        }
    }

    /// Drops cells until a coalition tells nothing too narrowly. What it does without any of them is past help.
    /// `now` is what is told with all of them.
    fn drop<'t>(
        &self,
        fresh: &mut Vec<Fresh>,
        knows: &Set,
        now: &mut Intervals<'t>,
        published: impl Fn(&[Fresh]) -> Intervals<'t>,
    ) {
        let mut without = None;
        while !fresh.is_empty() {
            let narrow = now.narrow(knows);
            if narrow.is_empty() {
                return;
            }
            let without = without.get_or_insert_with(|| published(&[]));
            let Some(about) = narrow.iter().find(|about| !without.narrows(knows, about)) else { return };
            // The finest that alone makes the difference; else the finest that has to do with it.
            let alone = (0..fresh.len()).rev().find(|at| {
                let others: Vec<Fresh> =
                    fresh.iter().enumerate().filter(|(n, _)| n != at).map(|(_, cell)| cell.clone()).collect();
                !published(&others).narrows(knows, about)
            });
            match alone.or_else(|| self.tied(fresh, about)) {
                Some(at) => _ = fresh.remove(at),
                None => return,
            }
            *now = published(fresh);
        }
    }

    fn past<T>(&self, of: impl Fn(Variable) -> T) -> Vec<T> {
        self.index.variables.iter().map(|variable| of(*variable)).collect()
    }

    /// A sum without what is known of it to everybody in the view.
    fn sum(&self, variables: &Set, relation: Relation, sum: u64, values: &[Option<u64>]) -> Sum {
        let mut of = Set::new(self.index.len());
        let mut right = i128::from(sum);
        for n in variables.iter() {
            match values[n] {
                Some(value) if !self.view.hidden.contains(n) => right -= i128::from(value),
                _ => of.insert(n),
            }
        }
        Sum { of, relation, right }
    }

    /// What earlier releases told this view.
    fn before(&self, values: &[Option<u64>]) -> Vec<Sum> {
        let rows = self.history.rows.iter().enumerate().filter(|(at, row)| self.view.reads(*at, row));
        rows.map(|(_, row)| {
            let variables = self.index.set(row.variables.iter().copied());
            match row.told {
                Told::Sum { sum, .. } => self.sum(&variables, Relation::Equal, sum, values),
                Told::AtMost(most) => self.sum(&variables, Relation::AtMost, most, values),
            }
        })
        .filter(|sum| !sum.of.is_empty())
        .collect()
    }

    fn low_sums(&self, before: &[Sum], values: &[Option<u64>]) -> Vec<Sum> {
        let most = self.rules.least_sum.saturating_sub(1);
        let new = self.low.iter().map(|set| self.sum(set, Relation::AtMost, most, values));
        let old = before.iter().filter(|sum| sum.relation == Relation::AtMost).cloned();
        old.chain(new).filter(|sum| !sum.of.is_empty()).collect()
    }

    /// The finest new cell that is about something, or is tied to it by earlier sums.
    fn tied(&self, fresh: &[Fresh], about: &Narrow) -> Option<usize> {
        let mut about = Set::of(self.index.len(), about.iter().copied());
        loop {
            if let Some(at) = fresh.iter().rposition(|cell| cell.variables.meets(&about)) {
                return Some(at);
            }
            let count = about.count();
            for row in &self.history.rows {
                let row = self.index.set(row.variables.iter().copied());
                if row.meets(&about) {
                    about.add(&row);
                }
            }
            if about.count() == count {
                return None;
            }
        }
    }
}
