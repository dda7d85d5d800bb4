//! The one concept a text surely means, for lists pasted whole: better no answer than a doubtful one.

use super::fold::Reading;
use super::grams::likeness;
use super::index::{Index, Name};
use super::lang::{self, Nearness};
use super::{Hit, How, LabelKind};

/// Shorter texts differ by one letter too often by chance: *spel* and *spil*.
const SHORTEST: usize = 6;

impl Index {
    /// The concept with this very label in `lang`, else in a close relative, else in any language; else the only one a
    /// slight misspelling away. Within a language a preferred label goes before an alternative one. Two concepts that are
    /// equally good are no answer.
    pub fn exact(&self, text: &str, lang: Option<&str>) -> Option<Hit> {
        let asked = Reading::of(text);
        if asked.bare.is_empty() {
            return None;
        }
        let lang = lang.map(lang::primary);
        let equal = self.equal(&asked.bare).map_or(&[][..], |form| form.labels.as_slice());
        for nearness in Nearness::ALL {
            let names: Vec<&Name> = equal
                .iter()
                .filter(|name| lang::nearness(lang.as_deref(), &name.primary) == nearness)
                .collect();
            if !names.is_empty() {
                let (name, how) = surest(&asked, &names)?;
                let folding = if how == How::Folded { 0.97 } else { 1.0 };
                return Some(name.hit(folding * nearness.weight(), how));
            }
        }
        self.misspelt(&asked, lang.as_deref())
    }

    fn misspelt(&self, asked: &Reading, lang: Option<&str>) -> Option<Hit> {
        let letters = asked.bare.chars().count();
        if letters < SHORTEST {
            return None;
        }
        let allowed = if letters < 12 { 1 } else { 2 };
        let mut near: Vec<(&Name, usize, f64)> = Vec::new();
        for (number, dice) in self.grams.within(&asked.bare, allowed + 1) {
            let Some(form) = self.form(number) else { continue };
            let Some((likeness, errors)) = likeness(&asked.bare, &form.bare, dice) else { continue };
            // 2010 is no misspelling of 2011.
            if errors <= allowed + 1 && digits(&asked.bare).eq(digits(&form.bare)) {
                near.extend(form.labels.iter().map(|name| (name, errors, likeness)));
            }
        }
        for nearness in Nearness::ALL {
            let mut here = near.iter().filter(|(name, ..)| lang::nearness(lang, &name.primary) == nearness);
            let best = here.clone().min_by_key(|(name, errors, _)| (*errors, name.kind));
            if let Some((name, errors, likeness)) = best.filter(|(_, errors, _)| *errors <= allowed) {
                // Another concept, even one letter further off, makes it a guess.
                let doubtful =
                    here.any(|(other, also, _)| other.concept != name.concept && *also <= errors + 1);
                return (!doubtful).then(|| name.hit(0.92 * likeness * nearness.weight(), How::Fuzzy));
            }
        }
        None
    }
}

/// The best of labels with the same bare spelling, if all the best belong to one concept.
fn surest<'n>(asked: &Reading, names: &[&'n Name]) -> Option<(&'n Name, How)> {
    let rank = |name: &Name| {
        let spelling = if name.plain == asked.plain {
            0
        } else if name.folded == asked.folded {
            1
        } else {
            2
        };
        (spelling, name.kind)
    };
    let best = names.iter().min_by_key(|name| rank(name))?;
    let (spelling, kind) = rank(best);
    let one =
        names.iter().filter(|name| rank(name) == (spelling, kind)).all(|name| name.concept == best.concept);
    let how = match (spelling, kind) {
        (0, LabelKind::Pref) => How::Exact,
        (0, _) => How::Alternative,
        _ => How::Folded,
    };
    one.then_some((*best, how))
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}
