//! How narrowly a value can be told, with all published sums and with what suppression itself gives away.
//!
//! Values in the same sums are one unknown, their total: whatever it is can be all one library's. So the question is
//! put to totals, of which there are few, and mostly needs no programme: points that are known to fit (the truth is
//! one, and each corner found becomes another) show that there is room enough.

use std::collections::BTreeSet;

use super::{
    corner::Corner,
    model::{Measure, Rules},
    partition::Partition,
    set::Set,
    simplex::{Doubt, Fraction, Relation},
};

/// What is known of the sum of some unknown values.
#[derive(Clone, Debug)]
pub struct Sum {
    pub of: Set,
    pub relation: Relation,
    pub right: i128,
}

/// The unknown values: what they are in truth, and what everybody knows of each.
pub struct Truth<'t> {
    /// The libraries of all variables.
    pub tenant: &'t [usize],
    /// Absent where it was erased.
    pub value: &'t [Option<u64>],
    pub least: &'t [i128],
    pub most: &'t [Option<i128>],
    /// Those that no open fact tells.
    pub secret: &'t Set,
    pub measure: Measure,
    pub rules: &'t Rules,
}

/// A point that fits: the totals of the classes, rounded up and down, which is the same but for fractions.
#[derive(Clone)]
pub struct Point {
    pub up: Vec<i128>,
    pub down: Vec<i128>,
}

/// Sums, over classes of values that stand in the same ones.
#[derive(Clone)]
pub struct Intervals<'t> {
    pub truth: &'t Truth<'t>,
    pub sums: Vec<Sum>,
    pub classes: Vec<Vec<usize>>,
    points: Vec<Point>,
    /// The totals in truth, unless a value was erased.
    true_totals: Option<Vec<i128>>,
}

/// A point as far as a coalition can think of it: from the truth this share of the way to it.
#[derive(Clone, Copy)]
struct Way {
    point: usize,
    share: Fraction,
}

/// A class as one coalition sees it.
#[derive(Clone)]
pub struct Part {
    pub left: Vec<usize>,
    /// The sum of the values it knows.
    pub known: i128,
    /// The least and the most that the values left can make together.
    pub least: i128,
    pub most: Option<i128>,
    /// It knows some of the values.
    touched: bool,
}

/// A value that can be told too narrowly, or two of one library of which the change can.
pub type Narrow = Vec<usize>;

/// So many points are kept from one coalition to the next.
const MOST_POINTS: usize = 100;

fn whole(n: usize) -> i128 {
    n as i128
}

impl<'t> Intervals<'t> {
    pub fn new(truth: &'t Truth<'t>, sums: Vec<Sum>) -> Self {
        let length = truth.tenant.len();
        let mut partition = sums.iter().fold(Partition::of(length), |p, sum| p.split(&sum.of));
        // Who has another band is told apart by it.
        let bands: BTreeSet<(i128, Option<i128>)> =
            truth.least.iter().copied().zip(truth.most.iter().copied()).collect();
        for band in bands {
            let same = |n: &usize| (truth.least[*n], truth.most[*n]) == band && partition.class[*n].is_some();
            partition = partition.split(&Set::of(length, (0..length).filter(same)));
        }
        let classes = partition.classes;
        let true_totals: Option<Vec<i128>> = classes
            .iter()
            .map(|class| class.iter().map(|n| truth.value[*n].map(i128::from)).sum::<Option<i128>>())
            .collect();
        let truth_itself =
            true_totals.iter().map(|totals| Point { up: totals.clone(), down: totals.clone() });
        Self { truth, sums, classes, points: truth_itself.collect(), true_totals }
    }

    pub fn parts(&self, knows: &Set) -> Vec<Part> {
        self.classes
            .iter()
            .map(|class| {
                let told = |n: &&usize| knows.contains(**n) && self.truth.value[**n].is_some();
                let known =
                    class.iter().filter(told).filter_map(|n| self.truth.value[*n]).map(i128::from).sum();
                let left: Vec<usize> = class.iter().filter(|n| !told(n)).copied().collect();
                let many = whole(left.len());
                let least = class.first().map_or(0, |n| self.truth.least[*n]) * many;
                let most = if left.is_empty() {
                    Some(0)
                } else {
                    class.first().and_then(|n| self.truth.most[*n]).map(|most| most * many)
                };
                let touched = left.len() < class.len();
                Part { left, known, least, most, touched }
            })
            .collect()
    }

