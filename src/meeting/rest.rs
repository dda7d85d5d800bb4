use actix_web::{HttpRequest, delete, get, patch, post, put, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

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
    id::{ConsortiumId, ExerciseId, MeetingId, NoteId, SeriesId},
    page::{Page, PageArgs},
    rest::{
        Body, Done, Found, Listing, Made, Markdown, NoFilter, Paper, PaperFormat, Params, Problem, Version,
    },
    tenancy::TenantScope,
};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_series)
        .service(get_series)
        .service(create_series)
        .service(change_series)
        .service(list_meetings)
        .service(get_meeting)
        .service(create_meeting)
        .service(change_meeting)
        .service(get_report)
        .service(list_attendances)
        .service(attend)
        .service(list_exercises)
        .service(get_exercise)
        .service(create_exercise)
        .service(change_exercise)
        .service(open_exercise)
        .service(close_exercise)
        .service(list_notes)
        .service(get_note)
        .service(write_notes)
        .service(categorise_notes)
        .service(change_note)
        .service(remove_note)
        .service(competence_of_note)
        .service(statement_of_note)
        .service(commitment_of_note);
}

/// The series of a consortium, oldest first. For those who have a seat in it.
#[utoipa::path(tag = "meetings", operation_id = "allMeetingSeries", params(("id" = ConsortiumId, Path), MeetingSeriesFilter, PageArgs))]
#[get("/consortia/{id}/meeting-series")]
async fn list_series(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    listing: Listing<MeetingSeriesFilter>,
) -> Result<Found<Page<MeetingSeries>>, Problem> {
    Ok(Found(series::service::list(&scope, *id, listing.0, listing.1).await?))
}

/// One series.
#[utoipa::path(tag = "meetings", operation_id = "meetingSeries", params(("id" = SeriesId, Path)))]
#[get("/meeting-series/{id}")]
async fn get_series(scope: TenantScope, id: web::Path<SeriesId>) -> Result<Found<MeetingSeries>, Problem> {
    Ok(Found(series::service::view(&scope, *id).await?))
}

/// Makes a series of a consortium: a course, a programme, a row of gatherings. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "createMeetingSeries", params(("id" = ConsortiumId, Path)), request_body = NewMeetingSeries)]
#[post("/consortia/{id}/meeting-series")]
async fn create_series(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewMeetingSeries>,
) -> Result<Made<MeetingSeries>, Problem> {
    Ok(Made(series::service::create(&scope, *id, body.0).await?))
}

/// Changes what a series is called and what happens in it. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "changeMeetingSeries", params(("id" = SeriesId, Path), Version), request_body = MeetingSeriesChange)]
#[patch("/meeting-series/{id}")]
async fn change_series(
    scope: TenantScope,
    id: web::Path<SeriesId>,
    version: Version,
    body: Body<MeetingSeriesChange>,
) -> Result<Found<MeetingSeries>, Problem> {
    Ok(Found(series::service::change(&scope, *id, version.0, body.0).await?))
}

/// Meetings of the caller's consortia, and open events, oldest first.
#[utoipa::path(tag = "meetings", operation_id = "meetings", params(MeetingFilter, PageArgs))]
#[get("/meetings")]
async fn list_meetings(
    scope: TenantScope,
    listing: Listing<MeetingFilter>,
) -> Result<Found<Page<Meeting>>, Problem> {
    Ok(Found(service::list(&scope, listing.0, listing.1).await?))
}

/// One meeting.
#[utoipa::path(tag = "meetings", operation_id = "meeting", params(("id" = MeetingId, Path)))]
#[get("/meetings/{id}")]
async fn get_meeting(scope: TenantScope, id: web::Path<MeetingId>) -> Result<Found<Meeting>, Problem> {
    Ok(Found(service::view(&scope, *id).await?))
}

/// Makes a meeting of a consortium, or of one of its groups. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "createMeeting", params(("id" = ConsortiumId, Path)), request_body = NewMeeting)]
#[post("/consortia/{id}/meetings")]
async fn create_meeting(
    scope: TenantScope,
    id: web::Path<ConsortiumId>,
    body: Body<NewMeeting>,
) -> Result<Made<Meeting>, Problem> {
    Ok(Made(service::create(&scope, *id, body.0).await?))
}

