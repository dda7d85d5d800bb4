use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Order};

use super::{
    Clearable, Column, Entity, Exercise, ExerciseChange, ExerciseKind, ExerciseState, Model, NewExercise,
    entity::ActiveModel, turn,
};
use crate::{
    error::{Code, Error, Result, Violations},
    id::{ExerciseId, MeetingId},
    meeting::{self, service::led},
    page::{Page, PageArgs},
    tenancy::{TenantScope, TenantTx},
    text, when,
};

const LONGEST_TITLE: usize = 300;
const LONGEST_PROMPT: usize = 1_000;

/// The exercises of a meeting, oldest first. For those who have a seat; of an open event others see none.
pub async fn list(scope: &TenantScope, meeting: MeetingId, page: PageArgs) -> Result<Page<Exercise>> {
    let wish = scope.page(&page, format_args!("exercises {meeting}"))?;
    let tx = scope.read().await?;
    tx.get::<meeting::Entity>(meeting.0).await?;
    let rows = tx.find::<Entity>()?.filter(Column::MeetingId.eq(meeting)).page(&wish).await?;
    Ok(Page::of(rows, &wish, |row| row.id.to_string()).map(|row| shape(scope, row)))
}

/// As [`list`], without pages.
pub(in crate::meeting) async fn those(
    scope: &TenantScope,
    tx: &TenantTx,
    meeting: MeetingId,
    limit: u64,
) -> Result<Vec<Exercise>> {
    let found = tx.find::<Entity>()?.filter(Column::MeetingId.eq(meeting)).order_by(Column::Id, Order::Asc);
    Ok(found.limit(limit).all().await?.into_iter().map(|row| shape(scope, row)).collect())
}

pub async fn view(scope: &TenantScope, id: ExerciseId) -> Result<Exercise> {
    Ok(shape(scope, scope.read().await?.get::<Entity>(id.0).await?))
}

fn check(minutes: Option<i64>, rounds: Option<i64>, due: Option<&str>) -> Result<()> {
    let mut violations = Violations::default();
    violations.edtf_with_end("due", due);
    violations.between("minutes", minutes, 1, 600);
    violations.between("rounds", rounds, 1, 20);
    if rounds.is_some() && minutes.is_none() {
        violations.add("minutes", "required");
    }
    violations.done()
}

