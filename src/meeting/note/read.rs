use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult,
    sea_query::{ExprTrait, IntoCondition},
};

use super::{Column, Entity, Model, Note, NoteFilter};
use crate::{
    auth::policy::Resource,
    concept::{
        self,
        link::{self, Linked},
    },
    error::{Code, Error, Result},
    id::{ExerciseId, NoteId, RowId},
    meeting::exercise,
    page::{Page, PageArgs},
    registry::tenant,
    tenancy::{Question, TenantScope, TenantTx, of},
    text::{Lang, Text},
};

/// The notes of an exercise that the caller may see, oldest first.
pub async fn list(
    scope: &TenantScope,
    exercise: ExerciseId,
    filter: NoteFilter,
    page: PageArgs,
) -> Result<Page<Note>> {
    let wish = scope.page(&page, format_args!("notes {exercise} {filter:?}"))?;
    let tx = scope.read().await?;
    tx.get::<exercise::Entity>(exercise.0).await?;
    let mut condition = Condition::all()
        .add(Column::ExerciseId.eq(exercise))
        .add_option(filter.tenant_id.map(|tenant| Column::TenantId.eq(tenant)))
        .add_option(filter.group_id.map(|group| Column::GroupId.eq(group)))
        .add_option(filter.prompt.map(|prompt| Column::Prompt.eq(prompt)));
    // A word that the caller does not see is one under which it finds nothing.
    if let Some(id) = filter.concept_id {
        let seen = tx.among::<concept::Entity>(concept::Column::Id, concept::Column::Id.eq(id))?;
        condition = condition.add(Column::ConceptId.in_subquery(seen));
    }
    if let Some(categorised) = filter.categorised {
        // To whoever does not see the word, it is not put to any.
        let seen = tx.among::<concept::Entity>(concept::Column::Id, Condition::all())?;
        let put = Column::ConceptId.in_subquery(seen);
        let none = Condition::any().add(Column::ConceptId.is_null()).add(put.clone().not());
        condition = if categorised { condition.add(put) } else { condition.add(none) };
    }
    let after = wish.after.as_ref().map(|after| after.parse::<NoteId>());
    let after = after.transpose().map_err(|_| Error::new(Code::BadCursor))?.map(|id| id.0.into());
    let question =
        tx.question().from_part::<Entity>("n", condition, Column::Id, after, u64::from(wish.first) + 1);
    let rows = tx.answer(written(question).order_by(of("n", Column::Id), Order::Asc)).await?;
    let me = scope.clone();
    Ok(Page::of(rows, &wish, |found: &Found| found.row.id.to_string()).map(|found| found.shape(&me)))
}

pub async fn view(scope: &TenantScope, id: NoteId) -> Result<Note> {
    load(scope, &scope.read().await?, id).await
}

pub(super) async fn load(scope: &TenantScope, tx: &TenantTx, id: NoteId) -> Result<Note> {
    let found = these(tx, Column::Id.eq(id).into_condition(), 1).await?.pop();
    Ok(found.ok_or_else(|| tx.absent(Resource::Note, id.0))?.shape(scope))
}

/// The notes that meet a condition, oldest first.
pub(in crate::meeting) async fn these(tx: &TenantTx, condition: Condition, limit: u64) -> Result<Vec<Found>> {
    let question = tx.question().from_part::<Entity>("n", condition, Column::Id, None, limit);
    tx.answer(written(question).order_by(of("n", Column::Id), Order::Asc)).await
}

/// Takes the notes of a question that they entered as `n`, each with its library's name and its concept.
pub(super) fn written(question: Question) -> Question {
    let question = question
        .take_all::<Entity>("n", "n_")
        .join::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("n", Column::TenantId)))
        .take(of("t", tenant::Column::Names), "names");
    link::join(question, of("n", Column::ConceptId))
}

/// A note with its library's name and its concept.
pub(in crate::meeting) struct Found {
    pub row: Model,
    pub names: Text,
    pub concept: Option<Linked>,
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: Model::from_query_result(row, "n_")?,
            names: row.try_get("", "names")?,
            concept: Linked::read(row)?,
        })
    }
}

impl Found {
    pub fn shape(self, scope: &TenantScope) -> Note {
        let Self { row, names, concept } = self;
        // To others it would tell of a row that they may not see.
        let own = row.tenant_id == scope.tenant();
        Note {
            id: row.id,
            exercise_id: row.exercise_id,
            tenant_id: row.tenant_id,
            tenant_name: scope.say(&names),
            group_id: row.group_id,
            prompt: row.prompt,
            text: row.text,
            language: Lang::parse(&row.lang).unwrap_or(Lang::En),
            concept: concept.map(|concept| concept.shape(scope)),
            became: row.became.filter(|_| own),
            became_id: row.became_id.filter(|_| own).map(RowId),
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}
