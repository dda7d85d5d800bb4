//! Which labels look alike: an index of letter triples, so that letter distance is measured for a few labels and not for all.

use std::collections::HashMap;

/// Labels that go on to the letter distance.
const MOST: usize = 48;
/// Above this length the share of common triples says enough, and the distance costs too much.
const LONG: usize = 72;

/// From a letter triple to the forms that have it.
#[derive(Debug, Default)]
pub struct Grams {
    postings: HashMap<u64, Vec<u32>>,
    /// Triples of each form.
    sizes: Vec<u32>,
}

impl Grams {
    /// Adds the next form; forms are numbered from 0.
    pub fn add(&mut self, bare: &str) {
        let form = u32::try_from(self.sizes.len()).unwrap_or(u32::MAX);
        let grams = grams(bare);
        self.sizes.push(u32::try_from(grams.len()).unwrap_or(u32::MAX));
        for gram in grams {
            self.postings.entry(gram).or_default().push(form);
        }
    }

    /// The forms with most triples in common with `bare`, and the share (Dice) they have in common.
    pub fn nearest(&self, bare: &str) -> Vec<(u32, f64)> {
        self.alike(bare, usize::MAX)
    }

    /// As [`Grams::nearest`], without those that are surely more than so many typing errors away: one error, be it two
    /// letters that changed places, undoes four triples at most.
    pub fn within(&self, bare: &str, errors: usize) -> Vec<(u32, f64)> {
        self.alike(bare, errors.saturating_mul(4))
    }

    fn alike(&self, bare: &str, undone: usize) -> Vec<(u32, f64)> {
        let grams = grams(bare);
        let mut common = vec![0u32; self.sizes.len()];
        for form in grams.iter().filter_map(|gram| self.postings.get(gram)).flatten() {
            if let Some(count) = common.get_mut(*form as usize) {
                *count += 1;
            }
        }
        let mut found: Vec<(u32, f64)> = (0u32..)
            .zip(common.iter().zip(&self.sizes))
            .filter(|(_, (common, size))| {
                **common > 0 && grams.len().max(**size as usize) - **common as usize <= undone
            })
            .map(|(form, (common, size))| {
                (form, 2.0 * f64::from(*common) / (f64::from(*size) + grams.len() as f64))
            })
            .collect();
        let best_first = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if found.len() > MOST {
            found.select_nth_unstable_by(MOST, best_first);
            found.truncate(MOST);
        }
        found
    }
}

/// Packs each three neighbouring characters, the ends of the word being characters too.
fn grams(bare: &str) -> Vec<u64> {
    let edge = std::iter::once('\u{1}');
    let chars: Vec<u64> = edge.clone().chain(bare.chars()).chain(edge).map(u64::from).collect();
    let mut grams: Vec<u64> =
        chars.windows(3).map(|three| three.iter().fold(0, |packed, c| packed << 21 | c)).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// Likeness by typing errors (Damerau-Levenshtein), from 0 to 1, with the number of errors; `None` when too far apart.
/// `dice` is the share of common triples.
pub fn likeness(asked: &str, form: &str, dice: f64) -> Option<(f64, usize)> {
    let (a, b) = (asked.chars().count(), form.chars().count());
    let longest = a.max(b);
    let most = (longest / 3).max(1);
    if a.abs_diff(b) > most {
        return None;
    }
    if longest > LONG {
        return (dice >= 0.7).then_some((dice, usize::MAX));
    }
    let errors = strsim::damerau_levenshtein(asked, form);
    (errors <= most).then(|| (1.0 - errors as f64 / longest as f64, errors))
}