    /// The width that a value must keep, when the greatest it can be is this.
    fn width(&self, n: usize, greatest: i128) -> i128 {
        if self.truth.measure == Measure::Presence {
            return 1;
        }
        let rules = self.truth.rules;
        let value = self.truth.value[n].map_or(greatest, i128::from);
        let share = (value * i128::from(rules.width_percent) + 99) / 100;
        let width = share.max(i128::from(rules.least_width));
        // A band that is narrower was its library's own wish.
        self.truth.most[n].map_or(width, |most| width.min(most - self.truth.least[n]))
    }

    /// How far a coalition can think of each point. Between the truth and a point everything fits all sums, so only
    /// what the coalition knows limits it.
    fn ways(&self, parts: &[Part]) -> Vec<Way> {
        let touched: Vec<usize> = (0..parts.len()).filter(|c| parts[*c].touched).collect();
        (0..self.points.len()).filter_map(|point| self.way(point, &touched, parts)).collect()
    }

    fn way(&self, point: usize, touched: &[usize], parts: &[Part]) -> Option<Way> {
        let at = &self.points[point];
        let mut share = Fraction { over: 1, under: 1 };
        for c in touched {
            let part = &parts[*c];
            let (low, high) = (part.known + part.least, part.most.map(|most| part.known + most));
            let too_low = low - at.down[*c];
            let too_high = high.map_or(0, |high| at.up[*c] - high);
            if too_low <= 0 && too_high <= 0 {
                continue;
            }
            let truth = self.true_totals.as_ref()?[*c];
            for (room, way) in [
                (truth - low, truth - at.down[*c]),
                (high.map_or(0, |high| high - truth), if high.is_some() { at.up[*c] - truth } else { 0 }),
            ] {
                // room / way is less than the share so far.
                if way > room && room.checked_mul(share.under)? < way.checked_mul(share.over)? {
                    share = Fraction { over: room, under: way };
                }
            }
        }
        (share.over > 0).then_some(Way { point, share })
    }

    /// The least and the most that one of the values left in a class can be, when together they can be this much.
    fn of_one(&self, part: &Part, low: i128, high: i128) -> (i128, i128) {
        let (Some(n), others) = (part.left.first(), whole(part.left.len()) - 1) else { return (0, 0) };
        let (least, most) = (self.truth.least[*n], self.truth.most[*n]);
        let greatest = most.map_or(high - others * least, |most| most.min(high - others * least));
        let smallest = match most {
            Some(most) => least.max(low - others * most),
            None if others > 0 => least,
            None => least.max(low),
        };
        (smallest, greatest)
    }

    fn too_narrow(&self, part: &Part, low: i128, high: i128) -> Vec<usize> {
        let (smallest, greatest) = self.of_one(part, low, high);
        let secret = |n: &&usize| self.truth.secret.contains(**n);
        let narrow = |n: &&usize| greatest - smallest < self.width(**n, greatest);
        part.left.iter().filter(secret).filter(narrow).copied().collect()
    }

    /// The values (or two of one library, of which the change) that a coalition can narrow too much.
    pub fn narrow(&mut self, knows: &Set) -> Vec<Narrow> {
        self.look(knows, None)
    }

    /// Can it narrow this one too much?
    pub fn narrows(&mut self, knows: &Set, about: &Narrow) -> bool {
        self.look(knows, Some(about)).contains(about)
    }

    fn look(&mut self, knows: &Set, only: Option<&Narrow>) -> Vec<Narrow> {
        let parts = self.parts(knows);
        let mut corner: Option<Result<Corner, Doubt>> = None;
        let mut out = Vec::new();
        let secret = |part: &Part| part.left.iter().any(|n| self.truth.secret.contains(*n));
        self.points.truncate(MOST_POINTS);
        let mut ways = self.ways(&parts);
        let wanted = |part: &Part| only.is_none_or(|only| only.len() == 1 && part.left.contains(&only[0]));
        let asked: Vec<usize> =
            (0..parts.len()).filter(|c| secret(&parts[*c]) && wanted(&parts[*c])).collect();
        for c in asked {
            let wanted = |sign: i128| vec![(c, sign)];
            let known = self.span(&ways, &parts, &wanted(1));
            let erased = parts[c].left.iter().any(|n| self.truth.value[*n].is_none());
            if !erased && known.is_some_and(|(low, high)| self.too_narrow(&parts[c], low, high).is_empty()) {
                continue;
            }
            let first = self.points.len();
            let reach = self.reach(&parts, &mut corner, &wanted(1));
            let whole = Fraction { over: 1, under: 1 };
            ways.extend((first..self.points.len()).map(|point| Way { point, share: whole }));
            match reach {
                Ok((low, high)) => {
                    out.extend(self.too_narrow(&parts[c], low, high).into_iter().map(|n| vec![n]));
                }
                Err(Doubt) => out.extend(parts[c].left.iter().map(|n| vec![*n])),
            }
        }
        if only.is_none_or(|only| only.len() == 2) {
            out.extend(self.changes(&parts, &mut corner, only));
        }
        out
    }

