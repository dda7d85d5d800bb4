//! A pasted list, met with the scheme.

use super::{
    Paste, PasteOutcome, PastedLine, PastedPart, UnmappedWords,
    lines::{is_pair, joined, lines, parts},
};
use crate::{
    competence::check,
    concept::{
        suggest::{Hit, How},
        words::Words,
    },
    error::{Violation, Violations},
    id::ConceptId,
    text::{Lang, national},
};

/// A line with its parts, or with what is wrong with it.
pub struct Line {
    number: i64,
    text: String,
    parts: Vec<Part>,
    pub fault: Option<Violation>,
}

struct Part {
    text: String,
    hit: Option<Hit>,
}

impl Line {
    pub fn shape(self, speak: Lang) -> PastedLine {
        let part = |part: Part| {
            let concept_id = part.hit.as_ref().map(|hit| ConceptId(hit.concept));
            let how = part.hit.as_ref().map(|hit| hit.how);
            let met = part.hit.map(|hit| hit.label);
            PastedPart { part: part.text, concept_id, met, how, outcome: PasteOutcome::Added }
        };
        PastedLine {
            number: self.number,
            text: self.text,
            parts: self.parts.into_iter().map(part).collect(),
            refused: self.fault.map(|fault| fault.detail(speak)),
        }
    }
}

/// Seconds of computing for thousands of lines: not on the thread that serves others.
pub fn read(words: &Words, input: &Paste) -> Vec<Line> {
    let language = input.language.tag();
    let meet = |text: &str| words.exact(text, Some(language));
    lines(&input.text).map(|(number, text)| line(number, text, input.unmapped, &meet)).collect()
}

fn line(number: usize, text: &str, unmapped: UnmappedWords, meet: &impl Fn(&str) -> Option<Hit>) -> Line {
    let pointer = format!("text/lines/{number}");
    let mut faults = Violations::default();
    if text.chars().count() > check::LONGEST_PHRASE {
        faults.add_with(&pointer, "line_too_long", &[("max", &check::LONGEST_PHRASE.to_string())]);
    } else {
        faults.text(&pointer, text, check::LONGEST_PHRASE);
    }
    let mut met = if faults.is_empty() { split(text, meet) } else { Vec::new() };
    if unmapped == UnmappedWords::Refuse && met.iter().any(|part| part.hit.is_none()) {
        let unknown: Vec<_> = met.iter().filter(|part| part.hit.is_none()).map(|p| p.text.as_str()).collect();
        faults.add_with(&pointer, "unmapped", &[("phrase", &unknown.join(", "))]);
        met.clear();
    }
    let fault = faults.done().err().and_then(|error| error.violations.into_iter().next());
    let shown = national::masked(text).chars().take(check::LONGEST_PHRASE).collect();
    Line { number: number as i64, text: shown, parts: met, fault }
}

fn split(text: &str, meet: &impl Fn(&str) -> Option<Hit>) -> Vec<Part> {
    let listed = parts(text);
    if listed.len() > 1 {
        // A name may have a comma or a slash in it; what is only near such a name is a list.
        if let Some(hit) = meet(text).filter(|hit| hit.how != How::Fuzzy) {
            return vec![Part { text: text.to_owned(), hit: Some(hit) }];
        }
    }
    let last = listed.len().saturating_sub(1);
    let halves = |(n, (before, part)): (usize, (Option<char>, &str))| {
        halves(part, n == last && before == Some(','), meet)
    };
    listed.into_iter().enumerate().flat_map(halves).collect()
}

/// A part as one, or as the things joined in it: «prosjektarbeid og -ledelse», the end of a list («A, B og C»), or where each
/// of them is known by itself. A part that is known as a whole is one.
fn halves(part: &str, ends_list: bool, meet: &impl Fn(&str) -> Option<Hit>) -> Vec<Part> {
    let hit = meet(part);
    let whole = |hit| vec![Part { text: part.to_owned(), hit }];
    let halves = joined(part);
    if hit.is_some() || halves.len() < 2 {
        return whole(hit);
    }
    let met: Vec<Part> =
        halves.iter().map(|half| Part { text: (*half).to_owned(), hit: meet(half) }).collect();
    let certain = ends_list || is_pair(&halves) || met.iter().all(|half| half.hit.is_some());
    if certain { met } else { whole(None) }
}
