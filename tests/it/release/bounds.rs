//! Linear programming with ordinary floating numbers: between what limits a value must lie.

const NEAR: f64 = 1e-7;

/// Sums over unknowns that are at least 0.
#[derive(Clone)]
pub struct Limits {
    unknowns: usize,
    /// Factors, and whether the sum is equal to or at most the right side.
    rows: Vec<(Vec<f64>, bool, f64)>,
}

/// A corner of the limits.
#[derive(Clone)]
pub struct Corner {
    table: Vec<Vec<f64>>,
    basis: Vec<usize>,
    allowed: usize,
}

impl Limits {
    pub fn new(unknowns: usize) -> Self {
        Self { unknowns, rows: Vec::new() }
    }

    pub fn row(&mut self, factors: Vec<f64>, equal: bool, right: f64) {
        self.rows.push((factors, equal, right));
    }

    /// None when nothing fits.
    pub fn corner(&self) -> Option<Corner> {
        let (n, m) = (self.unknowns, self.rows.len());
        let real = n + self.rows.iter().filter(|(_, equal, _)| !equal).count();
        let mut table = Vec::new();
        let mut basis = Vec::new();
        let mut slack = n;
        for (at, (factors, equal, right)) in self.rows.iter().enumerate() {
            let sign = if *right < 0.0 { -1.0 } else { 1.0 };
            let mut row = vec![0.0; real + m + 1];
            for (entry, factor) in row.iter_mut().zip(factors) {
                *entry = sign * factor;
            }
            row[real + m] = sign * right;
            basis.push(real + at);
            row[real + at] = 1.0;
            if !equal {
                row[slack] = sign;
                if sign > 0.0 {
                    basis[at] = slack;
                    row[real + at] = 0.0;
                }
                slack += 1;
            }
            table.push(row);
        }
        let mut corner = Corner { table, basis, allowed: real };
        let wanted: Vec<f64> = (0..real + m).map(|c| if c < real { 0.0 } else { -1.0 }).collect();
        let best = corner.climb(&wanted)?;
        if best < -1e-6 {
            return None;
        }
        for at in 0..m {
            if corner.basis[at] >= real
                && let Some(column) = (0..real).find(|c| corner.table[at][*c].abs() > 1e-6)
            {
                corner.pivot(at, column);
            }
        }
        Some(corner)
    }
}

impl Corner {
    fn pivot(&mut self, at: usize, column: usize) {
        let lead = self.table[at][column];
        self.table[at].iter_mut().for_each(|entry| *entry /= lead);
        let row = self.table[at].clone();
        for (n, other) in self.table.iter_mut().enumerate() {
            let times = other[column];
            if n != at && times != 0.0 {
                for (entry, own) in other.iter_mut().zip(&row) {
                    *entry -= times * own;
                }
            }
        }
        self.basis[at] = column;
    }

    /// The greatest that a sum of unknowns can be; none when it has no bound.
    pub fn climb(&mut self, wanted: &[f64]) -> Option<f64> {
        let factor = |c: usize| wanted.get(c).copied().unwrap_or(0.0);
        for _ in 0..20_000 {
            let gain = |c: usize| {
                let priced: f64 =
                    self.table.iter().zip(&self.basis).map(|(row, b)| factor(*b) * row[c]).sum();
                factor(c) - priced
            };
            let Some(column) = (0..self.allowed).find(|c| gain(*c) > NEAR) else {
                let last = self.table.first().map_or(0, |row| row.len() - 1);
                return Some(self.table.iter().zip(&self.basis).map(|(row, b)| factor(*b) * row[last]).sum());
            };
            let mut best: Option<(f64, usize)> = None;
            for (at, row) in self.table.iter().enumerate().filter(|(_, row)| row[column] > NEAR) {
                let step = row[row.len() - 1] / row[column];
                let better = best.is_none_or(|(least, other)| {
                    step < least - 1e-9 || (step < least + 1e-9 && self.basis[at] < self.basis[other])
                });
                if better {
                    best = Some((step, at));
                }
            }
            self.pivot(best?.1, column);
        }
        None
    }
}

#[test]
fn limits_are_found() {
    let mut limits = Limits::new(3);
    limits.row(vec![1.0, 1.0, 1.0], true, 10.0);
    limits.row(vec![1.0, 1.0, 0.0], false, 4.0);
    let mut corner = limits.corner().unwrap();
    assert!((corner.climb(&[0.0, 0.0, 1.0]).unwrap() - 10.0).abs() < 1e-6);
    assert!((corner.climb(&[0.0, 0.0, -1.0]).unwrap() + 6.0).abs() < 1e-6);
    limits.row(vec![0.0, 0.0, 1.0], false, 5.0);
    assert!(limits.corner().is_none());
}
