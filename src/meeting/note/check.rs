//! What a note may say, and where it may be written.

use std::collections::BTreeMap;

use sea_orm::ColumnTrait;

use super::{Column, Entity, Model, NewNote};
use crate::{
    concept::known,
    error::{Code, Error, Result, Violations},
    id::{ConsortiumId, GroupId},
    meeting::exercise::{self, AnswersPer},
    registry::group::member,
    tenancy::{TenantTx, Visibility},
};

const LONGEST: usize = 1_000;
pub const MOST_AT_ONCE: usize = 100;
pub const MOST_CATEGORISED: usize = 200;

/// What can be said without looking anything up.
pub fn new(notes: &[NewNote]) -> Result<()> {
    let mut violations = Violations::default();
    many("notes", notes.len(), MOST_AT_ONCE, &mut violations);
    for (n, note) in notes.iter().take(MOST_AT_ONCE).enumerate() {
        violations.text(&format!("notes/{n}/text"), &note.text, LONGEST);
        visibility(&format!("notes/{n}/visibility"), note.visibility.unwrap_or_default(), &mut violations);
    }
    violations.done()
}

/// At least one, and at most so many.
pub fn many(field: &str, given: usize, max: usize, violations: &mut Violations) {
    if given == 0 {
        violations.add(field, "empty_list");
    }
    if given > max {
        violations.add_with(field, "too_many", &[("max", &max.to_string())]);
    }
}

pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("text", &row.text, LONGEST);
    visibility("visibility", row.visibility, &mut violations);
    violations.done()
}

fn visibility(path: &str, visibility: Visibility, violations: &mut Violations) {
    if !matches!(visibility, Visibility::Private | Visibility::Consortium) {
        violations.add(path, "note_visibility");
    }
}

/// Whether these notes fit the exercise that they are written in.
pub async fn fitting(tx: &TenantTx, exercise: &exercise::Model, notes: &[NewNote]) -> Result<()> {
    let mut violations = Violations::default();
    let prompts = i64::try_from(exercise.prompts.0.len()).map_err(Error::internal)?;
    let groups = own_groups(tx, exercise.consortium_id).await?;
    for (n, note) in notes.iter().enumerate() {
        violations.between(&format!("notes/{n}/prompt"), note.prompt, 1, prompts.max(1));
        let place = format!("notes/{n}/groupId");
        match note.group_id {
            Some(group) if !groups.contains(&group) => violations.add(&place, "own_group"),
            None if exercise.answers_per == AnswersPer::Group => violations.add(&place, "required"),
            Some(_) | None => {}
        }
    }
    let named: Vec<_> = notes
        .iter()
        .enumerate()
        .filter_map(|(n, note)| Some((format!("notes/{n}/conceptId"), note.concept_id?)))
        .collect();
    known::check(tx, &named, &mut violations).await?;
    violations.done()?;
    answered_once(tx, exercise, notes).await
}

/// One answer a library, or a group, to a question; as far as the caller sees those that are there.
async fn answered_once(tx: &TenantTx, exercise: &exercise::Model, notes: &[NewNote]) -> Result<()> {
    let of = |note: &NewNote| match exercise.answers_per {
        AnswersPer::Note => None,
        AnswersPer::Tenant => Some((None, note.prompt)),
        AnswersPer::Group => Some((note.group_id, note.prompt)),
    };
    let mut taken: BTreeMap<(Option<GroupId>, Option<i64>), usize> = BTreeMap::new();
    if exercise.answers_per != AnswersPer::Note {
        let mut before = tx.find::<Entity>()?.filter(Column::ExerciseId.eq(exercise.id));
        before = match exercise.answers_per {
            AnswersPer::Group => before.filter(Column::GroupId.is_not_null()),
            AnswersPer::Tenant | AnswersPer::Note => before.filter(Column::TenantId.eq(tx.me())),
        };
        for row in before.all().await? {
            let group = row.group_id.filter(|_| exercise.answers_per == AnswersPer::Group);
            taken.insert((group, row.prompt), usize::MAX);
        }
    }
    for (n, key) in notes.iter().enumerate().filter_map(|(n, note)| Some((n, of(note)?))) {
        if taken.insert(key, n).is_some() {
            return Err(Error::new(Code::Conflict).field(&format!("notes/{n}"), "answered_once"));
        }
    }
    Ok(())
}

async fn own_groups(tx: &TenantTx, consortium: ConsortiumId) -> Result<Vec<GroupId>> {
    let mine = tx
        .find::<member::Entity>()?
        .filter(member::Column::ConsortiumId.eq(consortium))
        .filter(member::Column::TenantId.eq(tx.me()));
    Ok(mine.all().await?.into_iter().map(|row| row.group_id).collect())
}
