//! Variables that stand in the same rows cannot be told apart by any sum of rows.

use super::set::Set;

/// The hidden variables in classes: those that stand in the same rows so far.
#[derive(Clone, Debug)]
pub struct Partition {
    /// The class of each variable; none for those that stand in no row.
    pub class: Vec<Option<usize>>,
    pub classes: Vec<Vec<usize>>,
}

impl Partition {
    /// Before there is a row.
    pub fn of(length: usize) -> Self {
        Self { class: vec![None; length], classes: Vec::new() }
    }

    /// Told apart by one more row, whose variables are hidden ones.
    pub fn split(&self, row: &Set) -> Self {
        let mut moved: Vec<Option<usize>> = vec![None; self.classes.len()];
        let mut fresh = None;
        let mut out = self.clone();
        for n in row.iter() {
            let target = match self.class[n] {
                // Wholly in the row: it stays one class, under its old number.
                Some(c) if self.classes[c].iter().all(|member| row.contains(*member)) => continue,
                Some(c) => &mut moved[c],
                None => &mut fresh,
            };
            let number = *target.get_or_insert_with(|| {
                out.classes.push(Vec::new());
                out.classes.len() - 1
            });
            out.class[n] = Some(number);
            out.classes[number].push(n);
        }
        for (c, members) in out.classes.iter_mut().enumerate() {
            members.retain(|n| out.class[*n] == Some(c));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_apart_who_is_in_it() {
        let all = Partition::of(5).split(&Set::of(5, [0, 1, 2, 3]));
        assert_eq!(all.classes, [[0, 1, 2, 3]]);
        let two = all.split(&Set::of(5, [2, 3, 4]));
        assert_eq!(two.classes, [vec![0, 1], vec![2, 3], vec![4]]);
        assert_eq!(two.split(&Set::of(5, [0, 1])).classes, two.classes);
        assert_eq!(Partition::of(2).split(&Set::of(2, [1])).class, [None, Some(0)]);
    }
}
