//! A concept and its theme joined to a question whose rows name a concept.

use sea_orm::{
    DbErr, QueryResult,
    sea_query::{ExprTrait, SimpleExpr},
};

use super::{Column, ConceptLink, Entity, ThemeLink};
use crate::{
    id::ConceptId,
    tenancy::{Question, TenantScope, maybe, of},
    text::Text,
};

/// The concept and its theme as the database keeps them.
#[derive(Clone, Debug)]
pub struct Linked {
    pub id: ConceptId,
    pub notation: String,
    pub labels: Text,
    pub theme: Option<(ConceptId, Text)>,
}

/// Joins the concept that `named` is the id of, as `c`, and its theme, as `th`. In this order they are read by [`Linked::read_at`].
pub fn join(question: Question, named: SimpleExpr) -> Question {
    let question = question.left_join::<Entity>("c", of("c", Column::Id).eq(named));
    theme(question)
        .take(of("c", Column::Id), "c_id")
        .take(of("c", Column::Notation), "c_notation")
        .take(of("c", Column::Labels), "c_labels")
}

/// Joins the theme of the concept `c`, as `th`.
pub fn theme(question: Question) -> Question {
    question
        .left_join::<Entity>("th", of("th", Column::Id).eq(of("c", Column::ThemeId)))
        .take(of("th", Column::Id), "th_id")
        .take(of("th", Column::Labels), "th_labels")
}

impl Linked {
    /// So many columns [`join`] takes.
    pub const COLUMNS: usize = 5;

    /// As [`Linked::read`], where the first of the columns stands at a place: for where there are many rows.
    pub fn read_at(row: &QueryResult, place: usize) -> Result<Option<Self>, DbErr> {
        let Some(id) = maybe(row, place + 2)? else { return Ok(None) };
        let theme = match maybe(row, place)? {
            Some(theme) => Some((theme, row.try_get_by_index(place + 1)?)),
            None => None,
        };
        Ok(Some(Self {
            id,
            notation: row.try_get_by_index(place + 3)?,
            labels: row.try_get_by_index(place + 4)?,
            theme,
        }))
    }

    /// From a row of a question that [`join`] was made in; None where no concept is named.
    pub fn read(row: &QueryResult) -> Result<Option<Self>, DbErr> {
        let Some(id) = row.try_get("c_", "id")? else { return Ok(None) };
        let theme = read_theme(row)?;
        Ok(Some(Self {
            id,
            notation: row.try_get("c_", "notation")?,
            labels: row.try_get("c_", "labels")?,
            theme,
        }))
    }

    pub fn shape(self, scope: &TenantScope) -> ConceptLink {
        ConceptLink {
            id: self.id,
            notation: self.notation,
            label: scope.say_all(self.labels),
            theme: self.theme.map(|theme| theme_link(scope, theme)),
        }
    }
}

pub(super) fn read_theme(row: &QueryResult) -> Result<Option<(ConceptId, Text)>, DbErr> {
    let Some(id) = row.try_get("th_", "id")? else { return Ok(None) };
    Ok(Some((id, row.try_get("th_", "labels")?)))
}

pub(super) fn theme_link(scope: &TenantScope, (id, labels): (ConceptId, Text)) -> ThemeLink {
    ThemeLink { id, label: scope.say_all(labels) }
}
