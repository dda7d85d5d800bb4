//! The concepts that figures are about, each with its theme.

use std::sync::Arc;

/// What is looked up for each of very many entries, by ids and numbers: quicker than the map that is made for names of any length.
pub use foldhash::HashMap as IdMap;
use foldhash::HashSet as IdSet;
use sea_orm::{DbErr, FromQueryResult, QueryResult, sea_query::ExprTrait};
use uuid::Uuid;

use super::{
    ConceptRef, Label,
    facts::{raw, text},
};
use crate::{
    concept,
    error::{Error, Result},
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
    /// Where each stands in the list. Of the same rows it is always the same place.
    places: IdMap<ConceptId, u32>,
    list: Vec<Listed>,
}

#[derive(Clone)]
struct Listed {
    concept: Arc<Concept>,
    /// What it was merged into. A state of before a merge names what was, and so may an entry that came from another node.
    merged: Option<ConceptId>,
    /// Itself, or that. None: that is not known here.
    now: Option<Arc<Concept>>,
}

/// What an entry is about.
pub enum About<'k> {
    /// It is unmapped.
    Nothing,
    Known(&'k Arc<Concept>),
    /// None of those that are known.
    Other(ConceptId),
}

impl Known {
    pub fn get(&self, id: ConceptId) -> Option<&Arc<Concept>> {
        self.place(id).map(|listed| &listed.concept)
    }

    /// The concept, or what it was merged into.
    pub fn now(&self, id: ConceptId) -> Option<&Arc<Concept>> {
        self.place(id)?.now.as_ref()
    }

    pub fn about(&self, id: Option<ConceptId>) -> About<'_> {
        match id {
            None => About::Nothing,
            Some(id) => self.now(id).map_or(About::Other(id), About::Known),
        }
    }

    /// What to keep of it: the number under which [`Known::numbered`] gives what [`Known::now`] does.
    pub fn number(&self, id: ConceptId) -> Option<u32> {
        self.now(id).and_then(|_| self.places.get(&id)).copied()
    }

    pub fn numbered(&self, number: u32) -> Option<&Arc<Concept>> {
        self.list.get(number as usize)?.now.as_ref()
    }

    fn place(&self, id: ConceptId) -> Option<&Listed> {
        self.list.get(*self.places.get(&id)? as usize)
    }

    /// And these.
    fn and(mut self, mut rows: Vec<ConceptRow>) -> Result<Self> {
        rows.sort_unstable_by_key(|row| row.id);
        // Before what stands under them: a theme may be newer, and may correspond to another theme itself.
        let named: IdSet<ConceptId> = rows.iter().filter_map(|row| row.theme_id).collect();
        let mut themes: IdMap<ConceptId, Arc<Concept>> = IdMap::default();
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let (Some(id), Some(notation), Some(labels)) = (row.id, row.notation, row.labels) else {
                continue;
            };
            let concept = Concept { id, notation, labels: text(&labels)?, theme: None };
            if named.contains(&id) {
                themes.insert(id, Arc::new(concept.clone()));
            }
            all.push((concept, row.theme_id, row.replaced_by));
        }
        for (concept, theme, merged) in all {
            let theme = theme.and_then(|id| themes.get(&id).or_else(|| self.get(id))).cloned();
            self.places.insert(concept.id, u32::try_from(self.list.len()).map_err(Error::internal)?);
            self.list.push(Listed { concept: Arc::new(Concept { theme, ..concept }), merged, now: None });
        }
        let now = |listed: &Listed| match listed.merged {
            None => Some(listed.concept.clone()),
            Some(into) => self.get(into).cloned(),
        };
        let all: Vec<_> = self.list.iter().map(now).collect();
        for (listed, now) in self.list.iter_mut().zip(all) {
            listed.now = now;
        }
        Ok(self)
    }
}

impl Weigh for Known {
    fn bytes(&self) -> usize {
        let each = |Listed { concept, .. }: &Listed| {
            let labels: usize =
                concept.labels.0.values().map(|label| label.len() + size_of::<String>()).sum();
            size_of::<(ConceptId, u32, Listed, Concept)>() + concept.notation.len() + labels
        };
        self.list.iter().map(each).sum()
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
    let rows = tx.rows(question(tx)).await?;
    let known = Arc::new(Known::default().and(rows)?);
    tx.keep_part(marked, &known);
    Ok(known)
}

pub fn question(tx: &AggregateTx) -> Shared {
    asked(tx.from::<concept::Entity>("k", Extent::Node))
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
        // A theme of one's own that is newer than what stands under it, and corresponds to a shared one.
        let newer = ConceptId::new();
        let under = row(own, Some(newer), None);
        let gathered = known.clone().and(vec![row(newer, Some(theme), None), under]).unwrap();
        let theme_of = |id| gathered.get(id).and_then(|c| c.theme.as_ref()).map(|theme| theme.id);
        assert!(own < newer);
        assert_eq!((theme_of(own), theme_of(newer)), (Some(newer), Some(theme)));
        // Numbers are those of the rows, in whatever order they came.
        let again = Known::default().and(vec![
            row(old, None, Some(common)),
            row(common, Some(theme), None),
            row(theme, None, None),
        ]);
        let again = again.unwrap();
        for id in [theme, common, old] {
            let number = known.number(id).unwrap();
            assert_eq!(again.number(id), Some(number));
            assert_eq!(known.numbered(number), known.now(id));
        }
        assert!(matches!(known.about(Some(own)), About::Other(id) if id == own));
        // What was merged into something that is not known here is none that is.
        let lost = Known::default().and(vec![row(mine, None, Some(own))]).unwrap();
        assert_eq!((lost.number(mine), lost.now(mine)), (None, None));
    }
}
