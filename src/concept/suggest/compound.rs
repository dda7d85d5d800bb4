//! What a closed compound is made of: *skolebibliotekutvikling* is *skole*, *bibliotek*, *utvikling*.
//!
//! The parts are learnt from the labels themselves: every word is a part, and where a word begins or ends with another word,
//! so is what remains. Endings (*-er*, *-ene*, *-ar*, *-en*) are taken off, so that *arrangementer* and *arrangement* share a part.
//! A part that many labels have says little, and weighs little.

use std::collections::{HashMap, HashSet};

/// Shorter words and remains are too often found by chance.
const SHORTEST: usize = 3;
const SHORTEST_REST: usize = 4;
/// Longer words are not taken apart.
const LONGEST_WORD: usize = 60;
const LONGEST_PART: usize = 24;
/// Letters that join parts: *samling-s-utvikling*, *barn-e-bok*.
const LINKS: [&str; 3] = ["", "s", "e"];
const ENDINGS: [&str; 22] = [
    "arna", "erna", "erne", "anes", "iden", "ene", "ane", "ens", "ets", "jen", "ien", "ar", "er", "or", "en",
    "et", "an", "at", "e", "a", "n", "t",
];

/// Small words between the parts: *utvikling av samlinger* is *samlingsutvikling*.
const SMALL: [&str; 24] = [
    "av", "af", "of", "til", "till", "to", "for", "fra", "i", "in", "pa", "on", "med", "with", "om", "at",
    "att", "som", "den", "det", "the", "en", "et", "ett",
];

/// The parts known, and which forms have them.
#[derive(Debug, Default)]
pub struct Compounds {
    known: HashSet<String>,
    forms: HashMap<String, Vec<u32>>,
    /// How many forms there are.
    count: f64,
    /// The weights of each form's parts, summed.
    sums: Vec<f64>,
}

impl Compounds {
    /// `forms` are the words of each form, in order.
    pub fn learn(forms: &[Vec<String>]) -> Compounds {
        let words: HashSet<&str> = forms
            .iter()
            .flatten()
            .map(String::as_str)
            .filter(|word| (SHORTEST..=LONGEST_WORD).contains(&word.chars().count()))
            .collect();
        let mut known: HashSet<String> = words.iter().map(|word| (*word).to_owned()).collect();
        // Twice: *leseutvikling* teaches *lese*, and that in turn *stimulering* from *lesestimulering*.
        for _ in 0..2 {
            let learnt: Vec<String> = words.iter().flat_map(|word| remains(word, &known)).collect();
            known.extend(learnt);
        }
        let mut compounds = Compounds { known, count: forms.len() as f64, ..Compounds::default() };
        let parts: Vec<Vec<String>> = forms.iter().map(|words| compounds.parts(words).0).collect();
        for (form, parts) in (0u32..).zip(&parts) {
            for part in parts {
                compounds.forms.entry(part.clone()).or_default().push(form);
            }
        }
        compounds.sums =
            parts.iter().map(|parts| parts.iter().map(|part| compounds.weight(part)).sum()).collect();
        compounds
    }

    /// Forms that share parts with these words, with how well they cover each other (0 to 1).
    pub fn nearest(&self, words: &[String]) -> Vec<(u32, f64)> {
        let (parts, unknown) = self.parts(words);
        // What is not understood counts as a rare part for every six letters or so of it.
        let rare = (1.0 + self.count).ln();
        let known = parts.iter().filter(|part| self.forms.contains_key(*part));
        let asked = known.map(|part| self.weight(part)).sum::<f64>() + rare * unknown as f64 / 6.0;
        let mut shared: HashMap<u32, f64> = HashMap::new();
        for part in &parts {
            let weight = self.weight(part);
            for form in self.forms.get(part).into_iter().flatten() {
                *shared.entry(*form).or_default() += weight;
            }
        }
        let cover = |(form, shared): (u32, f64)| {
            let sum = self.sums.get(form as usize).copied().unwrap_or(shared);
            (form, 0.65 * shared / asked.max(shared) + 0.35 * shared / sum.max(shared))
        };
        shared
            .into_iter()
            .filter(|(_, shared)| *shared > 0.0)
            .map(cover)
            .filter(|(_, cover)| *cover >= 0.4)
            .collect()
    }

    fn weight(&self, part: &str) -> f64 {
        let forms = self.forms.get(part).map_or(0, Vec::len);
        (1.0 + self.count / (1.0 + forms as f64)).ln()
    }

