//! Linear programmes in whole numbers: the least and the greatest that a sum can be. Exact, or no answer.
//!
//! The tableau is kept in integers with one common denominator (each entry is a minor of the programme), so nothing
//! is rounded. Pivots are chosen by Bland's rule, which cannot go in circles.
//! Source: R. G. Bland, New finite pivoting rules for the simplex method, 1977; the integer pivots are those of
//! J. Edmonds and J.-F. Maurras, as in D. Avis' lrs.

/// How a row stands to its right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Equal,
    AtMost,
}

/// Rows over unknowns that are at least 0.
#[derive(Clone, Debug, Default)]
pub struct Programme {
    pub unknowns: usize,
    pub rows: Vec<(Vec<i128>, Relation, i128)>,
}

/// Numbers grew too large, or it took too long: nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt;

/// A fraction with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    pub over: i128,
    pub under: i128,
}

impl Fraction {
    pub fn floor(self) -> i128 {
        self.over.div_euclid(self.under)
    }

    pub fn ceil(self) -> i128 {
        -(-self.over).div_euclid(self.under)
    }
}

/// Where a sum is greatest: the point has the same denominator.
#[derive(Clone, Debug)]
pub struct Optimum {
    pub value: Fraction,
    pub point: Vec<i128>,
}

/// So many pivots at most, for one question.
const MOST_PIVOTS: usize = 5_000;

/// A programme at one of its corners.
#[derive(Clone, Debug)]
pub struct Simplex {
    unknowns: usize,
    /// Unknowns, slacks, and the right side last.
    rows: Vec<Vec<i128>>,
    /// The unknown that each row stands for. Those above the slacks are the row's own: they are there until a corner
    /// is found, never come back, and so have no column.
    basis: Vec<usize>,
    under: i128,
    /// No entry is larger.
    largest: u128,
}

/// Entries up to this can be multiplied and subtracted without a look.
const EASY: u128 = 1 << 62;

impl Simplex {
    /// A corner of the programme; none when nothing fits it.
    pub fn corner(programme: &Programme) -> Result<Option<Self>, Doubt> {
        let n = programme.unknowns;
        let slacks = programme.rows.iter().filter(|(_, relation, _)| *relation == Relation::AtMost).count();
        let real = n + slacks;
        let width = real + 1;
        let mut rows = Vec::new();
        let mut basis = Vec::new();
        let mut slack = n;
        for (at, (factors, relation, right)) in programme.rows.iter().enumerate() {
            let sign = if *right < 0 { -1 } else { 1 };
            let mut row = vec![0; width];
            for (entry, factor) in row.iter_mut().zip(factors) {
                *entry = sign * factor;
            }
            row[width - 1] = sign * right;
            let mut stands = None;
            if *relation == Relation::AtMost {
                row[slack] = sign;
                stands = (sign == 1).then_some(slack);
                slack += 1;
            }
            // An unknown of its own that must become 0, where there is no slack to start with.
            basis.push(stands.unwrap_or(real + at));
            rows.push(row);
        }
        let largest = rows.iter().flatten().map(|entry| entry.unsigned_abs()).max().unwrap_or(0);
        let mut simplex = Self { unknowns: n, rows, basis, under: 1, largest };
        let mut wanted = vec![0; real + programme.rows.len()];
        wanted[real..].iter_mut().for_each(|factor| *factor = -1);
        let Some(least) = simplex.climb(&wanted, real)? else { return Err(Doubt) };
        if least.over != 0 {
            return Ok(None);
        }
        simplex.only(real)?;
        Ok(Some(simplex))
    }

