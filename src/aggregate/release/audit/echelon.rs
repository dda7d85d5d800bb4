//! Rows in reduced echelon form: everything that can be made of them by adding and subtracting.
//!
//! Rows are added one at a time, and each costs one pass over those that stand. Which columns the pivots stand in
//! can be chosen: with the pivots in certain columns wherever that is possible, the other rows are exactly the
//! combinations that are zero in all of those columns.

use super::field::{inverse, mul, sub};

/// A space of rows over the field, each with a pivot column in which no other row has anything.
#[derive(Clone, Debug, Default)]
pub struct Echelon {
    rows: Vec<Vec<u64>>,
    pivots: Vec<usize>,
}

fn subtract(from: &mut [u64], times: u64, row: &[u64]) {
    for (a, b) in from.iter_mut().zip(row) {
        if *b != 0 {
            *a = sub(*a, mul(times, *b));
        }
    }
}

impl Echelon {
    /// How many rows are independent.
    pub fn rank(&self) -> usize {
        self.rows.len()
    }

    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.rows.iter().map(Vec::as_slice)
    }

    /// What is left of a row when all that follows from the others is taken away.
    fn reduce(&self, row: &mut [u64]) {
        for (own, pivot) in self.rows.iter().zip(&self.pivots) {
            let times = row[*pivot];
            if times != 0 {
                subtract(row, times, own);
            }
        }
    }

    /// Does a row follow from the others?
    pub fn holds(&self, mut row: Vec<u64>) -> bool {
        self.reduce(&mut row);
        row.iter().all(|entry| *entry == 0)
    }

    /// Adds a row. False when it followed from the others.
    pub fn insert(&mut self, mut row: Vec<u64>) -> bool {
        self.reduce(&mut row);
        let Some(pivot) = row.iter().position(|entry| *entry != 0) else { return false };
        self.rows.push(row);
        self.pivots.push(pivot);
        self.pivot(self.rows.len() - 1, pivot);
        true
    }

    fn pivot(&mut self, at: usize, column: usize) {
        let scale = inverse(self.rows[at][column]);
        let mut row = std::mem::take(&mut self.rows[at]);
        if scale != 1 {
            row.iter_mut().for_each(|entry| *entry = mul(*entry, scale));
        }
        for other in &mut self.rows {
            // The row itself is empty now.
            let times = other.get(column).copied().unwrap_or(0);
            if times != 0 {
                subtract(other, times, &row);
            }
        }
        self.rows[at] = row;
        self.pivots[at] = column;
    }

    /// Only the rows whose pivots are not in these columns. A combination that is zero in them is made of
    /// these alone.
    pub fn part(&self, columns: &[bool]) -> Self {
        let kept = self.rows.iter().zip(&self.pivots).filter(|(_, pivot)| !columns[**pivot]);
        let (rows, pivots) = kept.map(|(row, pivot)| (row.clone(), *pivot)).unzip();
        Self { rows, pivots }
    }

    /// The rows that are zero in all columns that `first` says, after pivots were moved into those wherever one
    /// could be: a basis of all combinations that are zero there.
    pub fn zero_in(&mut self, first: &[bool]) -> Vec<&[u64]> {
        for at in 0..self.rows.len() {
            if !first[self.pivots[at]]
                && let Some(column) = (0..first.len()).find(|c| first[*c] && self.rows[at][*c] != 0)
            {
                self.pivot(at, column);
            }
        }
        self.rows
            .iter()
            .zip(&self.pivots)
            .filter(|(_, p)| !first[**p])
            .map(|(row, _)| row.as_slice())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[u64]]) -> Echelon {
        let mut out = Echelon::default();
        for row in rows {
            out.insert(row.to_vec());
        }
        out
    }

    #[test]
    fn what_follows_from_others_is_known() {
        let space = of(&[&[1, 1, 1, 1], &[1, 1, 0, 0]]);
        assert_eq!(space.rank(), 2);
        assert!(space.holds(vec![0, 0, 1, 1]));
        assert!(!space.holds(vec![0, 0, 0, 1]));
        assert!(!of(&[&[1, 1, 0], &[0, 1, 1]]).holds(vec![1, 0, 0]));
    }

    #[test]
    fn combinations_that_are_zero_in_chosen_columns_are_found() {
        let mut space = of(&[&[1, 1, 1, 0], &[1, 1, 0, 1], &[0, 0, 1, 1]]);
        // (row 1) + (row 2) = 2 2 1 1; minus row 3: 2 2 0 0.
        let left = space.zero_in(&[false, false, true, true]);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0][0], left[0][1]);
        assert_eq!(space.zero_in(&[true, false, false, false]).len(), 2);
    }
}
