use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, TryIntoModel};

pub use super::becoming::{commitment, competence, statement};
pub use super::live::added;
pub use super::read::{list, view};
use super::{
    Categories, Column, Entity, Model, NewNotes, Note, NoteChange, WrittenNotes, check,
    entity::ActiveModel,
    read::{load, these},
};
use crate::{
    auth::policy::{Action, Resource},
    concept::known,
    error::{Code, Error, Result, Violations},
    id::{ConceptId, ExerciseId, NoteId},
    meeting::{
        exercise::{self, service::is_open, service::only_in, turn},
        service::takes_part,
    },
    tenancy::{TenantScope, TenantTx, Visibility},
};

/// Writes notes in an exercise that is open, in the name of the caller's library.
pub async fn write(scope: &TenantScope, exercise: ExerciseId, input: NewNotes) -> Result<WrittenNotes> {
    check::new(&input.notes)?;
    let scope_in = scope.clone();
    scope
        .write("writeNotes", (exercise, input), move |tx, (exercise, input)| {
            Box::pin(async move {
                takes_part(tx, tx.get::<exercise::Entity>(exercise.0).await?.consortium_id).await?;
                turn::hold(tx, exercise).await?;
                let within = tx.get::<exercise::Entity>(exercise.0).await?;
                if !is_open(&within) {
                    return Err(only_in("open"));
                }
                check::fitting(tx, &within, &input.notes).await?;
                let first = turn::take(tx, exercise, input.notes.len()).await?;
                let rows = input.notes.into_iter().zip(first..).map(|(note, place)| {
                    let visibility = note.visibility.unwrap_or_default();
                    ActiveModel {
                        id: Set(NoteId::new()),
                        exercise_id: Set(exercise),
                        consortium_id: Set(within.consortium_id),
                        group_id: Set(note.group_id),
                        prompt: Set(note.prompt),
                        text: Set(note.text),
                        lang: Set(note.language.tag().to_owned()),
                        concept_id: Set(note.concept_id),
                        became: Set(None),
                        became_id: Set(None),
                        place: Set(place),
                        shown_place: Set((visibility == Visibility::Consortium).then_some(place)),
                        visibility: Set(visibility),
                        ..Default::default()
                    }
                });
                let rows = tx.insert_many(rows.collect()).await?;
                written(&scope_in, tx, rows.into_iter().map(|row| row.id).collect()).await
            })
        })
        .await
}

/// The library's own notes, in the order in which they were written.
async fn written(scope: &TenantScope, tx: &TenantTx, ids: Vec<NoteId>) -> Result<WrittenNotes> {
    let many = u64::try_from(ids.len()).map_err(Error::internal)?;
    let found = these(tx, Column::Id.is_in(ids).into(), many).await?;
    Ok(WrittenNotes { notes: found.into_iter().map(|found| found.shape(scope)).collect() })
}

/// Changes a note of the caller's library, shows it or puts it to a concept.
pub async fn change(scope: &TenantScope, id: NoteId, expected: i64, input: NoteChange) -> Result<Note> {
    let scope_in = scope.clone();
    scope
        .write("changeNote", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let mut row = tx.get::<Entity>(id.0).await?;
                let mut shown = None;
                if row.tenant_id == tx.me() {
                    // Only the owner's own row tells what would become of it.
                    let mut wished = row.clone().into_active_model();
                    edit(&mut wished, &input);
                    check::row(&wished.try_into_model().map_err(Error::internal)?)?;
                    may_use(tx, "conceptId", input.concept_id).await?;
                    if shows(&row, &input) {
                        takes_part(tx, row.consortium_id).await?;
                        turn::hold(tx, row.exercise_id).await?;
                        row = tx.get::<Entity>(id.0).await?;
                        shown = Some(turn::take(tx, row.exercise_id, 1).await?);
                    }
                }
                tx.change::<Entity>(row, Some(expected), |row| {
                    edit(row, &input);
                    if shown.is_some() {
                        row.shown_place = Set(shown);
                    }
                })
                .await?;
                load(&scope_in, tx, id).await
            })
        })
        .await
}

/// Whether others are to see from now on what they did not see.
fn shows(row: &Model, input: &NoteChange) -> bool {
    input.visibility == Some(Visibility::Consortium) && row.visibility != Visibility::Consortium
}

fn edit(row: &mut ActiveModel, input: &NoteChange) {
    if let Some(text) = &input.text {
        row.text = Set(text.clone());
    }
    if let Some(language) = input.language {
        row.lang = Set(language.tag().to_owned());
    }
    if input.concept_id.is_some() {
        row.concept_id = Set(input.concept_id);
    }
    if let Some(visibility) = input.visibility {
        row.visibility = Set(visibility);
    }
}

async fn may_use(tx: &TenantTx, field: &str, concept: Option<ConceptId>) -> Result<()> {
    let mut violations = Violations::default();
    let named: Vec<_> = concept.into_iter().map(|concept| (field.to_owned(), concept)).collect();
    known::check(tx, &named, &mut violations).await?;
    violations.done()
}

/// Puts many of the caller's library's own notes to one concept or theme, all or none.
pub async fn categorise(
    scope: &TenantScope,
    exercise: ExerciseId,
    input: Categories,
) -> Result<WrittenNotes> {
    let mut violations = Violations::default();
    check::many("noteIds", input.note_ids.len(), check::MOST_CATEGORISED, &mut violations);
    violations.done()?;
    let scope_in = scope.clone();
    scope
        .write("categoriseNotes", (exercise, input), move |tx, (exercise, input)| {
            Box::pin(async move {
                takes_part(tx, tx.get::<exercise::Entity>(exercise.0).await?.consortium_id).await?;
                may_use(tx, "conceptId", input.concept_id).await?;
                // Also where nothing would change.
                if !tx.caller().may(Action::Modify, Resource::Note) {
                    return Err(Error::new(Code::Forbidden));
                }
                let found = tx.find::<Entity>()?.filter(Column::Id.is_in(input.note_ids.iter().copied()));
                let own = found.filter(Column::ExerciseId.eq(exercise)).all().await?;
                if let Some(id) = input.note_ids.iter().find(|id| own.iter().all(|row| row.id != **id)) {
                    return Err(tx.absent(Resource::Note, id.0));
                }
                if own.iter().any(|row| row.tenant_id != tx.me()) {
                    return Err(Error::new(Code::Forbidden));
                }
                for row in own {
                    if row.concept_id != input.concept_id {
                        tx.change::<Entity>(row, None, |row| row.concept_id = Set(input.concept_id)).await?;
                    }
                }
                written(&scope_in, tx, input.note_ids).await
            })
        })
        .await
}

/// Takes a note away.
pub async fn remove(scope: &TenantScope, id: NoteId, expected: i64) -> Result<()> {
    scope
        .write("removeNote", (id, expected), |tx, (id, expected)| {
            Box::pin(async move {
                let row = tx.get::<Entity>(id.0).await?;
                tx.remove::<Entity>(row, Some(expected)).await
            })
        })
        .await
}
