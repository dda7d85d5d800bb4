//! The scheme held in memory, arranged for meeting free text: one copy for each node, shared by all requests.
//!
//! When it is made anew: labels change only by a migration or by the operator, and with them the version of their
//! concept. So at most once in [`EVERY`] a request asks for the number of concepts and labels and the sum of the
//! concepts' versions, in one short question; when they differ from those held, everything is read again. With several server
//! processes each does so for itself, and none is more than [`EVERY`] behind. Whoever writes checks the concept's own
//! row in the same transaction where that matters.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{
    FromQueryResult,
    sea_query::{Expr, ExprTrait, Func},
};
use tokio::sync::Mutex;

use super::{
    Column, ConceptStatus, Entity, common, label,
    link::Linked,
    suggest::{self, Hit, Index, Label, LabelKind},
};
use crate::{
    error::{Error, Result},
    id::ConceptId,
    tenancy::{TenantScope, TenantTx, of},
};

/// How old the last look at the rows may be.
pub const EVERY: Duration = Duration::from_secs(3);

/// The concepts that can be meant, and the index of their labels.
#[derive(Debug, Default)]
pub struct Words {
    index: Index,
    concepts: HashMap<ConceptId, Linked>,
    /// Every label's bare spelling, themes' and deprecated concepts' too, for lists.
    spellings: Vec<(String, ConceptId)>,
    /// What each concept was named as.
    kinds: HashMap<ConceptId, Vec<String>>,
}

/// The node's copy.
#[derive(Default)]
struct Shelf(Mutex<Option<Held>>);

struct Held {
    looked: Instant,
    print: Print,
    words: Arc<Words>,
}

/// Differs when the rows differ.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Print {
    concepts: i64,
    labels: i64,
    /// None where there is no concept.
    versions: Option<i64>,
}

/// The words of this node, fresh enough.
pub async fn of_node(scope: &TenantScope) -> Result<Arc<Words>> {
    let shelf = scope.kept::<Shelf>();
    // Held while reading: one request reads, the others wait for what it brings.
    let mut slot = shelf.0.lock().await;
    if let Some(held) = slot.as_ref().filter(|held| held.looked.elapsed() < EVERY) {
        return Ok(held.words.clone());
    }
    let looked = Instant::now();
    let tx = scope.read().await?;
    let print = print(&tx).await?;
    if let Some(held) = slot.as_mut().filter(|held| held.print == print) {
        held.looked = looked;
        return Ok(held.words.clone());
    }
    let words = Arc::new(read(&tx).await?);
    *slot = Some(Held { looked, print, words: words.clone() });
    Ok(words)
}

async fn print(tx: &TenantTx) -> Result<Print> {
    let question = tx
        .question()
        .from_those::<Entity>("c", common())
        .left_join::<label::Entity>("l", of("l", label::Column::ConceptId).eq(of("c", Column::Id)))
        .take(Func::count(of("l", label::Column::Id)), "labels")
        .take(Func::count_distinct(of("c", Column::Id)), "concepts")
        // Each version as many times as the concept has labels: it differs all the same.
        .take(Expr::expr(Func::sum(of("c", Column::Version))).cast_as("bigint"), "versions");
    let print = tx.answer::<Print>(question).await?.into_iter().next();
    print.ok_or_else(|| Error::internal("a count without a row"))
}

async fn read(tx: &TenantTx) -> Result<Words> {
    // Shared by all requests of the node: only what everybody reads belongs here.
    let concepts = tx.find::<Entity>()?.filter(common()).all().await?;
    let rows = tx.find::<label::Entity>()?.order_by(label::Column::Id, sea_orm::Order::Asc).all().await?;
    // Building is work for the processor, not for the thread that answers requests.
    tokio::task::spawn_blocking(move || Words::build(concepts, rows)).await.map_err(Error::internal)
}

impl Words {
    fn build(rows: Vec<super::Model>, labels: Vec<label::Model>) -> Self {
        let themes: HashMap<ConceptId, _> = rows.iter().map(|row| (row.id, row.labels.clone())).collect();
        let spellings = labels.iter().map(|row| (suggest::bare(&row.label), row.concept_id)).collect();
        let kinds = rows
            .iter()
            .map(|row| (row.id, serde_json::from_value(row.kinds.clone()).unwrap_or_default()))
            .collect();
        let offered = rows.into_iter().filter(|row| !row.top && row.status != ConceptStatus::Deprecated);
        let concepts: HashMap<ConceptId, Linked> = offered
            .map(|row| {
                let theme = row.theme_id.and_then(|id| Some((id, themes.get(&id)?.clone())));
                (row.id, Linked { id: row.id, notation: row.notation, labels: row.labels, theme })
            })
            .collect();
        let offered = labels.into_iter().filter(|row| concepts.contains_key(&row.concept_id));
        let index = Index::build(offered.map(|row| Label {
            concept: row.concept_id.0,
            lang: row.lang,
            text: row.label,
            kind: match row.kind.as_str() {
                "pref" => LabelKind::Pref,
                "alt" => LabelKind::Alt,
                _ => LabelKind::Seed,
            },
        }));
        Self { index, concepts, spellings, kinds }
    }

    /// See [`Index::suggest`].
    pub fn suggest(&self, text: &str, lang: Option<&str>, limit: usize) -> Vec<(Hit, &Linked)> {
        let hits = self.index.suggest(text, lang, limit).into_iter();
        hits.filter_map(|hit| Some((self.concepts.get(&ConceptId(hit.concept))?, hit)))
            .map(|(concept, hit)| (hit, concept))
            .collect()
    }

    /// See [`Index::exact`].
    pub fn exact(&self, text: &str, lang: Option<&str>) -> Option<Hit> {
        self.index.exact(text, lang)
    }

    pub fn concept(&self, id: ConceptId) -> Option<&Linked> {
        self.concepts.get(&id)
    }

    /// Concepts with a label that begins so, in any language.
    pub fn beginning(&self, text: &str) -> Vec<ConceptId> {
        let bare = suggest::bare(text);
        if bare.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<ConceptId> = self
            .spellings
            .iter()
            .filter(|(spelling, _)| spelling.starts_with(&bare))
            .map(|(_, id)| *id)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Concepts that were named as this kind of thing.
    pub fn of_kind(&self, kind: &str) -> Vec<ConceptId> {
        let named = |kinds: &Vec<String>| kinds.iter().any(|known| known == kind);
        self.kinds.iter().filter(|(_, kinds)| named(kinds)).map(|(id, _)| *id).collect()
    }
}