    /// Leaves the helping unknowns out.
    fn only(&mut self, real: usize) -> Result<(), Doubt> {
        let mut at = 0;
        while at < self.rows.len() {
            if self.basis[at] >= real {
                match (0..real).find(|column| self.rows[at][*column] != 0) {
                    Some(column) => {
                        // The right side is 0, so the sign of the row is free.
                        if self.rows[at][column] < 0 {
                            self.rows[at].iter_mut().for_each(|entry| *entry = -*entry);
                        }
                        self.pivot(at, column)?;
                    }
                    None => {
                        self.rows.remove(at);
                        self.basis.remove(at);
                        continue;
                    }
                }
            }
            at += 1;
        }
        Ok(())
    }

    fn pivot(&mut self, at: usize, column: usize) -> Result<(), Doubt> {
        let row = std::mem::take(&mut self.rows[at]);
        let (p, under, easy) = (row[column], self.under, self.largest < EASY);
        let step = |a: i128, b: i128, c: i128| {
            let over = if easy {
                a * p - b * c
            } else {
                let gone = b.checked_mul(c).ok_or(Doubt)?;
                a.checked_mul(p).and_then(|kept| kept.checked_sub(gone)).ok_or(Doubt)?
            };
            Ok(if under == 1 { over } else { over / under })
        };
        let mut largest = row.iter().map(|entry| entry.unsigned_abs()).max().unwrap_or(0);
        for other in self.rows.iter_mut().filter(|other| !other.is_empty()) {
            let b = other[column];
            if b == 0 && p == under {
                continue;
            }
            for (a, c) in other.iter_mut().zip(&row) {
                if *a != 0 || (b != 0 && *c != 0) {
                    *a = step(*a, b, *c)?;
                    largest = largest.max(a.unsigned_abs());
                }
            }
        }
        self.rows[at] = row;
        self.basis[at] = column;
        self.under = p;
        // Rows that were let be are no larger than they were.
        self.largest = self.largest.max(largest);
        Ok(())
    }

    /// Where this sum of unknowns is greatest; none when it has no bound. Starts where the last question ended.
    pub fn greatest(&mut self, wanted: &[i128]) -> Result<Option<Optimum>, Doubt> {
        let width = self.rows.first().map_or(self.unknowns, |row| row.len() - 1);
        let mut factors = wanted.to_vec();
        factors.resize(width, 0);
        let Some(value) = self.climb(&factors, width)? else { return Ok(None) };
        let mut point = vec![0; self.unknowns];
        for (row, column) in self.rows.iter().zip(&self.basis) {
            if *column < self.unknowns {
                point[*column] = row[row.len() - 1];
            }
        }
        Ok(Some(Optimum { value, point }))
    }

    /// Climbs to the greatest value, letting only columns below `allowed` in.
    fn climb(&mut self, wanted: &[i128], allowed: usize) -> Result<Option<Fraction>, Doubt> {
        for _ in 0..MOST_PIVOTS {
            let Some(column) = self.better(wanted, allowed)? else {
                return self.worth(wanted).map(|over| Some(Fraction { over, under: self.under }));
            };
            let Some(at) = self.leaving(column)? else { return Ok(None) };
            self.pivot(at, column)?;
        }
        Err(Doubt)
    }

    fn priced(&self, wanted: &[i128], column: usize) -> Result<i128, Doubt> {
        let mut sum: i128 = 0;
        for (row, basic) in self.rows.iter().zip(&self.basis) {
            if wanted[*basic] != 0 && row[column] != 0 {
                sum = sum.checked_add(wanted[*basic].checked_mul(row[column]).ok_or(Doubt)?).ok_or(Doubt)?;
            }
        }
        Ok(sum)
    }

    fn worth(&self, wanted: &[i128]) -> Result<i128, Doubt> {
        self.rows.first().map_or(Ok(0), |row| self.priced(wanted, row.len() - 1))
    }

    /// The first column that makes the sum greater.
    fn better(&self, wanted: &[i128], allowed: usize) -> Result<Option<usize>, Doubt> {
        for column in 0..allowed {
            let own = wanted[column].checked_mul(self.under).ok_or(Doubt)?;
            if own > self.priced(wanted, column)? {
                return Ok(Some(column));
            }
        }
        Ok(None)
    }

