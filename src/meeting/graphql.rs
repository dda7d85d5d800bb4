use async_graphql::{Context, Object, Result, Subscription, connection::Connection};
use futures_util::{Stream, TryStreamExt};

use super::{
    Meeting, MeetingChange, MeetingFilter, NewMeeting,
    attendance::{self, Attendance, NewAttendance},
    exercise::{self, Exercise, ExerciseChange, NewExercise},
    note::{
        self, Categories, CommitmentOfNote, CompetenceOfNote, NewNotes, Note, NoteChange, NoteFilter,
        StatementOfNote, WrittenNotes,
    },
    report::{self, MeetingReport},
    series::{self, MeetingSeries, MeetingSeriesChange, MeetingSeriesFilter, NewMeetingSeries},
    service,
};
use crate::{
    graphql::{connection, list_cost, page_args, scope},
    id::{ConsortiumId, ExerciseId, MeetingId, NoteId, SeriesId},
};

#[derive(Default)]
pub struct MeetingQuery;

#[Object]
impl MeetingQuery {
    /// The series of a consortium, oldest first. For those who have a seat in it.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn all_meeting_series(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        filter: Option<MeetingSeriesFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, MeetingSeries>> {
        let (page, filter) = (page_args(first, after.clone())?, filter.unwrap_or_default());
        Ok(connection(series::service::list(scope(ctx)?, consortium_id, filter, page).await?, after))
    }

    /// One series.
    async fn meeting_series(&self, ctx: &Context<'_>, id: SeriesId) -> Result<MeetingSeries> {
        Ok(series::service::view(scope(ctx)?, id).await?)
    }

    /// Meetings of the caller's consortia, and open events, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn meetings(
        &self,
        ctx: &Context<'_>,
        filter: Option<MeetingFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Meeting>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(service::list(scope(ctx)?, filter.unwrap_or_default(), page).await?, after))
    }

    /// One meeting.
    async fn meeting(&self, ctx: &Context<'_>, id: MeetingId) -> Result<Meeting> {
        Ok(service::view(scope(ctx)?, id).await?)
    }

    /// Who has said whether it comes to a meeting, first one first. Of an open event others see their own word alone.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn attendances(
        &self,
        ctx: &Context<'_>,
        meeting_id: MeetingId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Attendance>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(attendance::service::list(scope(ctx)?, meeting_id, page).await?, after))
    }

    /// The exercises of a meeting, oldest first. For those who have a seat; of an open event others see none.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn exercises(
        &self,
        ctx: &Context<'_>,
        meeting_id: MeetingId,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Exercise>> {
        let page = page_args(first, after.clone())?;
        Ok(connection(exercise::service::list(scope(ctx)?, meeting_id, page).await?, after))
    }

    /// The notes of an exercise that the caller may see, oldest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn notes(
        &self,
        ctx: &Context<'_>,
        exercise_id: ExerciseId,
        filter: Option<NoteFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Note>> {
        let (page, filter) = (page_args(first, after.clone())?, filter.unwrap_or_default());
        Ok(connection(note::service::list(scope(ctx)?, exercise_id, filter, page).await?, after))
    }

    /// What was planned, written and promised at a meeting, as far as the caller sees it, with the whole of it as CommonMark.
    #[graphql(complexity = "list_cost(None, child_complexity)")]
    async fn meeting_report(&self, ctx: &Context<'_>, id: MeetingId) -> Result<MeetingReport> {
        Ok(report::service::report(scope(ctx)?, id).await?)
    }

    /// One exercise.
    async fn exercise(&self, ctx: &Context<'_>, id: ExerciseId) -> Result<Exercise> {
        Ok(exercise::service::view(scope(ctx)?, id).await?)
    }

    /// One note.
    async fn note(&self, ctx: &Context<'_>, id: NoteId) -> Result<Note> {
        Ok(note::service::view(scope(ctx)?, id).await?)
    }
}

#[derive(Default)]
pub struct MeetingMutation;

#[Object]
impl MeetingMutation {
    /// Makes a series of a consortium: a course, a programme, a row of gatherings. For the coordinator's editors.
    async fn create_meeting_series(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: NewMeetingSeries,
    ) -> Result<MeetingSeries> {
        Ok(series::service::create(scope(ctx)?, consortium_id, input).await?)
    }

