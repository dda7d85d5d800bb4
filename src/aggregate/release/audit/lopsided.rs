//! What a cell tells that was withheld though nothing but its values spoke against it.

use super::{
    corner::{Corner, Extra},
    interval::{Intervals, Sum},
    set::Set,
    simplex::Relation,
};

impl Intervals<'_> {
    /// Can a coalition rule out that a sealed sum of at least `least` was withheld because it is lopsided? Then it
    /// knows that the sum is less.
    pub fn must_be_low(&self, knows: &Set, cell: &Set, least: u64, percent: u64) -> bool {
        let parts = self.parts(knows);
        let within: Vec<usize> = (0..parts.len())
            .filter(|c| self.classes[*c].first().is_some_and(|n| cell.contains(*n)))
            .collect();
        let values = cell.iter().filter(|n| knows.contains(*n)).filter_map(|n| self.truth.value[n]);
        let known: Vec<i128> = values.map(i128::from).collect();
        let (sum, largest) = (known.iter().sum::<i128>(), known.iter().max().copied().unwrap_or(0));
        let published: Vec<Sum> =
            self.sums.iter().filter(|sum| sum.relation == Relation::Equal).cloned().collect();
        let enough =
            Extra { factors: within.iter().map(|c| (*c, -1)).collect(), right: sum - i128::from(least) };
        let Ok(mut corner) = Corner::of(&parts, &published, &self.classes, &[enough]) else { return true };
        let percent = i128::from(percent);
        let open: Vec<usize> = within.iter().filter(|c| !parts[**c].left.is_empty()).copied().collect();
        // (the largest, the second) among classes; absent: the largest value the coalition knows.
        let tops = open.iter().flat_map(|a| {
            let second = open.iter().filter(move |b| *b != a).map(|b| Some(*b)).chain([None]);
            second.map(move |b| (Some(*a), b)).chain([(None, Some(*a))])
        });
        !tops.into_iter().any(|(first, second)| {
            let mut factors: Vec<(usize, i128)> = Vec::new();
            for c in &open {
                if Some(*c) == first {
                    factors.push((*c, percent));
                } else if Some(*c) != second {
                    factors.push((*c, -100));
                }
            }
            let mut fixed = -100 * sum;
            if first.is_none() {
                fixed += (100 + percent) * largest;
            } else if second.is_none() {
                fixed += 100 * largest;
            }
            fixed += factors.iter().map(|(c, factor)| factor * parts[*c].least).sum::<i128>();
            corner.greatest(&factors).is_ok_and(|best| fixed + best.value.floor() >= 1)
        })
    }
}
