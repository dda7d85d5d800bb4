use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{MeetingReport, ReportedAnswers, ReportedCommitment, ReportedExercise, ReportedNote, markdown};
use crate::{
    commitment,
    error::Result,
    id::{ExerciseId, GroupId, MeetingId, TenantId},
    meeting::{
        self, attendance,
        exercise::{self, Exercise},
        note::{self, Became},
    },
    registry::{consortium, group, tenant},
    tenancy::{TenantScope, TenantTx, of},
    text::{Lang, LocalText, Text},
};

const MOST_LIBRARIES: u64 = 100;
const MOST_EXERCISES: u64 = 50;
const MOST_NOTES: u64 = 2_000;
const MOST_COMMITMENTS: u64 = 100;

/// What was planned, written and promised at a meeting, as far as the caller sees it.
pub async fn report(scope: &TenantScope, id: MeetingId) -> Result<MeetingReport> {
    let tx = scope.read().await?;
    let meeting = meeting::service::load(scope, &tx, id).await?;
    let names = names(&tx, id).await?;
    let (attendances, every_library) =
        whole(attendance::service::those(scope, &tx, id, MOST_LIBRARIES + 1).await?, MOST_LIBRARIES);
    let (exercises, every_exercise) =
        whole(exercise::service::those(scope, &tx, id, MOST_EXERCISES + 1).await?, MOST_EXERCISES);
    let ids: Vec<ExerciseId> = exercises.iter().map(|exercise| exercise.id).collect();
    let written = note::Column::ExerciseId.is_in(ids.iter().map(|id| id.0));
    let (notes, every_note) =
        whole(note::read::these(&tx, written.into_condition(), MOST_NOTES + 1).await?, MOST_NOTES);
    let (promised, every_commitment) = whole(promised(&tx, &ids).await?, MOST_COMMITMENTS);
    let partners = partners(&tx, &promised).await?;
    let groups = groups(&tx, notes.iter().filter_map(|found| found.row.group_id)).await?;

    let mut by_exercise: HashMap<ExerciseId, Vec<Answer>> = HashMap::new();
    for found in notes {
        let note = found.shape(scope);
        let group_name = note.group_id.and_then(|id| groups.get(&id)).map(|names| scope.say(names));
        let reported = ReportedNote {
            id: note.id,
            text: note.text,
            language: note.language,
            tenant_name: note.tenant_name,
            group_name,
            concept: note.concept,
        };
        by_exercise.entry(note.exercise_id).or_default().push((note.prompt, note.tenant_id, reported));
    }
    let exercises = exercises
        .into_iter()
        .map(|exercise| {
            let notes = by_exercise.remove(&exercise.id).unwrap_or_default();
            ReportedExercise { answers: answers(&exercise, notes), exercise }
        })
        .collect();
    let commitments = promised.into_iter().map(|found| found.shape(scope, &partners)).collect();
    let say = |name: &Option<Text>| name.as_ref().map(|name| scope.say(name));
    let mut report = MeetingReport {
        consortium_name: meeting.consortium_id.and(say(&names.consortium)),
        group_name: meeting.group_id.and(say(&names.group)),
        series_title: meeting.series_id.and(say(&names.series)),
        meeting,
        attendances: attendances.into_iter().filter(|one| one.people > 0).collect(),
        exercises,
        commitments,
        whole: every_library && every_exercise && every_note && every_commitment,
        markdown: String::new(),
    };
    report.markdown = markdown::write(&report, scope.languages());
    Ok(report)
}

/// What of the rows a report takes, and whether that is all.
fn whole<T>(mut rows: Vec<T>, most: u64) -> (Vec<T>, bool) {
    let all = rows.len() as u64 <= most;
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    (rows, all)
}

/// A note with the question that it answers, and whose it is.
type Answer = (Option<i64>, TenantId, ReportedNote);

