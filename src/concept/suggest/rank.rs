//! Ranked suggestions for a person who chooses.

use super::fold::Reading;
use super::grams::likeness;
use super::index::{Form, Index, Name};
use super::{Hit, How, LabelKind, lang};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Below this nothing is worth showing.
const LEAST: f64 = 0.35;
/// Labels taken that begin with the text typed so far.
const BEGINNINGS: usize = 64;
/// Compounds taken, best first.
const COMPOUNDS: usize = 48;

/// A label met: how surely, and in which way.
type Met = (f64, How);

impl Index {
    /// The concepts that `text` may mean, best first, each once; at most `limit` of them.
    pub fn suggest(&self, text: &str, lang: Option<&str>, limit: usize) -> Vec<Hit> {
        let asked = Reading::of(text);
        if asked.bare.is_empty() || limit == 0 {
            return Vec::new();
        }
        let lang = lang.map(lang::primary);
        let mut best: HashMap<Uuid, (&Name, Met)> = HashMap::new();
        for (form, met) in self.candidates(&asked) {
            for name in &form.labels {
                let (score, how) = if form.bare == asked.bare { equal(&asked, name) } else { met };
                let score =
                    score * weight(name.kind) * lang::nearness(lang.as_deref(), &name.primary).weight();
                let held = best.get(&name.concept).map_or(0.0, |(_, (score, _))| *score);
                if score > held && score >= LEAST {
                    best.insert(name.concept, (name, (score, how)));
                }
            }
        }
        let mut hits: Vec<(&Name, Met)> = best.into_values().collect();
        let length = asked.plain.len();
        hits.sort_by(|(a, (x, _)), (b, (y, _))| {
            y.total_cmp(x)
                .then_with(|| a.plain.len().abs_diff(length).cmp(&b.plain.len().abs_diff(length)))
                .then_with(|| a.plain.cmp(&b.plain))
                .then_with(|| a.concept.cmp(&b.concept))
        });
        hits.truncate(limit);
        hits.into_iter().map(|(name, (score, how))| name.hit(score, how)).collect()
    }

    /// Forms that may be meant, each with its best meeting.
    fn candidates(&self, asked: &Reading) -> Vec<(&Form, Met)> {
        let near = self.grams.nearest(&asked.bare);
        let compounds = self.compounds(asked);
        let from = self.sorted.partition_point(|(bare, _)| bare.as_str() < asked.bare.as_str());
        let beginnings = self
            .sorted
            .iter()
            .skip(from)
            .take_while(|(bare, _)| bare.starts_with(&asked.bare))
            .take(BEGINNINGS);

        let dice: HashMap<u32, f64> = near.iter().copied().collect();
        // In order, so that of two labels equally good the same one is shown every time.
        let numbers: BTreeSet<u32> =
            dice.keys().chain(compounds.keys()).copied().chain(beginnings.map(|(_, form)| *form)).collect();
        let meet = |number: u32| {
            let form = self.form(number)?;
            let fuzzy = dice
                .get(&number)
                .and_then(|dice| likeness(&asked.bare, &form.bare, *dice))
                .map(|(likeness, _)| (0.92 * likeness, How::Fuzzy));
            let parts = compounds.get(&number).map(|cover| (0.86 * cover, How::Compound));
            let met = [fuzzy, parts, within(asked, form)].into_iter().flatten();
            Some((form, met.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, How::Fuzzy))))
        };
        numbers.into_iter().filter_map(meet).collect()
    }

    fn compounds(&self, asked: &Reading) -> HashMap<u32, f64> {
        let mut found = self.compounds.nearest(&asked.words);
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.into_iter().take(COMPOUNDS).collect()
    }
}

/// One stands in the other: the text is the beginning of the label or of one of its words, or a part, or the whole label is
/// part of the text.
fn within(asked: &Reading, form: &Form) -> Option<Met> {
    let (a, b) = (asked.bare.len(), form.bare.len());
    let share = a.min(b) as f64 / a.max(b).max(1) as f64;
    let base = if form.bare.starts_with(&asked.bare) {
        0.60
    } else if a >= 2 && form.words.iter().any(|word| word.starts_with(&asked.bare)) {
        0.54
    } else if (a >= 4 && form.bare.contains(&asked.bare)) || (b >= 5 && asked.bare.contains(&form.bare)) {
        0.46
    } else {
        return None;
    };
    Some((base + 0.28 * share, How::Compound))
}

fn equal(asked: &Reading, name: &Name) -> Met {
    if name.plain == asked.plain {
        (1.0, if name.kind == LabelKind::Pref { How::Exact } else { How::Alternative })
    } else if name.folded == asked.folded {
        (0.97, How::Folded)
    } else {
        (0.94, How::Folded)
    }
}

fn weight(kind: LabelKind) -> f64 {
    match kind {
        LabelKind::Pref => 1.0,
        LabelKind::Alt => 0.985,
        LabelKind::Seed => 0.97,
    }
}

impl Name {
    pub(super) fn hit(&self, score: f64, how: How) -> Hit {
        Hit {
            concept: self.concept,
            score: score.clamp(0.0, 1.0),
            label: self.text.clone(),
            lang: self.lang.clone(),
            how,
        }
    }
}