    /// The changes of one library that a coalition can narrow too much. Where a value has company in its class, so
    /// has its change.
    fn changes(
        &mut self,
        parts: &[Part],
        corner: &mut Option<Result<Corner, Doubt>>,
        only: Option<&Narrow>,
    ) -> Vec<Narrow> {
        let alone: Vec<(usize, usize)> = (0..parts.len())
            .filter(|c| parts[*c].left.len() == 1)
            .map(|c| (c, parts[c].left[0]))
            .filter(|(_, n)| self.truth.secret.contains(*n) && only.is_none_or(|only| only.contains(n)))
            .collect();
        let least = match self.truth.measure {
            Measure::Amount => i128::from(self.truth.rules.least_width),
            Measure::Presence => 1,
        };
        let ways = self.ways(parts);
        let mut out = Vec::new();
        for (at, (a, first)) in alone.iter().enumerate() {
            for (b, second) in &alone[at + 1..] {
                if self.truth.tenant[*first] != self.truth.tenant[*second] {
                    continue;
                }
                let change = [(*a, 1), (*b, -1)];
                if self.span(&ways, parts, &change).is_some_and(|(low, high)| high - low >= least) {
                    continue;
                }
                let reach = self.reach(parts, corner, &change);
                if reach.is_err() || reach.is_ok_and(|(low, high)| high - low < least) {
                    out.push(vec![*first, *second]);
                }
            }
        }
        out
    }

    /// Between which whole numbers a sum of totals lies on some ways, at least.
    fn span(&self, ways: &[Way], parts: &[Part], wanted: &[(usize, i128)]) -> Option<(i128, i128)> {
        let mut out: Option<(i128, i128)> = None;
        for Way { point, share } in ways {
            let point = &self.points[*point];
            let (mut low, mut high) = (0, 0);
            for (c, factor) in wanted {
                let (mut up, mut down) = (point.up[*c], point.down[*c]);
                if share.under > 1 {
                    let truth = self.true_totals.as_ref()?[*c];
                    let part = |total: i128| {
                        let over = (total - truth).checked_mul(share.over)?;
                        Some(Fraction { over, under: share.under })
                    };
                    (up, down) = (truth + part(up)?.ceil(), truth + part(down)?.floor());
                }
                (up, down) = (up - parts[*c].known, down - parts[*c].known);
                low += factor * if *factor > 0 { up } else { down };
                high += factor * if *factor > 0 { down } else { up };
            }
            out = Some(out.map_or((low, high), |(least, most)| (least.min(low), most.max(high))));
        }
        out
    }

    /// Between which whole numbers a sum of totals can lie.
    fn reach(
        &mut self,
        parts: &[Part],
        corner: &mut Option<Result<Corner, Doubt>>,
        wanted: &[(usize, i128)],
    ) -> Result<(i128, i128), Doubt> {
        let corner = corner.get_or_insert_with(|| Corner::of(parts, &self.sums, &self.classes, &[]));
        let corner = corner.as_mut().map_err(|doubt| *doubt)?;
        let high = corner.greatest(wanted)?;
        let back: Vec<(usize, i128)> = wanted.iter().map(|(c, factor)| (*c, -factor)).collect();
        let low = corner.greatest(&back)?;
        let shift: i128 = wanted.iter().map(|(c, factor)| factor * parts[*c].least).sum();
        for best in [&high, &low] {
            self.points.push(corner.point(best, parts));
        }
        Ok((shift - low.value.floor(), shift + high.value.floor()))
    }
}