    /// The parts of all words, each once, and the number of letters not understood.
    fn parts(&self, words: &[String]) -> (Vec<String>, usize) {
        let mut parts = Vec::new();
        let mut unknown = 0;
        for word in words.iter().filter(|word| !SMALL.contains(&word.as_str())) {
            unknown += self.take_apart(word, 3, &mut parts);
        }
        for part in &mut parts {
            *part = stem(part).to_owned();
        }
        parts.sort_unstable();
        parts.dedup();
        (parts, unknown)
    }

    /// Adds the parts of a word, themselves taken apart, and tells how many letters remain.
    fn take_apart(&self, word: &str, depth: usize, parts: &mut Vec<String>) -> usize {
        let split = self.split(word);
        let whole = split.as_ref().is_some_and(|(_, unknown)| *unknown == 0);
        if !whole && self.known.contains(word) {
            parts.push(word.to_owned());
            return 0;
        }
        match split {
            Some((pieces, unknown)) if depth > 0 => {
                unknown + pieces.iter().map(|piece| self.take_apart(piece, depth - 1, parts)).sum::<usize>()
            }
            _ => {
                parts.push(word.to_owned());
                word.chars().count()
            }
        }
    }

    /// The cheapest way through a word by known, shorter parts: fewest letters left over, then fewest parts.
    fn split<'w>(&self, word: &'w str) -> Option<(Vec<&'w str>, usize)> {
        let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        let letters = cuts.len().saturating_sub(1);
        if !(2 * SHORTEST..=LONGEST_WORD).contains(&letters) {
            return None;
        }
        // best[i]: (letters left over, parts, where the last part began) for the first i letters.
        let mut best: Vec<(usize, usize, Option<usize>)> = vec![(0, 0, None)];
        for end in 1..=letters {
            let (left, pieces, _) = best.last().copied().unwrap_or_default();
            let mut here = (left + 1, pieces, None);
            for start in end.saturating_sub(LONGEST_PART)..=end.saturating_sub(SHORTEST) {
                if end - start < SHORTEST || end - start == letters {
                    continue;
                }
                let (Some(part), Some((left, pieces, _))) = (slice(word, &cuts, start, end), best.get(start))
                else {
                    continue;
                };
                // A linking letter between two parts is no letter left over.
                let link = start
                    .checked_sub(1)
                    .and_then(|before| Some((slice(word, &cuts, before, start)?, best.get(before)?)));
                let linked = link.filter(|(link, before)| LINKS.contains(link) && before.2.is_some());
                let left = linked.map_or(*left, |(_, before)| (*left).min(before.0));
                if self.known.contains(part) && (left, pieces + 1) < (here.0, here.1) {
                    here = (left, pieces + 1, Some(start));
                }
            }
            best.push(here);
        }
        let unknown = best.last()?.0;
        let mut pieces = Vec::new();
        let mut end = letters;
        while end > 0 {
            match best.get(end)?.2 {
                Some(start) => {
                    pieces.extend(slice(word, &cuts, start, end));
                    end = start;
                }
                None => end -= 1,
            }
        }
        (!pieces.is_empty()).then_some((pieces, unknown))
    }
}

fn slice<'w>(word: &'w str, cuts: &[usize], start: usize, end: usize) -> Option<&'w str> {
    word.get(*cuts.get(start)?..*cuts.get(end)?)
}

/// What is left of a word when another word is taken from its beginning or its end.
fn remains(word: &str, words: &HashSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in word.char_indices() {
        let (head, tail) = word.split_at(at);
        if head.chars().count() < SHORTEST_REST || tail.chars().count() < SHORTEST_REST {
            continue;
        }
        if words.contains(head) {
            found.push(
                tail.strip_prefix('s')
                    .filter(|rest| rest.chars().count() >= SHORTEST_REST)
                    .unwrap_or(tail)
                    .to_owned(),
            );
        }
        if words.contains(tail) {
            found.push(
                head.strip_suffix('s')
                    .filter(|rest| rest.chars().count() >= SHORTEST_REST)
                    .unwrap_or(head)
                    .to_owned(),
            );
        }
    }
    found
}

/// The part without its ending, at least four letters of it.
fn stem(part: &str) -> &str {
    ENDINGS
        .iter()
        .filter_map(|ending| part.strip_suffix(ending))
        .find(|stem| stem.chars().count() >= 4)
        .unwrap_or(part)
}
