//! What became of each row, for a person to read.

use std::{collections::BTreeSet, fmt};

use super::read::Rows;
use crate::{
    competence::{
        Stance,
        paste::{PasteOutcome, Pasted},
    },
    concept::words::Words,
    text::national,
};

/// What became of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Written,
    /// Nothing was written, because a row was refused.
    Refused,
    /// Nothing was to be written.
    Dry,
}

/// A part of a row, or a row that was refused.
#[derive(Clone, Debug)]
struct Line {
    number: usize,
    word: &'static str,
    text: String,
    /// The concept's notation, or why the row was refused.
    about: String,
}

pub struct Report {
    lines: Vec<Line>,
    /// What the file has added so far.
    added: BTreeSet<String>,
    /// Entries that got holders or a note.
    pub filled: usize,
    pub outcome: Outcome,
}

const REFUSED: &str = "refused";
const WORDS: [&str; 5] = ["added", "unmapped", "already", "doubled", REFUSED];

impl Report {
    /// With the rows that could not be read.
    pub fn new(rows: &Rows) -> Self {
        let bad = rows.0.iter().filter(|row| !row.faults.is_empty());
        let lines = bad.map(|row| Line {
            number: row.number,
            word: REFUSED,
            text: row.phrase.clone(),
            about: row.faults.join("; "),
        });
        Self { lines: lines.collect(), added: BTreeSet::new(), filled: 0, outcome: Outcome::Dry }
    }

    /// What became of the rows of one paste.
    pub fn add(&mut self, pasted: Pasted, stance: Stance, words: &Words) {
        for line in pasted.lines {
            let number = usize::try_from(line.number).unwrap_or_default();
            if let Some(why) = line.refused {
                self.lines.push(Line { number, word: REFUSED, text: line.text, about: why });
                continue;
            }
            for part in line.parts {
                let said = part.concept_id.map_or_else(|| part.part.to_lowercase(), |id| id.to_string());
                let key = format!("{stance:?} {said}");
                let word = match part.outcome {
                    // By an earlier paste of the same file.
                    _ if self.added.contains(&key) => "doubled",
                    PasteOutcome::Doubled => "doubled",
                    PasteOutcome::Already => "already",
                    PasteOutcome::Added | PasteOutcome::Unmapped => {
                        self.added.insert(key);
                        if part.concept_id.is_some() { "added" } else { "unmapped" }
                    }
                };
                let concept = part.concept_id.and_then(|id| words.concept(id));
                let about = concept.map(|concept| concept.notation.clone()).unwrap_or_default();
                self.lines.push(Line { number, word, text: part.part, about });
            }
        }
        self.lines.sort_by_key(|line| line.number);
    }

    pub fn refused(&self) -> usize {
        self.count(REFUSED)
    }

    fn count(&self, word: &str) -> usize {
        self.lines.iter().filter(|line| line.word == word).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest =
            self.lines.iter().map(|line| shown(&line.text).chars().count()).max().unwrap_or_default();
        let mut last = 0;
        for line in &self.lines {
            let number = if line.number == last { String::new() } else { line.number.to_string() };
            last = line.number;
            let text =
                format!("{number:>5}  {:<8}  {:<widest$}  {}", line.word, shown(&line.text), line.about);
            writeln!(f, "{}", text.trim_end())?;
        }
        let counts: Vec<String> = WORDS
            .into_iter()
            .map(|word| (word, self.count(word)))
            .filter(|(_, n)| *n > 0)
            .map(|(word, n)| format!("{n} {word}"))
            .collect();
        writeln!(f, "\n{}", counts.join(", "))?;
        if self.filled > 0 {
            writeln!(f, "holders or a note put on {}", self.filled)?;
        }
        f.write_str(match self.outcome {
            Outcome::Written => "",
            Outcome::Dry => "dry run: nothing was written\n",
            Outcome::Refused => "nothing was written; --partial writes the good rows\n",
        })
    }
}

/// As much of a phrase as a line of a terminal has room for.
fn shown(text: &str) -> String {
    const MOST: usize = 48;
    let text = national::masked(text);
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}
