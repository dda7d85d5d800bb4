use std::collections::BTreeSet;

use super::{
    Paste, PasteMode, PasteOutcome, Pasted, PastedLine, PastedPart,
    lines::{lines, parts, said},
    read::{Line, read},
};
use crate::{
    auth::policy::{Action, Resource},
    competence::{ActiveModel, Column, Entity, check::tag, past, service, turn},
    concept::{self, known, words},
    error::{Code, Error, Result, Violation, Violations},
    id::{ConceptId, EntryId},
    tenancy::{TenantScope, TenantTx, Turn},
};
use sea_orm::{ActiveValue::Set, ColumnTrait};

const MOST_LINES: usize = 10_000;
const MOST_PARTS: usize = 10_000;

/// Pastes a list into the caller's own profile.
pub async fn paste(scope: &TenantScope, input: Paste) -> Result<Pasted> {
    // Asked here because a dry run writes nothing that would ask.
    if !scope.caller().may(Action::Create, Resource::Competence) {
        return Err(Error::new(Code::Forbidden));
    }
    check(&input)?;
    let words = words::of_node(scope).await?;
    let asked = input.clone();
    let speak = scope.languages().first();
    let read = tokio::task::spawn_blocking(move || read(&words, &asked)).await.map_err(Error::internal)?;
    let faults: Vec<Violation> = read.iter().filter_map(|line| line.fault.clone()).collect();
    if !faults.is_empty() && input.mode == PasteMode::AllOrNothing {
        let mut error = Error::new(Code::InvalidInput);
        error.violations = faults;
        return Err(error);
    }
    let mut shaped: Vec<_> = read.into_iter().map(|line: Line| line.shape(speak)).collect();
    if input.dry_run {
        let tx = scope.read().await?;
        let had = had(&tx, &input).await?;
        settle(&mut shaped, had);
        return Ok(total(shaped, false));
    }
    scope
        .write("pasteCompetences", input, move |tx, input| {
            Box::pin(async move {
                // Two lists pasted at once: the second finds what the first wrote.
                turn(tx, Turn::Alone).await?;
                follow(tx, &mut shaped).await?;
                let had = had(tx, &input).await?;
                settle(&mut shaped, had);
                let written = write(tx, &input, &shaped).await?;
                Ok(total(shaped, written > 0))
            })
        })
        .await
}

fn check(input: &Paste) -> Result<()> {
    let mut violations = Violations::default();
    violations.between("level", input.level, 1, 4);
    if lines(&input.text).next().is_none() {
        violations.add("text", "empty_list");
    }
    if input.text.lines().nth(MOST_LINES).is_some() {
        violations.add_with("text", "too_many", &[("max", &MOST_LINES.to_string())]);
    } else if lines(&input.text).map(|(_, line)| parts(line).len()).sum::<usize>() > MOST_PARTS {
        violations.add_with("text", "too_many", &[("max", &MOST_PARTS.to_string())]);
    }
    violations.done()
}

/// A concept that was merged since the words were met with it is the one that it was merged into.
async fn follow(tx: &TenantTx, lines: &mut [PastedLine]) -> Result<()> {
    concept::service::held(tx).await?;
    let parts = || lines.iter().flat_map(|line| &line.parts);
    let merged = known::merged(tx, parts().filter_map(|part| part.concept_id)).await?;
    for part in lines.iter_mut().flat_map(|line| &mut line.parts) {
        if let Some(into) = part.concept_id.and_then(|id| merged.get(&id)) {
            part.concept_id = Some(*into);
        }
    }
    Ok(())
}

/// What the profile has: its concepts, and the words that it said.
type Had = (BTreeSet<ConceptId>, BTreeSet<String>);

async fn had(tx: &TenantTx, input: &Paste) -> Result<Had> {
    let rows = tx
        .find::<Entity>()?
        .filter(Column::TenantId.eq(tx.me()))
        .filter(Column::Stance.eq(input.stance))
        .all()
        .await?;
    let concepts = rows.iter().filter_map(|row| row.concept_id).collect();
    let phrases = rows.iter().filter_map(|row| row.source_phrase.as_deref()).map(said).collect();
    Ok((concepts, phrases))
}

fn settle(lines: &mut [PastedLine], (concepts, phrases): Had) {
    let (mut listed, mut spoken) = (BTreeSet::new(), BTreeSet::new());
    for part in lines.iter_mut().flat_map(|line| &mut line.parts) {
        let words = said(&part.part);
        part.outcome = match part.concept_id {
            Some(concept) if concepts.contains(&concept) => PasteOutcome::Already,
            // Whatever the library made of them since.
            _ if phrases.contains(&words) => PasteOutcome::Already,
            Some(concept) if !listed.insert(concept) => PasteOutcome::Doubled,
            Some(_) => PasteOutcome::Added,
            None if !spoken.insert(words) => PasteOutcome::Doubled,
            None => PasteOutcome::Unmapped,
        };
    }
}

/// Writes what is new; how much that was.
async fn write(tx: &TenantTx, input: &Paste, lines: &[PastedLine]) -> Result<usize> {
    let mut rows = Vec::new();
    for line in lines {
        let fresh = |part: &&PastedPart| matches!(part.outcome, PasteOutcome::Added | PasteOutcome::Unmapped);
        for part in line.parts.iter().filter(fresh) {
            rows.push(ActiveModel {
                id: Set(EntryId::new()),
                concept_id: Set(part.concept_id),
                stance: Set(input.stance),
                level: Set(input.level),
                source_phrase: Set(Some(part.part.clone())),
                source_lang: Set(tag(Some(input.language))),
                position: Set(Some(line.number)),
                visibility: Set(input.visibility.unwrap_or_default()),
                ..service::blank()
            });
        }
    }
    let rows = tx.insert_many(rows).await?;
    tx.insert_many(rows.iter().map(|row| past::state(tx, row)).collect()).await?;
    Ok(rows.len())
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
