//! Elimination from the other side than the audit's: what can still vary when all sums stay as they are. A value is
//! found out when nothing that may vary moves it.

/// A prime of its own.
const P: u64 = 1_000_000_007;

fn inverse(a: u64) -> u64 {
    let (mut base, mut left, mut out) = (a, P - 2, 1);
    while left > 0 {
        if left % 2 == 1 {
            out = out * base % P;
        }
        base = base * base % P;
        left /= 2;
    }
    out
}

/// All ways in which values can vary together.
#[derive(Clone)]
pub struct Varying {
    ways: Vec<Vec<u64>>,
}

impl Varying {
    pub fn free(columns: usize) -> Self {
        let one = |n| (0..columns).map(|c| u64::from(c == n)).collect();
        Self { ways: (0..columns).map(one).collect() }
    }

    /// What may vary when the sum of these is fixed.
    pub fn fix(&mut self, sum: &[usize]) {
        let moved: Vec<u64> =
            self.ways.iter().map(|way| sum.iter().fold(0, |total, c| (total + way[*c]) % P)).collect();
        let Some(first) = moved.iter().position(|m| *m != 0) else { return };
        let lead = self.ways.swap_remove(first);
        let mut moved = moved;
        let scale = inverse(moved.swap_remove(first));
        for (way, by) in self.ways.iter_mut().zip(moved) {
            if by != 0 {
                let times = by * scale % P;
                for (entry, own) in way.iter_mut().zip(&lead) {
                    *entry = (*entry + (P - times) * own) % P;
                }
            }
        }
    }

    pub fn fixed(&self, column: usize) -> bool {
        self.ways.iter().all(|way| way[column] == 0)
    }

    /// Is something about these columns alone fixed, such as the difference of two?
    pub fn tied(&self, columns: &[usize]) -> bool {
        let mut rows: Vec<Vec<u64>> =
            self.ways.iter().map(|way| columns.iter().map(|c| way[*c]).collect()).collect();
        for (rank, c) in (0..columns.len()).enumerate() {
            let Some(at) = (rank..rows.len()).find(|r| rows[*r][c] != 0) else { return true };
            rows.swap(rank, at);
            let scale = inverse(rows[rank][c]);
            let lead = rows[rank].clone();
            for row in rows.iter_mut().skip(rank + 1) {
                let times = row[c] * scale % P;
                for (entry, own) in row.iter_mut().zip(&lead) {
                    *entry = (*entry + (P - times) * own) % P;
                }
            }
        }
        false
    }
}

#[test]
fn a_difference_of_two_sums_fixes_what_is_left() {
    let mut varying = Varying::free(4);
    varying.fix(&[0, 1, 2]);
    varying.fix(&[0, 1, 2, 3]);
    assert!(varying.fixed(3) && !varying.fixed(0));
    // 0 and 3 are two versions of one library: (0 + 1) and (1 + 3).
    let mut varying = Varying::free(4);
    varying.fix(&[0, 1, 2]);
    varying.fix(&[1, 2, 3]);
    assert!(!varying.fixed(0) && varying.tied(&[0, 3]) && !varying.tied(&[0, 1]));
}
