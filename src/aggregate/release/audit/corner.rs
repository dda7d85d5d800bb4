//! The programme of one coalition, over the totals of classes.

use super::{
    interval::{Part, Point, Sum},
    simplex::{Doubt, Fraction, Optimum, Programme, Relation, Simplex},
};

/// One more thing that totals must meet: this sum of them is at most so much.
pub struct Extra {
    pub factors: Vec<(usize, i128)>,
    pub right: i128,
}

/// The programme of a coalition: what is unknown of each class above the least it can be.
pub struct Corner {
    /// The class of each unknown.
    classes: Vec<usize>,
    simplex: Simplex,
}

impl Corner {
    pub fn of(parts: &[Part], sums: &[Sum], classes: &[Vec<usize>], extra: &[Extra]) -> Result<Self, Doubt> {
        let unknowns: Vec<usize> = (0..parts.len()).filter(|c| !parts[*c].left.is_empty()).collect();
        let mut rows = Vec::new();
        for sum in sums {
            let within = |c: usize| classes[c].first().is_some_and(|n| sum.of.contains(*n));
            let gone: i128 =
                (0..parts.len()).filter(|c| within(*c)).map(|c| parts[c].known + parts[c].least).sum();
            let factors: Vec<i128> = unknowns.iter().map(|c| i128::from(within(*c))).collect();
            rows.push((factors, sum.relation, sum.right - gone));
        }
        let extra = extra.iter().map(|extra| (extra.factors.clone(), extra.right));
        let bounded = unknowns.iter().filter_map(|c| parts[*c].most.map(|most| (vec![(*c, 1)], most)));
        for (factors, right) in extra.chain(bounded) {
            let gone: i128 = factors.iter().map(|(c, factor)| factor * parts[*c].least).sum();
            let of =
                |c: &usize| factors.iter().find(|(other, _)| other == c).map_or(0, |(_, factor)| *factor);
            rows.push((unknowns.iter().map(of).collect(), Relation::AtMost, right - gone));
        }
        let programme = Programme { unknowns: unknowns.len(), rows };
        let simplex = Simplex::corner(&programme)?.ok_or(Doubt)?;
        Ok(Self { classes: unknowns, simplex })
    }

    pub fn greatest(&mut self, wanted: &[(usize, i128)]) -> Result<Optimum, Doubt> {
        let of = |c: &usize| wanted.iter().find(|(other, _)| other == c).map_or(0, |(_, factor)| *factor);
        let factors: Vec<i128> = self.classes.iter().map(of).collect();
        self.simplex.greatest(&factors)?.ok_or(Doubt)
    }

    pub fn point(&self, best: &Optimum, parts: &[Part]) -> Point {
        let mut up: Vec<i128> = parts.iter().map(|part| part.known + part.least).collect();
        let mut down = up.clone();
        for (c, above) in self.classes.iter().zip(&best.point) {
            let above = Fraction { over: *above, under: best.value.under };
            up[*c] += above.ceil();
            down[*c] += above.floor();
        }
        Point { up, down }
    }
}
