use std::collections::BTreeSet;

use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde_json::json;

use super::{
    Paste, PasteMode, PasteOutcome, Pasted, PastedLine, PastedPart,
    lines::{pair, parts},
};
use crate::{
    competence::{ActiveModel, Column, Entity, check, past},
    concept::words::{self, Words},
    error::{Code, Error, Result, Violation, Violations},
    id::{ConceptId, EntryId},
    tenancy::{TenantScope, TenantTx},
};

const MOST_LINES: usize = 10_000;

/// Pastes a list into the caller's own profile.
pub async fn paste(scope: &TenantScope, input: Paste) -> Result<Pasted> {
    let mut violations = Violations::default();
    violations.between("level", input.level, 1, 4);
    if input.text.trim().is_empty() {
        violations.add("text", "empty_list");
    }
    if input.text.lines().nth(MOST_LINES).is_some() {
        violations.add_with("text", "too_many", &[("max", &MOST_LINES.to_string())]);
    }
    violations.done()?;
    let words = words::of_node(scope).await?;
    let asked = input.clone();
    let speak = scope.languages().first();
    // Meeting ten thousand lines with the scheme is seconds of computing: not on the thread that serves others.
    let read = tokio::task::spawn_blocking(move || read(&words, &asked)).await.map_err(Error::internal)?;
    let faults: Vec<Violation> = read.iter().filter_map(|line| line.fault.clone()).collect();
    if !faults.is_empty() && input.mode == PasteMode::AllOrNothing {
        let mut error = Error::new(Code::InvalidInput);
        error.violations = faults;
        return Err(error);
    }
    let lines = |read: Vec<Line>| read.into_iter().map(move |line| line.shape(speak)).collect::<Vec<_>>();
    if input.dry_run {
        let tx = scope.read().await?;
        let mut shaped = lines(read);
        let had = had(&tx, &input).await?;
        settle(&mut shaped, had);
        return Ok(total(shaped, false));
    }
    let shaped = lines(read);
    scope
        .write("pasteCompetences", input, move |tx, input| {
            Box::pin(async move {
                let mut shaped = shaped;
                let had = had(tx, &input).await?;
                settle(&mut shaped, had);
                write(tx, &input, &shaped).await?;
                Ok(total(shaped, true))
            })
        })
        .await
}

/// A line, met with the scheme.
struct Line {
    number: i64,
    text: String,
    parts: Vec<(String, Option<ConceptId>)>,
    fault: Option<Violation>,
}

impl Line {
    fn shape(self, speak: crate::text::Lang) -> PastedLine {
        let part = |(part, concept_id)| PastedPart { part, concept_id, outcome: PasteOutcome::Added };
        PastedLine {
            number: self.number,
            text: self.text,
            parts: self.parts.into_iter().map(part).collect(),
            refused: self.fault.map(|fault| fault.detail(speak)),
        }
    }
}

fn read(words: &Words, input: &Paste) -> Vec<Line> {
    let language = input.language.tag();
    let meet = |text: &str| words.exact(text, Some(language)).map(|hit| ConceptId(hit.concept));
    let mut out = Vec::new();
    for (n, text) in input.text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let mut faults = Violations::default();
        let text = text.trim();
        faults.text(&format!("text/lines/{}", n + 1), text, check::LONGEST_PHRASE);
        let fault = faults.done().err().and_then(|e| e.violations.into_iter().next());
        let mut met = Vec::new();
        if fault.is_none() {
            // The whole line first: a concept may have a comma in its name. A slash always parts.
            match meet(text).filter(|_| !text.contains('/')) {
                Some(concept) => met.push((text.to_owned(), Some(concept))),
                // One part that is the line: it was met just now.
                None if parts(text) == [text] && pair(text).is_none() => met.push((text.to_owned(), None)),
                None => met.extend(parts(text).into_iter().flat_map(|part| halves(part, &meet))),
            }
        }
        let shown = text.chars().take(check::LONGEST_PHRASE).collect();
        out.push(Line { number: n as i64 + 1, text: shown, parts: met, fault });
    }
    out
}

/// A part with its concept; a pair («… og -ledelse») as two when no concept is named so.
fn halves(part: &str, meet: &impl Fn(&str) -> Option<ConceptId>) -> Vec<(String, Option<ConceptId>)> {
    let whole = meet(part);
    match pair(part).filter(|_| whole.is_none()) {
        Some(two) => two.into_iter().map(|half| (half.to_owned(), meet(half))).collect(),
        None => vec![(part.to_owned(), whole)],
    }
}

/// What the profile has: concepts, and phrases without one.
type Had = (BTreeSet<ConceptId>, BTreeSet<String>);

async fn had(tx: &TenantTx, input: &Paste) -> Result<Had> {
    let rows = tx
        .find::<Entity>()?
        .filter(Column::TenantId.eq(tx.me()))
        .filter(Column::Stance.eq(input.stance))
        .all()
        .await?;
    let concepts = rows.iter().filter_map(|row| row.concept_id).collect();
    let phrases = rows.into_iter().filter(|r| r.concept_id.is_none()).filter_map(|r| r.source_phrase);
    Ok((concepts, phrases.map(|p| p.to_lowercase()).collect()))
}

fn settle(lines: &mut [PastedLine], (concepts, phrases): Had) {
    let (mut listed, mut spoken) = (BTreeSet::new(), BTreeSet::new());
    for part in lines.iter_mut().flat_map(|line| &mut line.parts) {
        part.outcome = match part.concept_id {
            Some(concept) if concepts.contains(&concept) => PasteOutcome::Already,
            Some(concept) if !listed.insert(concept) => PasteOutcome::Doubled,
            Some(_) => PasteOutcome::Added,
            None if phrases.contains(&part.part.to_lowercase()) => PasteOutcome::Already,
            None if !spoken.insert(part.part.to_lowercase()) => PasteOutcome::Doubled,
            None => PasteOutcome::Unmapped,
        };
    }
}

async fn write(tx: &TenantTx, input: &Paste, lines: &[PastedLine]) -> Result<()> {
    let mut rows = Vec::new();
    for line in lines {
        let fresh = |part: &&PastedPart| matches!(part.outcome, PasteOutcome::Added | PasteOutcome::Unmapped);
        for part in line.parts.iter().filter(fresh) {
            rows.push(ActiveModel {
                id: Set(EntryId::new()),
                concept_id: Set(part.concept_id),
                stance: Set(input.stance),
                level: Set(input.level),
                holders: Set(None),
                note: Set(None),
                source_phrase: Set(Some(part.part.clone())),
                source_lang: Set(check::tag(Some(input.language))),
                position: Set(Some(line.number)),
                evidence: Set(json!([])),
                target_level: Set(None),
                target_date: Set(None),
                visibility: Set(input.visibility.unwrap_or_default()),
                ..Default::default()
            });
        }
    }
    let rows = tx.insert_many(rows).await?;
    tx.insert_many(rows.iter().map(|row| past::state(tx, row)).collect()).await?;
    Ok(())
}

fn total(lines: Vec<PastedLine>, written: bool) -> Pasted {
    let count = |outcome| lines.iter().flat_map(|l| &l.parts).filter(|p| p.outcome == outcome).count() as i64;
    Pasted {
        written,
        added: count(PasteOutcome::Added),
        doubled: count(PasteOutcome::Doubled),
        already: count(PasteOutcome::Already),
        unmapped: count(PasteOutcome::Unmapped),
        refused: lines.iter().filter(|line| line.refused.is_some()).count() as i64,
        lines,
    }
}