/// Changes a meeting, checks its goals at the end of the day, publishes its summary. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "changeMeeting", params(("id" = MeetingId, Path), Version), request_body = MeetingChange)]
#[patch("/meetings/{id}")]
async fn change_meeting(
    scope: TenantScope,
    id: web::Path<MeetingId>,
    version: Version,
    body: Body<MeetingChange>,
) -> Result<Found<Meeting>, Problem> {
    Ok(Found(service::change(&scope, *id, version.0, body.0).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReportParams {
    /// Left out: as `Accept` wishes.
    #[param(inline)]
    format: Option<PaperFormat>,
}

/// What was planned, written and promised at a meeting, as far as the caller sees it: as JSON, or as CommonMark for people to read.
#[utoipa::path(tag = "meetings", operation_id = "meetingReport", params(("id" = MeetingId, Path), ReportParams))]
#[get("/meetings/{id}/report")]
async fn get_report(
    scope: TenantScope,
    request: HttpRequest,
    id: web::Path<MeetingId>,
    params: Params<ReportParams>,
) -> Result<Paper<MeetingReport, Markdown>, Problem> {
    let report = report::service::report(&scope, *id).await?;
    let wished = Paper::<MeetingReport, Markdown>::wished(&request);
    Ok(match params.0.format {
        Some(PaperFormat::Json) => Paper::Json(report),
        None if !wished => Paper::Json(report),
        Some(PaperFormat::Markdown) | None => Paper::text(report.markdown),
    })
}

/// Who has said whether it comes to a meeting, first one first. Of an open event others see their own word alone.
#[utoipa::path(tag = "meetings", operation_id = "attendances", params(("id" = MeetingId, Path), PageArgs))]
#[get("/meetings/{id}/attendances")]
async fn list_attendances(
    scope: TenantScope,
    id: web::Path<MeetingId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Attendance>>, Problem> {
    Ok(Found(attendance::service::list(&scope, *id, listing.1).await?))
}

/// Says that the caller's library comes, and with how many of its people. For members of the consortium; the last word
/// counts.
#[utoipa::path(tag = "meetings", operation_id = "attendMeeting", params(("id" = MeetingId, Path)), request_body = NewAttendance)]
#[put("/meetings/{id}/attendance")]
async fn attend(
    scope: TenantScope,
    id: web::Path<MeetingId>,
    body: Body<NewAttendance>,
) -> Result<Found<Attendance>, Problem> {
    Ok(Found(attendance::service::attend(&scope, *id, body.0).await?))
}

/// The exercises of a meeting, oldest first. For those who have a seat; of an open event others see none.
#[utoipa::path(tag = "meetings", operation_id = "exercises", params(("id" = MeetingId, Path), PageArgs))]
#[get("/meetings/{id}/exercises")]
async fn list_exercises(
    scope: TenantScope,
    id: web::Path<MeetingId>,
    listing: Listing<NoFilter>,
) -> Result<Found<Page<Exercise>>, Problem> {
    Ok(Found(exercise::service::list(&scope, *id, listing.1).await?))
}

/// One exercise.
#[utoipa::path(tag = "meetings", operation_id = "exercise", params(("id" = ExerciseId, Path)))]
#[get("/exercises/{id}")]
async fn get_exercise(scope: TenantScope, id: web::Path<ExerciseId>) -> Result<Found<Exercise>, Problem> {
    Ok(Found(exercise::service::view(&scope, *id).await?))
}

/// Makes an exercise of a meeting. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "createExercise", params(("id" = MeetingId, Path)), request_body = NewExercise)]
#[post("/meetings/{id}/exercises")]
async fn create_exercise(
    scope: TenantScope,
    id: web::Path<MeetingId>,
    body: Body<NewExercise>,
) -> Result<Made<Exercise>, Problem> {
    Ok(Made(exercise::service::create(&scope, *id, body.0).await?))
}

/// Changes an exercise; more minutes give one that is open more time. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "changeExercise", params(("id" = ExerciseId, Path), Version), request_body = ExerciseChange)]
#[patch("/exercises/{id}")]
async fn change_exercise(
    scope: TenantScope,
    id: web::Path<ExerciseId>,
    version: Version,
    body: Body<ExerciseChange>,
) -> Result<Found<Exercise>, Problem> {
    Ok(Found(exercise::service::change(&scope, *id, version.0, body.0).await?))
}

/// Opens an exercise for notes, or opens it again: its time begins anew. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "openExercise", params(("id" = ExerciseId, Path), Version))]
#[post("/exercises/{id}/open")]
async fn open_exercise(
    scope: TenantScope,
    id: web::Path<ExerciseId>,
    version: Version,
) -> Result<Found<Exercise>, Problem> {
    Ok(Found(exercise::service::open(&scope, *id, version.0).await?))
}

/// Closes an exercise: whatever was being written is in, or comes too late. For the coordinator's editors.
#[utoipa::path(tag = "meetings", operation_id = "closeExercise", params(("id" = ExerciseId, Path), Version))]
#[post("/exercises/{id}/close")]
async fn close_exercise(
    scope: TenantScope,
    id: web::Path<ExerciseId>,
    version: Version,
) -> Result<Found<Exercise>, Problem> {
    Ok(Found(exercise::service::close(&scope, *id, version.0).await?))
}

/// The notes of an exercise that the caller may see, oldest first.
#[utoipa::path(tag = "meetings", operation_id = "notes", params(("id" = ExerciseId, Path), NoteFilter, PageArgs))]
#[get("/exercises/{id}/notes")]
async fn list_notes(
    scope: TenantScope,
    id: web::Path<ExerciseId>,
    listing: Listing<NoteFilter>,
) -> Result<Found<Page<Note>>, Problem> {
    Ok(Found(note::service::list(&scope, *id, listing.0, listing.1).await?))
}

/// One note.
#[utoipa::path(tag = "meetings", operation_id = "note", params(("id" = NoteId, Path)))]
#[get("/notes/{id}")]
async fn get_note(scope: TenantScope, id: web::Path<NoteId>) -> Result<Found<Note>, Problem> {
    Ok(Found(note::service::view(&scope, *id).await?))
}

/// Writes notes of the caller's library in an exercise that is open, one or many at once: all of them or none. For members of
/// the consortium.
#[utoipa::path(tag = "meetings", operation_id = "writeNotes", params(("id" = ExerciseId, Path)), request_body = NewNotes)]
#[post("/exercises/{id}/notes")]
async fn write_notes(
    scope: TenantScope,
    id: web::Path<ExerciseId>,
    body: Body<NewNotes>,
) -> Result<Made<WrittenNotes>, Problem> {
    Ok(Made(note::service::write(&scope, *id, body.0).await?))
}

/// Puts many of the library's own notes in an exercise to one concept or theme, all of them or none. For members of the
/// consortium.
#[utoipa::path(tag = "meetings", operation_id = "categoriseNotes", params(("id" = ExerciseId, Path)), request_body = Categories)]
#[post("/exercises/{id}/notes/categorise")]
async fn categorise_notes(
    scope: TenantScope,
    id: web::Path<ExerciseId>,
    body: Body<Categories>,
) -> Result<Found<WrittenNotes>, Problem> {
    Ok(Found(note::service::categorise(&scope, *id, body.0).await?))
}

/// Changes a note of the caller's library, shows it to its consortium or puts it to a concept or theme.
#[utoipa::path(tag = "meetings", operation_id = "changeNote", params(("id" = NoteId, Path), Version), request_body = NoteChange)]
#[patch("/notes/{id}")]
async fn change_note(
    scope: TenantScope,
    id: web::Path<NoteId>,
    version: Version,
    body: Body<NoteChange>,
) -> Result<Found<Note>, Problem> {
    Ok(Found(note::service::change(&scope, *id, version.0, body.0).await?))
}

/// Takes a note of the caller's library away. What was made of it stays.
#[utoipa::path(tag = "meetings", operation_id = "removeNote", params(("id" = NoteId, Path), Version))]
#[delete("/notes/{id}")]
async fn remove_note(scope: TenantScope, id: web::Path<NoteId>, version: Version) -> Result<Done, Problem> {
    note::service::remove(&scope, *id, version.0).await?;
    Ok(Done)
}

/// Enters the competence that a note of the caller's library is, and notes that down, at once or not at all.
#[utoipa::path(tag = "meetings", operation_id = "makeCompetenceOfNote", params(("id" = NoteId, Path), Version), request_body = CompetenceOfNote)]
#[post("/notes/{id}/competence")]
async fn competence_of_note(
    scope: TenantScope,
    id: web::Path<NoteId>,
    version: Version,
    body: Body<CompetenceOfNote>,
) -> Result<Found<Note>, Problem> {
    Ok(Found(note::service::competence(&scope, *id, version.0, body.0).await?))
}

/// Makes the statement that a note of the caller's library is, and notes that down, at once or not at all.
#[utoipa::path(tag = "meetings", operation_id = "makeStatementOfNote", params(("id" = NoteId, Path), Version), request_body = StatementOfNote)]
#[post("/notes/{id}/statement")]
async fn statement_of_note(
    scope: TenantScope,
    id: web::Path<NoteId>,
    version: Version,
    body: Body<StatementOfNote>,
) -> Result<Found<Note>, Problem> {
    Ok(Found(note::service::statement(&scope, *id, version.0, body.0).await?))
}

/// Makes the commitment that a note of the caller's library is, and notes that down, at once or not at all.
#[utoipa::path(tag = "meetings", operation_id = "makeCommitmentOfNote", params(("id" = NoteId, Path), Version), request_body = CommitmentOfNote)]
#[post("/notes/{id}/commitment")]
async fn commitment_of_note(
    scope: TenantScope,
    id: web::Path<NoteId>,
    version: Version,
    body: Body<CommitmentOfNote>,
) -> Result<Found<Note>, Problem> {
    Ok(Found(note::service::commitment(&scope, *id, version.0, body.0).await?))
}