    /// Changes what a series is called and what happens in it. For the coordinator's editors.
    async fn change_meeting_series(
        &self,
        ctx: &Context<'_>,
        id: SeriesId,
        expected_version: i64,
        input: MeetingSeriesChange,
    ) -> Result<MeetingSeries> {
        Ok(series::service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Makes a meeting of a consortium, or of one of its groups. For the coordinator's editors.
    async fn create_meeting(
        &self,
        ctx: &Context<'_>,
        consortium_id: ConsortiumId,
        input: NewMeeting,
    ) -> Result<Meeting> {
        Ok(service::create(scope(ctx)?, consortium_id, input).await?)
    }

    /// Changes a meeting, checks its goals at the end of the day, publishes its summary. For the coordinator's editors.
    async fn change_meeting(
        &self,
        ctx: &Context<'_>,
        id: MeetingId,
        expected_version: i64,
        input: MeetingChange,
    ) -> Result<Meeting> {
        Ok(service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Says that the caller's library comes, and with how many of its people. For members of the consortium; the last word
    /// counts.
    async fn attend_meeting(
        &self,
        ctx: &Context<'_>,
        meeting_id: MeetingId,
        input: NewAttendance,
    ) -> Result<Attendance> {
        Ok(attendance::service::attend(scope(ctx)?, meeting_id, input).await?)
    }

    /// Makes an exercise of a meeting. For the coordinator's editors.
    async fn create_exercise(
        &self,
        ctx: &Context<'_>,
        meeting_id: MeetingId,
        input: NewExercise,
    ) -> Result<Exercise> {
        Ok(exercise::service::create(scope(ctx)?, meeting_id, input).await?)
    }

    /// Changes an exercise; more minutes give one that is open more time. For the coordinator's editors.
    async fn change_exercise(
        &self,
        ctx: &Context<'_>,
        id: ExerciseId,
        expected_version: i64,
        input: ExerciseChange,
    ) -> Result<Exercise> {
        Ok(exercise::service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Opens an exercise for notes, or opens it again: its time begins anew. For the coordinator's editors.
    async fn open_exercise(
        &self,
        ctx: &Context<'_>,
        id: ExerciseId,
        expected_version: i64,
    ) -> Result<Exercise> {
        Ok(exercise::service::open(scope(ctx)?, id, expected_version).await?)
    }

    /// Closes an exercise: whatever was being written is in, or comes too late. For the coordinator's editors.
    async fn close_exercise(
        &self,
        ctx: &Context<'_>,
        id: ExerciseId,
        expected_version: i64,
    ) -> Result<Exercise> {
        Ok(exercise::service::close(scope(ctx)?, id, expected_version).await?)
    }

    /// Writes notes of the caller's library in an exercise that is open, one or many at once: all of them or none. For members of
    /// the consortium.
    async fn write_notes(
        &self,
        ctx: &Context<'_>,
        exercise_id: ExerciseId,
        input: NewNotes,
    ) -> Result<WrittenNotes> {
        Ok(note::service::write(scope(ctx)?, exercise_id, input).await?)
    }

    /// Puts many of the library's own notes in an exercise to one concept or theme, all of them or none. For members of the
    /// consortium.
    async fn categorise_notes(
        &self,
        ctx: &Context<'_>,
        exercise_id: ExerciseId,
        input: Categories,
    ) -> Result<WrittenNotes> {
        Ok(note::service::categorise(scope(ctx)?, exercise_id, input).await?)
    }

    /// Changes a note of the caller's library, shows it to its consortium or puts it to a concept or theme.
    async fn change_note(
        &self,
        ctx: &Context<'_>,
        id: NoteId,
        expected_version: i64,
        input: NoteChange,
    ) -> Result<Note> {
        Ok(note::service::change(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Takes a note of the caller's library away. What was made of it stays. Gives the id back.
    async fn remove_note(&self, ctx: &Context<'_>, id: NoteId, expected_version: i64) -> Result<NoteId> {
        note::service::remove(scope(ctx)?, id, expected_version).await?;
        Ok(id)
    }

    /// Enters the competence that a note of the caller's library is, and notes that down, at once or not at all.
    async fn make_competence_of_note(
        &self,
        ctx: &Context<'_>,
        id: NoteId,
        expected_version: i64,
        input: CompetenceOfNote,
    ) -> Result<Note> {
        Ok(note::service::competence(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Makes the statement that a note of the caller's library is, and notes that down, at once or not at all.
    async fn make_statement_of_note(
        &self,
        ctx: &Context<'_>,
        id: NoteId,
        expected_version: i64,
        input: StatementOfNote,
    ) -> Result<Note> {
        Ok(note::service::statement(scope(ctx)?, id, expected_version, input).await?)
    }

    /// Makes the commitment that a note of the caller's library is, and notes that down, at once or not at all.
    async fn make_commitment_of_note(
        &self,
        ctx: &Context<'_>,
        id: NoteId,
        expected_version: i64,
        input: CommitmentOfNote,
    ) -> Result<Note> {
        Ok(note::service::commitment(scope(ctx)?, id, expected_version, input).await?)
    }
}

#[derive(Default)]
pub struct MeetingSubscription;

#[Subscription]
impl MeetingSubscription {
    /// The notes of an exercise that the caller may see, each once, as they are written or first shown; with those that are
    /// there already, oldest first, when they are wished for.
    async fn note_added(
        &self,
        ctx: &Context<'_>,
        exercise_id: ExerciseId,
        from_start: Option<bool>,
    ) -> Result<impl Stream<Item = Result<Note>> + use<>> {
        let scope = scope(ctx)?.clone();
        let notes = note::service::added(scope, exercise_id, from_start.unwrap_or_default()).await?;
        Ok(notes.map_err(Into::into))
    }
}