/// Makes an exercise of a meeting. By a coordinator.
pub async fn create(scope: &TenantScope, meeting: MeetingId, input: NewExercise) -> Result<Exercise> {
    check(input.minutes, input.rounds, input.due.as_deref())?;
    let title = text::given("title", &input.title, LONGEST_TITLE)?;
    let prompts = text::given_list("prompts", &input.prompts, LONGEST_PROMPT)?;
    let scope_in = scope.clone();
    scope
        .write("createExercise", (meeting, input), move |tx, (meeting, input)| {
            Box::pin(async move {
                let consortium = led(tx, meeting).await?.consortium_id;
                let row = tx
                    .insert(ActiveModel {
                        consortium_id: Set(consortium),
                        id: Set(ExerciseId::new()),
                        meeting_id: Set(meeting),
                        kind: Set(input.kind),
                        title: Set(title),
                        prompts: Set(prompts),
                        minutes: Set(input.minutes),
                        rounds: Set(input.rounds),
                        answers_per: Set(input.answers_per),
                        due_by: Set(when::due_by(input.due.as_deref())),
                        due: Set(input.due),
                        state: Set(ExerciseState::Planned),
                        opened_at: Set(None),
                        closes_at: Set(None),
                        closed_at: Set(None),
                        ..Default::default()
                    })
                    .await?;
                tx.insert(turn::ActiveModel {
                    consortium_id: Set(consortium),
                    exercise_id: Set(row.id),
                    last: Set(0),
                })
                .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

/// Changes an exercise. By a coordinator.
pub async fn change(
    scope: &TenantScope,
    id: ExerciseId,
    expected: i64,
    input: ExerciseChange,
) -> Result<Exercise> {
    let title = input.title.as_deref().map(|t| text::given("title", t, LONGEST_TITLE)).transpose()?;
    let prompts =
        input.prompts.as_deref().map(|p| text::given_list("prompts", p, LONGEST_PROMPT)).transpose()?;
    let scope_in = scope.clone();
    scope
        .write("changeExercise", (id, expected, input), move |tx, (id, expected, input)| {
            Box::pin(async move {
                let row = held(tx, id).await?;
                let without = |field| input.clear.contains(&field);
                let endless = without(Clearable::Minutes);
                let minutes = if endless { input.minutes } else { input.minutes.or(row.minutes) };
                let rounds = if endless || without(Clearable::Rounds) {
                    input.rounds
                } else {
                    input.rounds.or(row.rounds)
                };
                check(minutes, rounds, input.due.as_deref())?;
                if prompts.is_some() && row.state != ExerciseState::Planned {
                    return Err(only_in("planned"));
                }
                let closes = row.opened_at.and_then(|opened| closes(opened, minutes, rounds));
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        if let Some(title) = title {
                            row.title = Set(title);
                        }
                        if let Some(prompts) = prompts {
                            row.prompts = Set(prompts);
                        }
                        row.minutes = Set(minutes);
                        row.rounds = Set(rounds);
                        row.closes_at = Set(closes);
                        if input.due.is_some() || input.clear.contains(&Clearable::Due) {
                            row.due_by = Set(when::due_by(input.due.as_deref()));
                            row.due = Set(input.due);
                        }
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

/// Opens an exercise, or opens it again: its time begins anew. By a coordinator.
pub async fn open(scope: &TenantScope, id: ExerciseId, expected: i64) -> Result<Exercise> {
    let scope_in = scope.clone();
    scope
        .write("openExercise", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = held(tx, id).await?;
                if row.state == ExerciseState::Open {
                    return Err(only_in("planned, closed"));
                }
                // There is nothing to comment on before.
                if row.kind == ExerciseKind::Comments && !summed_up(tx, row.meeting_id).await? {
                    return Err(Error::new(Code::Conflict).field("meetingId", "summary_not_published"));
                }
                let now = when::now();
                let closes = closes(now, row.minutes, row.rounds);
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.state = Set(ExerciseState::Open);
                        row.opened_at = Set(Some(now));
                        row.closes_at = Set(closes);
                        row.closed_at = Set(None);
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

/// Closes an exercise: whatever was being written is in, or comes too late. By a coordinator.
pub async fn close(scope: &TenantScope, id: ExerciseId, expected: i64) -> Result<Exercise> {
    let scope_in = scope.clone();
    scope
        .write("closeExercise", (id, expected), move |tx, (id, expected)| {
            Box::pin(async move {
                let row = held(tx, id).await?;
                if row.state != ExerciseState::Open {
                    return Err(only_in("open"));
                }
                let row = tx
                    .change::<Entity>(row, Some(expected), |row| {
                        row.state = Set(ExerciseState::Closed);
                        row.closed_at = Set(Some(when::now()));
                    })
                    .await?;
                Ok(shape(&scope_in, row))
            })
        })
        .await
}

async fn summed_up(tx: &TenantTx, meeting: MeetingId) -> Result<bool> {
    let row = tx.get::<meeting::Entity>(meeting.0).await?;
    Ok(row.summary_published_at.is_some())
}

/// The exercise, for its coordinator, in whose turn nobody writes.
async fn held(tx: &TenantTx, id: ExerciseId) -> Result<Model> {
    let row = tx.get::<Entity>(id.0).await?;
    led(tx, row.meeting_id).await?;
    turn::hold(tx, id).await?;
    tx.get::<Entity>(id.0).await
}

fn closes(opened: DateTime<Utc>, minutes: Option<i64>, rounds: Option<i64>) -> Option<DateTime<Utc>> {
    minutes.map(|minutes| opened + Duration::minutes(minutes * rounds.unwrap_or(1)))
}

pub(in crate::meeting) fn only_in(state: &str) -> Error {
    Error::new(Code::Conflict).field_with("state", "not_in_phase", &[("phase", state)])
}

/// Whether notes are taken in.
pub(in crate::meeting) fn is_open(row: &Model) -> bool {
    row.state == ExerciseState::Open && row.closes_at.is_none_or(|closes| when::now() < closes)
}

pub(in crate::meeting) fn shape(scope: &TenantScope, row: Model) -> Exercise {
    Exercise {
        id: row.id,
        meeting_id: row.meeting_id,
        kind: row.kind,
        title: scope.say(&row.title),
        prompts: row.prompts.0.iter().map(|prompt| scope.say(prompt)).collect(),
        minutes: row.minutes,
        rounds: row.rounds,
        answers_per: row.answers_per,
        due: row.due,
        state: row.state,
        opened_at: row.opened_at,
        closes_at: row.closes_at,
        closed_at: row.closed_at,
        version: row.version,
    }
}
