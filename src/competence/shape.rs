//! Rows as they are served: an entry, or a state of one, with its concept and theme.

use sea_orm::{DbErr, FromQueryResult, Iterable, QueryResult, TryGetable, sea_query::SimpleExpr};

use super::{Column, Competence, Entity, Model, history, occasion};
use crate::{
    concept::link::{self, Linked},
    id::{GroupId, OccasionId},
    registry::group,
    tenancy::{Question, TenantScope, maybe, of},
};

/// An entry with its concept.
pub struct Entry {
    pub row: Model,
    pub concept: Option<Linked>,
    around: Around,
}

/// What of an entry's surroundings the caller sees: who is not in the consortium does not learn of its occasions and groups.
#[derive(Clone, Copy, Default)]
struct Around {
    occasion: Option<OccasionId>,
    group: Option<GroupId>,
}

/// A state of an entry with its concept.
pub struct State {
    pub row: history::Model,
    pub concept: Option<Linked>,
    around: Around,
}

/// Takes the entries of a question that they entered as `e`, each with its concept. Nothing may be taken before: they are read by
/// place.
pub fn entries(question: Question) -> Question {
    let question = link::join(question.take_all::<Entity>("e", "e_"), of("e", Column::ConceptId));
    around(question, of("e", Column::OccasionId), of("e", Column::GroupId))
}

fn around(question: Question, named: SimpleExpr, in_group: SimpleExpr) -> Question {
    question
        .take_named::<occasion::Entity>(named, "around_occasion")
        .take_named_within_scope::<group::Entity>(in_group, "around_group")
}

impl Around {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self { occasion: row.try_get("around_", "occasion")?, group: row.try_get("around_", "group")? })
    }

    fn read_at(row: &QueryResult, place: usize) -> Result<Self, DbErr> {
        Ok(Self { occasion: maybe(row, place)?, group: maybe(row, place + 1)? })
    }
}

/// As [`entries`], for their history.
pub fn states(question: Question) -> Question {
    use history::Column as H;
    let question = link::join(question.take_all::<history::Entity>("e", "e_"), of("e", H::ConceptId));
    around(question, of("e", H::OccasionId), of("e", H::GroupId))
}

impl FromQueryResult for Entry {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let concept = Column::iter().count();
        let around = concept + Linked::COLUMNS;
        Ok(Self {
            row: first(row)?,
            concept: Linked::read_at(row, concept)?,
            around: Around::read_at(row, around)?,
        })
    }
}

/// The entry that a row begins with. By place: for each column of each row a name would have to be put together and looked up,
/// and of a page of entries that is a large part of all that is done.
fn first(row: &QueryResult) -> Result<Model, DbErr> {
    Ok(Model {
        tenant_id: at(row, Column::TenantId)?,
        id: at(row, Column::Id)?,
        concept_id: may_be_at(row, Column::ConceptId)?,
        stance: at(row, Column::Stance)?,
        level: may_be_at(row, Column::Level)?,
        holders: may_be_at(row, Column::Holders)?,
        note: may_be_at(row, Column::Note)?,
        source_phrase: may_be_at(row, Column::SourcePhrase)?,
        source_lang: may_be_at(row, Column::SourceLang)?,
        phrases: may_be_at(row, Column::Phrases)?,
        position: may_be_at(row, Column::Position)?,
        evidence: at(row, Column::Evidence)?,
        target_level: may_be_at(row, Column::TargetLevel)?,
        target_date: may_be_at(row, Column::TargetDate)?,
        spreading: may_be_at(row, Column::Spreading)?,
        occasion_id: may_be_at(row, Column::OccasionId)?,
        group_id: may_be_at(row, Column::GroupId)?,
        spotted_by: may_be_at(row, Column::SpottedBy)?,
        visibility: at(row, Column::Visibility)?,
        version: at(row, Column::Version)?,
        created_at: at(row, Column::CreatedAt)?,
        updated_at: at(row, Column::UpdatedAt)?,
    })
}

/// A column has the place that it has in its table.
fn at<T: TryGetable>(row: &QueryResult, column: Column) -> Result<T, DbErr> {
    row.try_get_by_index(column as usize)
}

fn may_be_at<T: TryGetable>(row: &QueryResult, column: Column) -> Result<Option<T>, DbErr> {
    maybe(row, column as usize)
}

impl FromQueryResult for State {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let (concept, around) = (Linked::read(row)?, Around::read(row)?);
        Ok(Self { row: history::Model::from_query_result(row, "e_")?, concept, around })
    }
}

impl Entry {
    pub fn shape(self, scope: &TenantScope) -> Competence {
        let Self { row, concept, around } = self;
        Competence {
            id: row.id,
            tenant_id: row.tenant_id,
            stance: row.stance,
            concept: concept.map(|concept| concept.shape(scope)),
            level: row.level,
            holders: row.holders,
            note: row.note,
            source_phrase: row.source_phrase,
            source_language: row.source_lang,
            other_phrases: row.phrases.unwrap_or_default().0,
            position: row.position,
            evidence: serde_json::from_value(row.evidence).unwrap_or_default(),
            target_level: row.target_level,
            target_date: row.target_date,
            spreading: row.spreading,
            occasion_id: around.occasion,
            group_id: around.group,
            spotted_by_id: row.spotted_by.filter(|_| row.tenant_id == scope.tenant()),
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

impl State {
    /// The entry as it was.
    pub fn into_entry(self) -> Entry {
        let Self { row, concept, around } = self;
        let row = Model {
            tenant_id: row.tenant_id,
            id: row.entry_id,
            concept_id: row.concept_id,
            stance: row.stance,
            level: row.level,
            holders: row.holders,
            note: row.note,
            source_phrase: row.source_phrase,
            source_lang: row.source_lang,
            phrases: row.phrases,
            position: row.position,
            evidence: row.evidence,
            target_level: row.target_level,
            target_date: row.target_date,
            spreading: row.spreading,
            occasion_id: row.occasion_id,
            group_id: row.group_id,
            spotted_by: None,
            visibility: row.visibility,
            version: row.version,
            created_at: row.valid_from,
            updated_at: row.valid_from,
        };
        Entry { row, concept, around }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_order_in_which_they_are_read() {
        for (place, column) in Column::iter().enumerate() {
            assert_eq!(column as usize, place, "{column:?}");
        }
    }
}