/// By question; what answers none stands first, where there is any.
fn answers(exercise: &Exercise, notes: Vec<Answer>) -> Vec<ReportedAnswers> {
    let questions = exercise.prompts.iter().zip(1i64..).map(|(question, n)| ReportedAnswers {
        prompt: Some(n),
        question: Some(question.clone()),
        libraries: 0,
        notes: Vec::new(),
    });
    let none = ReportedAnswers { prompt: None, question: None, libraries: 0, notes: Vec::new() };
    let mut all: Vec<ReportedAnswers> = [none].into_iter().chain(questions).collect();
    let mut answered = HashSet::new();
    for (prompt, tenant, note) in notes {
        let at = all.iter().position(|answers| answers.prompt == prompt).unwrap_or(0);
        if let Some(answers) = all.get_mut(at) {
            answers.libraries += i64::from(answered.insert((at, tenant)));
            answers.notes.push(note);
        }
    }
    all.into_iter().filter(|answers| answers.prompt.is_some() || !answers.notes.is_empty()).collect()
}

/// What the surroundings of a meeting are called, as far as the caller sees them.
#[derive(Default)]
struct Names {
    consortium: Option<Text>,
    group: Option<Text>,
    series: Option<Text>,
}

impl FromQueryResult for Names {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            consortium: row.try_get("", "consortium")?,
            group: row.try_get("", "work_group")?,
            series: row.try_get("", "series")?,
        })
    }
}

async fn names(tx: &TenantTx, id: MeetingId) -> Result<Names> {
    use meeting::{Column, Entity, series};
    let question = tx
        .question()
        .from_those::<Entity>("m", Column::Id.eq(id).into_condition())
        .left_join::<consortium::Entity>(
            "c",
            of("c", consortium::Column::Id).eq(of("m", Column::ConsortiumId)),
        )
        .left_join::<group::Entity>("g", of("g", group::Column::Id).eq(of("m", Column::GroupId)))
        .left_join::<series::Entity>("s", of("s", series::Column::Id).eq(of("m", Column::SeriesId)))
        .take(of("c", consortium::Column::Names), "consortium")
        .take(of("g", group::Column::Names), "work_group")
        .take(of("s", series::Column::Title), "series");
    Ok(tx.answer::<Names>(question).await?.pop().unwrap_or_default())
}

async fn groups(tx: &TenantTx, ids: impl Iterator<Item = GroupId>) -> Result<HashMap<GroupId, Text>> {
    let mut ids: Vec<GroupId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tx.find::<group::Entity>()?.filter(group::Column::Id.is_in(ids)).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row.names)).collect())
}

/// A commitment that came of a note; both are rows that the caller sees.
struct Promised {
    row: commitment::Model,
    names: Text,
}

impl FromQueryResult for Promised {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: commitment::Model::from_query_result(row, "k_")?, names: row.try_get("", "names")? })
    }
}

async fn promised(tx: &TenantTx, exercises: &[ExerciseId]) -> Result<Vec<Promised>> {
    let became = note::Column::ExerciseId
        .is_in(exercises.iter().map(|id| id.0))
        .and(note::Column::Became.eq(Became::Commitment));
    let question = tx
        .question()
        .from_those::<note::Entity>("n", became.into_condition())
        // Whose token does not reach commitments reads the report without them.
        .left_join_within_scope::<commitment::Entity>("k", of("k", commitment::Column::Id).eq(of("n", note::Column::BecameId)))
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("k", commitment::Column::TenantId)))
        .take_all::<commitment::Entity>("k", "k_")
        .take(of("t", tenant::Column::Names), "names")
        .order_by(of("n", note::Column::Id), Order::Asc)
        .limit(MOST_COMMITMENTS + 1);
    tx.answer(question).await
}

async fn partners(tx: &TenantTx, promised: &[Promised]) -> Result<HashMap<TenantId, Text>> {
    let mut ids: Vec<TenantId> =
        promised.iter().flat_map(|found| found.row.partners.0.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tx.find::<tenant::Entity>()?.filter(tenant::Column::Id.is_in(ids)).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row.names)).collect())
}

impl Promised {
    fn shape(self, scope: &TenantScope, partners: &HashMap<TenantId, Text>) -> ReportedCommitment {
        let Self { row, names } = self;
        let with: Vec<LocalText> =
            row.partners.0.iter().filter_map(|id| partners.get(id)).map(|names| scope.say(names)).collect();
        ReportedCommitment {
            id: row.id,
            text: row.text,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            tenant_name: scope.say(&names),
            with,
            others: row.others.0,
            due: row.due,
            status: row.status,
        }
    }
}