    /// The row that limits a column first; of several, that of the first unknown.
    fn leaving(&self, column: usize) -> Result<Option<usize>, Doubt> {
        let mut best: Option<usize> = None;
        for (at, row) in self.rows.iter().enumerate().filter(|(_, row)| row[column] > 0) {
            let Some(other) = best else {
                best = Some(at);
                continue;
            };
            let last = row.len() - 1;
            let this = row[last].checked_mul(self.rows[other][column]).ok_or(Doubt)?;
            let that = self.rows[other][last].checked_mul(row[column]).ok_or(Doubt)?;
            if this < that || (this == that && self.basis[at] < self.basis[other]) {
                best = Some(at);
            }
        }
        Ok(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solve(unknowns: usize, rows: &[(&[i128], Relation, i128)], wanted: &[i128]) -> Option<Fraction> {
        let rows = rows.iter().map(|(f, r, right)| (f.to_vec(), *r, *right)).collect();
        let mut simplex = Simplex::corner(&Programme { unknowns, rows }).unwrap()?;
        simplex.greatest(wanted).unwrap().map(|best| best.value)
    }

    #[test]
    fn the_greatest_and_the_least_are_exact() {
        use Relation::{AtMost, Equal};
        let rows: &[(&[i128], Relation, i128)] = &[(&[1, 1, 1], Equal, 10), (&[1, 1, 0], AtMost, 4)];
        let best = solve(3, rows, &[0, 0, 1]).unwrap();
        assert_eq!((best.floor(), best.ceil()), (10, 10));
        let least = solve(3, rows, &[0, 0, -1]).unwrap();
        assert_eq!((-least.over) / least.under, 6);
        // 2x + 3y <= 7, 4x + y <= 9: x + y is greatest at x = 2, y = 1.
        let best = solve(2, &[(&[2, 3], AtMost, 7), (&[4, 1], AtMost, 9)], &[1, 1]).unwrap();
        assert_eq!(best.floor(), 3);
        // x + y = 1, x + z = 1, y + z = 1: a half each.
        let rows: &[(&[i128], Relation, i128)] =
            &[(&[1, 1, 0], Equal, 1), (&[1, 0, 1], Equal, 1), (&[0, 1, 1], Equal, 1)];
        let half = solve(3, rows, &[1, 0, 0]).unwrap();
        assert_eq!((half.floor(), half.ceil(), half.over * 2), (0, 1, half.under));
    }

    #[test]
    fn nothing_fits_or_nothing_bounds() {
        use Relation::{AtMost, Equal};
        assert!(solve(1, &[(&[1], Equal, 3), (&[1], AtMost, 2)], &[1]).is_none());
        let rows = vec![(vec![1, -1], Equal, 0)];
        let mut open = Simplex::corner(&Programme { unknowns: 2, rows }).unwrap().unwrap();
        assert!(open.greatest(&[1, 0]).unwrap().is_none());
        // At least 2, written as at most -2; and a row that says nothing new.
        let rows: &[(&[i128], Relation, i128)] =
            &[(&[-1, 0], AtMost, -2), (&[1, 1], Equal, 5), (&[2, 2], Equal, 10)];
        assert_eq!(solve(2, rows, &[0, 1]).unwrap().floor(), 3);
        assert_eq!(solve(2, rows, &[-1, 0]).unwrap().floor(), -2);
    }

    #[test]
    fn too_large_numbers_are_a_doubt() {
        let huge = i128::MAX / 2;
        let rows = vec![(vec![huge, 3], Relation::AtMost, huge), (vec![3, huge], Relation::AtMost, huge)];
        let mut simplex = Simplex::corner(&Programme { unknowns: 2, rows }).unwrap().unwrap();
        assert_eq!(simplex.greatest(&[1, 1]).unwrap_err(), Doubt);
    }
}
