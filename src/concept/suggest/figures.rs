//! How good the suggestions are, in figures: every label is asked for as it stands and once with a typing error.

use super::fold::Reading;
use super::{Index, Label, lang};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The concept has to be among the first so many.
const FIRST: usize = 3;
/// Shorter words get no typing error.
const LONG_WORD: usize = 6;
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzæøåäö";

/// A row a language, and one for all.
#[derive(Debug, Clone)]
pub struct Figures {
    pub seed: u64,
    pub languages: Vec<(String, Row)>,
    pub all: Row,
}

/// Questions asked and answered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row {
    pub labels: u32,
    pub found: u32,
    pub misspelt: u32,
    pub misspelt_found: u32,
    pub asking: Duration,
    pub slowest: Duration,
}

impl Row {
    /// Per cent of labels whose concept is among the first three.
    pub fn percent(&self) -> f64 {
        share(self.found, self.labels)
    }

    /// The same for labels with one typing error in a word of six letters or more.
    pub fn percent_misspelt(&self) -> f64 {
        share(self.misspelt_found, self.misspelt)
    }

    /// Mean time of a question.
    pub fn micros(&self) -> f64 {
        self.asking.as_secs_f64() * 1e6 / f64::from((self.labels + self.misspelt).max(1))
    }

    fn add(&mut self, other: &Row) {
        self.labels += other.labels;
        self.found += other.found;
        self.misspelt += other.misspelt;
        self.misspelt_found += other.misspelt_found;
        self.asking += other.asking;
        self.slowest = self.slowest.max(other.slowest);
    }

    fn took(&mut self, time: Duration) {
        self.asking += time;
        self.slowest = self.slowest.max(time);
    }
}

fn share(part: u32, of: u32) -> f64 {
    if of == 0 { 100.0 } else { 100.0 * f64::from(part) / f64::from(of) }
}

/// Asks for every label with its language tag. The same seed makes the same typing errors.
pub fn measure(labels: &[Label], seed: u64) -> Figures {
    let index = Index::build(labels.iter().cloned());
    let mut owners: HashMap<(String, String), HashSet<Uuid>> = HashMap::new();
    let owner = |label: &Label| (lang::primary(&label.lang), Reading::of(&label.text).folded);
    for label in labels {
        owners.entry(owner(label)).or_default().insert(label.concept);
    }
    let ask = |text: &str, label: &Label| {
        let start = Instant::now();
        let hits = index.suggest(text, Some(&label.lang), FIRST);
        let time = start.elapsed();
        let right = owners.get(&owner(label));
        (hits.iter().any(|hit| right.is_some_and(|right| right.contains(&hit.concept))), time)
    };
    let mut chance = Chance(seed);
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for label in labels {
        let row = rows.entry(lang::primary(&label.lang)).or_default();
        let (found, time) = ask(&label.text, label);
        row.labels += 1;
        row.found += u32::from(found);
        row.took(time);
        if let Some(text) = misspell(&label.text, &mut chance) {
            let (found, time) = ask(&text, label);
            row.misspelt += 1;
            row.misspelt_found += u32::from(found);
            row.took(time);
        }
    }
    let mut all = Row::default();
    rows.values().for_each(|row| all.add(row));
    Figures { seed, languages: rows.into_iter().collect(), all }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Concept among the first {FIRST}, asked with its language; one typing error a label, seed {}",
            self.seed
        )?;
        writeln!(
            f,
            "{:<8} {:>7} {:>8} {:>9} {:>9} {:>9} {:>11}",
            "language", "labels", "found %", "misspelt", "found %", "mean µs", "slowest µs"
        )?;
        let all = ("all".to_owned(), self.all);
        for (lang, row) in self.languages.iter().chain(std::iter::once(&all)) {
            writeln!(
                f,
                "{lang:<8} {:>7} {:>8.2} {:>9} {:>9.2} {:>9.1} {:>11.1}",
                row.labels,
                row.percent(),
                row.misspelt,
                row.percent_misspelt(),
                row.micros(),
                row.slowest.as_secs_f64() * 1e6
            )?;
        }
        Ok(())
    }
}

/// One substitution, insertion, deletion or transposition in a word of six letters or more, if there is one.
pub(super) fn misspell(text: &str, chance: &mut Chance) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for at in 0..=chars.len() {
        if chars.get(at).is_none_or(|c| !c.is_alphabetic()) {
            if at - start >= LONG_WORD {
                words.push((start, at));
            }
            start = at + 1;
        }
    }
    let (start, end) = *words.get(chance.below(words.len())?)?;
    let at = start + chance.below(end - start)?;
    let letter = LETTERS.chars().nth(chance.below(LETTERS.chars().count())?)?;
    let before = chars.clone();
    match chance.below(4)? {
        0 => *chars.get_mut(at)? = letter,
        1 => chars.insert(at, letter),
        2 => drop(chars.remove(at)),
        _ => chars.swap(at.min(end - 2), at.min(end - 2) + 1),
    }
    if chars == before {
        // The same letter, or two equal neighbours: an error that is none.
        chars.insert(at, letter);
    }
    Some(chars.into_iter().collect())
}

/// SplitMix64.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; none below 0.
    fn below(&mut self, end: usize) -> Option<usize> {
        let end = u64::try_from(end).ok()?;
        self.next().checked_rem(end).and_then(|number| usize::try_from(number).ok())
    }
}
