//! Rows as they are served: an entry, or a state of one, with its concept and theme.

use sea_orm::{DbErr, FromQueryResult, QueryResult};

use super::{Column, Competence, Entity, Model, history};
use crate::{
    concept::link::{self, Linked},
    tenancy::{Question, TenantScope, of},
};

/// An entry with its concept.
pub struct Entry {
    pub row: Model,
    pub concept: Option<Linked>,
}

/// A state of an entry with its concept.
pub struct State {
    pub row: history::Model,
    pub concept: Option<Linked>,
}

/// Takes the entries of a question that they entered as `e`, each with its concept.
pub fn entries(question: Question) -> Question {
    link::join(question.take_all::<Entity>("e", "e_"), of("e", Column::ConceptId))
}

/// As [`entries`], for their history.
pub fn states(question: Question) -> Question {
    link::join(question.take_all::<history::Entity>("e", "e_"), of("e", history::Column::ConceptId))
}

impl FromQueryResult for Entry {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: Model::from_query_result(row, "e_")?, concept: Linked::read(row)? })
    }
}

impl FromQueryResult for State {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { row: history::Model::from_query_result(row, "e_")?, concept: Linked::read(row)? })
    }
}

impl Entry {
    pub fn shape(self, scope: &TenantScope) -> Competence {
        let Self { row, concept } = self;
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
            position: row.position,
            evidence: serde_json::from_value(row.evidence).unwrap_or_default(),
            target_level: row.target_level,
            target_date: row.target_date,
            visibility: row.visibility,
            version: row.version,
            changed_at: row.updated_at,
        }
    }
}

impl State {
    /// The entry as it was.
    pub fn into_entry(self) -> Entry {
        let Self { row, concept } = self;
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
            position: row.position,
            evidence: row.evidence,
            target_level: row.target_level,
            target_date: row.target_date,
            visibility: row.visibility,
            version: row.version,
            created_at: row.valid_from,
            updated_at: row.valid_from,
        };
        Entry { row, concept }
    }
}
