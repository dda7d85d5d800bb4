//! The concepts that figures are about, each with its theme.

use std::sync::Arc;

/// What is looked up for each of very many entries, by ids and numbers: quicker than the map that is made for names of any length.
pub use foldhash::HashMap as IdMap;
use sea_orm::{DbErr, FromQueryResult, QueryResult, sea_query::ExprTrait};
use uuid::Uuid;

use super::{
    ConceptRef, Label,
    facts::{raw, text},
};
use crate::{
    concept,
    error::Result,
    id::{ConceptId, TenantId},
    tenancy::{AggregateTx, Extent, Shared, Weigh, maybe, of},
    text::{Languages, Text},
};

/// A concept that an entry is about, and its theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Concept {
    pub id: ConceptId,
    pub notation: String,
    pub labels: Text,
    pub theme: Option<Arc<Concept>>,
}

impl Concept {
    pub fn named(&self, languages: &Languages) -> ConceptRef {
        ConceptRef { id: self.id, notation: self.notation.clone(), label: Label::of(&self.labels, languages) }
    }
}

/// Concepts by their ids.
#[derive(Clone, Default)]
pub struct Known {
    concepts: IdMap<ConceptId, Arc<Concept>>,
    /// What was merged, and into what. A state of before a merge names what was, and so may an entry that came from another node.
    merged: IdMap<ConceptId, ConceptId>,
}

impl Known {
    pub fn get(&self, id: ConceptId) -> Option<&Arc<Concept>> {
        self.concepts.get(&id)
    }

    /// The concept, or what it was merged into.
    pub fn now(&self, id: ConceptId) -> Option<&Arc<Concept>> {
        self.get(self.merged.get(&id).copied().unwrap_or(id))
    }

    /// And these.
    fn and(mut self, rows: Vec<ConceptRow>) -> Result<Self> {
        // A theme stands under none.
        let (under, themes): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.theme_id.is_some());
        for row in themes.into_iter().chain(under) {
            let (Some(id), Some(notation), Some(labels)) = (row.id, row.notation, row.labels) else {
                continue;
            };
            let theme = row.theme_id.and_then(|id| self.get(id)).cloned();
            self.concepts.insert(id, Arc::new(Concept { id, notation, labels: text(&labels)?, theme }));
            self.merged.extend(row.replaced_by.map(|into| (id, into)));
        }
        Ok(self)
    }
}

impl Weigh for Known {
    fn bytes(&self) -> usize {
        let each = |concept: &Arc<Concept>| {
            let labels: usize =
                concept.labels.0.values().map(|label| label.len() + size_of::<String>()).sum();
            size_of::<(ConceptId, Concept)>() + concept.notation.len() + labels
        };
        self.concepts.values().map(each).sum()
    }
}

/// Read by place, as there are many.
struct ConceptRow {
    id: Option<ConceptId>,
    notation: Option<String>,
    labels: Option<String>,
    theme_id: Option<ConceptId>,
    replaced_by: Option<ConceptId>,
}

impl FromQueryResult for ConceptRow {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self {
            id: maybe(row, 0)?,
            notation: maybe(row, 1)?,
            labels: maybe(row, 2)?,
            theme_id: maybe(row, 3)?,
            replaced_by: maybe(row, 4)?,
        })
    }
}

/// Those that everybody reads, under their mark: they are read anew when it is another one.
pub async fn common(tx: &AggregateTx, mark: Option<Uuid>) -> Result<Arc<Known>> {
    let marked = (TenantId::NODE, mark);
    if let Some(known) = tx.part::<Known>(marked) {
        return Ok(known);
    }
    let rows = tx.rows(asked(tx.from::<concept::Entity>("k", Extent::Node))).await?;
    let known = Arc::new(Known::default().and(rows)?);
    tx.keep_part(marked, &known);
    Ok(known)
}

/// Those, and those that are the consortium's own, or of one of several.
pub async fn with_own(tx: &AggregateTx, extent: &Extent, common: &Known) -> Result<Known> {
    let own = of("k", concept::Column::ConsortiumId).is_in(extent.consortia().iter().map(|id| id.0));
    let rows = tx.rows(asked(tx.from::<concept::Entity>("k", extent)).filter(own)).await?;
    common.clone().and(rows)
}

/// In the order of [`ConceptRow`].
fn asked(question: Shared) -> Shared {
    question
        .take(of("k", concept::Column::Id), "id")
        .take(of("k", concept::Column::Notation), "notation")
        .take(raw(of("k", concept::Column::Labels)), "labels")
        .take(of("k", concept::Column::ThemeId), "theme_id")
        .take(of("k", concept::Column::ReplacedBy), "replaced_by")
}

/// Concepts that were met, each made once.
#[derive(Default)]
pub struct Met(IdMap<ConceptId, Arc<Concept>>);

impl Met {
    pub fn one(
        &mut self,
        id: Option<ConceptId>,
        notation: Option<String>,
        labels: Option<String>,
    ) -> Result<Option<Arc<Concept>>> {
        let (Some(id), Some(notation), Some(labels)) = (id, notation, labels) else { return Ok(None) };
        if let Some(known) = self.0.get(&id) {
            return Ok(Some(known.clone()));
        }
        let made = Arc::new(Concept { id, notation, labels: text(&labels)?, theme: None });
        self.0.insert(id, made.clone());
        Ok(Some(made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: ConceptId, theme_id: Option<ConceptId>, replaced_by: Option<ConceptId>) -> ConceptRow {
        let labels = Some(r#"{"en":"x"}"#.to_owned());
        ConceptRow { id: Some(id), notation: Some(id.to_string()), labels, theme_id, replaced_by }
    }

    #[test]
    fn what_was_merged_is_what_it_was_merged_into_and_themes_may_come_later() {
        let [theme, common, old, own, mine] = [(); 5].map(|()| ConceptId::new());
        let known = Known::default();
        let known = known.and(vec![
            row(common, Some(theme), None),
            row(theme, None, None),
            row(old, None, Some(common)),
        ]);
        let known = known.unwrap();
        let name = |known: &Known, id| known.now(id).map(|concept| concept.id);
        assert_eq!(name(&known, old), Some(common));
        assert_eq!(known.get(old).map(|concept| concept.id), Some(old));
        assert_eq!(known.get(common).and_then(|c| c.theme.as_ref()).map(|theme| theme.id), Some(theme));
        assert_eq!(name(&known, own), None);
        let with_own =
            known.clone().and(vec![row(own, Some(theme), None), row(mine, None, Some(old))]).unwrap();
        assert_eq!(name(&with_own, own), Some(own));
        assert_eq!(with_own.get(own).and_then(|c| c.theme.as_ref()).map(|theme| theme.id), Some(theme));
        assert!(known.bytes() < with_own.bytes());
    }
}
