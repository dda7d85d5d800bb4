use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, DbErr, FromQueryResult, Order, QueryResult};

use super::{
    Column, Concept, ConceptFilter, ConceptLabel, ConceptScheme, ConceptStatus, Entity, LabelUse, Model,
    Suggestion, SuggestionWish, Suggestions, ThemeFilter, label, link, scheme,
    seen::{Seen, seen},
    suggest::{How, bare},
    words,
};
use crate::{
    error::{Error, Result, Violations},
    id::{ConceptId, SchemeId},
    page::{Page, PageArgs, Wish},
    tenancy::{TenantScope, TenantTx, Turn, of},
    text::{Lang, Text},
};

/// The vocabularies of the node, by their notation.
pub async fn schemes(scope: &TenantScope, page: PageArgs) -> Result<Page<ConceptScheme>> {
    let wish = scope.page(&page, "conceptSchemes")?;
    let tx = scope.read().await?;
    let rows = tx.find::<scheme::Entity>()?.page_by(scheme::Column::Notation, &wish).await?;
    Ok(Page::of(rows, &wish, |row| row.notation.clone()).map(|row| shape_scheme(scope, row)))
}

pub async fn scheme(scope: &TenantScope, id: SchemeId) -> Result<ConceptScheme> {
    let tx = scope.read().await?;
    Ok(shape_scheme(scope, tx.get::<scheme::Entity>(id.0).await?))
}

/// Concepts in the order of their notation; themes are left out.
pub async fn list(scope: &TenantScope, filter: ConceptFilter, page: PageArgs) -> Result<Page<Concept>> {
    let wish = scope.page(&page, format_args!("concepts {filter:?}"))?;
    let mut violations = Violations::default();
    violations.text_if("text", filter.text.as_deref(), 300);
    violations.text_if("kind", filter.kind.as_deref(), 50);
    violations.text_if("notation", filter.notation.as_deref(), 200);
    violations.done()?;
    let mut condition = Condition::all().add(Column::Top.eq(false));
    if let Some(theme) = filter.theme_id {
        condition = condition.add(Column::ThemeId.eq(theme));
    }
    if let Some(status) = filter.status {
        condition = condition.add(Column::Status.eq(status));
    }
    if let Some(consortium) = filter.consortium_id {
        condition = condition.add(Column::ConsortiumId.eq(consortium));
    }
    if let Some(notation) = &filter.notation {
        condition = condition.add(Column::Notation.eq(notation));
    }
    if let Some(text) = &filter.text {
        let mut found = beginning(scope, text).await?;
        found.extend(own_beginning(&scope.read().await?, text).await?);
        condition = condition.add(Column::Id.is_in(found));
    }
    if let Some(kind) = &filter.kind {
        condition = condition.add(Column::Id.is_in(words::of_node(scope).await?.of_kind(kind)));
    }
    rows(scope, condition, &wish).await
}

/// The themes, in the order of their notation.
pub async fn themes(scope: &TenantScope, filter: ThemeFilter, page: PageArgs) -> Result<Page<Concept>> {
    let wish = scope.page(&page, format_args!("themes {filter:?}"))?;
    let mut condition = Condition::all().add(Column::Top.eq(true));
    if let Some(status) = filter.status {
        condition = condition.add(Column::Status.eq(status));
    }
    if let Some(consortium) = filter.consortium_id {
        condition = condition.add(Column::ConsortiumId.eq(consortium));
    }
    rows(scope, condition, &wish).await
}

/// Everybody's concepts with a label that begins so, in any language. It may read for itself: not while a transaction is held.
pub async fn beginning(scope: &TenantScope, text: &str) -> Result<Vec<ConceptId>> {
    Ok(words::of_node(scope).await?.beginning(text))
}

/// The same of those that are a consortium's or a library's own, as far as the caller sees them.
pub async fn own_beginning(tx: &TenantTx, text: &str) -> Result<Vec<ConceptId>> {
    let text = bare(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let own = own(tx, |label| label.starts_with(&text)).await?;
    Ok(own.into_iter().map(|(row, ..)| row.id).collect())
}

/// One concept or theme.
pub async fn view(scope: &TenantScope, id: ConceptId) -> Result<Concept> {
    load(scope, &scope.read().await?, id).await
}

pub(super) async fn load(scope: &TenantScope, tx: &TenantTx, id: ConceptId) -> Result<Concept> {
    let question = tx.question().from_part::<Entity>("c", Column::Id.eq(id).into(), Column::Id, None, 1);
    let question = link::theme(question.take_all::<Entity>("c", "c_"));
    let row = tx.answer::<Row>(question).await?.into_iter().next().ok_or_else(Error::not_found)?;
    let labels = other_labels(tx, vec![id]).await?.remove(&id).unwrap_or_default();
    let seen = seen(tx, names(&row.concept)).await?;
    Ok(shape(scope, row, labels, &seen))
}

/// So many of a library's and its consortia's own are looked through at the most.
const MOST_OWN: u64 = 1_000;

/// Concepts that are not everybody's and have a label whose bare spelling is as wished, each with that label.
async fn own(tx: &TenantTx, wished: impl Fn(&str) -> bool) -> Result<Vec<(Model, String, Lang)>> {
    let used = [ConceptStatus::Proposed, ConceptStatus::Accepted];
    let not_common = Condition::any()
        .add(Column::ConsortiumId.is_not_null())
        .add(Column::Status.eq(ConceptStatus::Proposed));
    let rows = tx
        .find::<Entity>()?
        .filter(not_common)
        .filter(Column::Status.is_in(used))
        .filter(Column::Top.eq(false))
        .order_by(Column::Notation, Order::Asc)
        .limit(MOST_OWN);
    let rows = rows.all().await?;
    let met = |row: Model| {
        let label = row.labels.0.iter().find(|(_, text)| wished(&bare(text)));
        let (lang, text) = label.map(|(lang, text)| (*lang, text.clone()))?;
        Some((row, text, lang))
    };
    Ok(rows.into_iter().filter_map(met).collect())
}

/// The concepts that a text may mean, best first.
pub async fn suggest(scope: &TenantScope, wish: SuggestionWish) -> Result<Suggestions> {
    let mut violations = Violations::default();
    violations.text("text", &wish.text, 300);
    violations.between("limit", wish.limit.map(i64::from), 1, 20);
    violations.done()?;
    let limit = wish.limit.unwrap_or(10) as usize;
    let words = words::of_node(scope).await?;
    let asked = bare(&wish.text);
    let own =
        if asked.is_empty() { Vec::new() } else { own(&scope.read().await?, |label| label == asked).await? };
    let scope = scope.clone();
    let meet = move || {
        let hits = words.suggest(&wish.text, wish.language.map(Lang::tag), limit).into_iter();
        // What the caller's own circle calls so comes first: its words are few, and chosen.
        let own = own.into_iter().map(|(row, met, language)| Suggestion {
            score: 1.0,
            how: How::Folded,
            met,
            met_language: language.tag().to_owned(),
            concept: link::Linked { id: row.id, notation: row.notation, labels: row.labels, theme: None }
                .shape(&scope),
        });
        let hits = hits.map(|(hit, concept)| Suggestion {
            score: hit.score,
            how: hit.how,
            met: hit.label,
            met_language: hit.lang,
            concept: concept.clone().shape(&scope),
        });
        own.chain(hits).take(limit).collect()
    };
    let items = tokio::task::spawn_blocking(meet).await.map_err(Error::internal)?;
    Ok(Suggestions { items })
}

/// In the caller's transaction: may an entry be put on this concept? The fault's code when not.
pub async fn usable(tx: &TenantTx, id: ConceptId) -> Result<Option<&'static str>> {
    held(tx).await?;
    let row = tx.find::<Entity>()?.filter(Column::Id.eq(id)).filter(Column::Top.eq(false)).one().await?;
    Ok(match row {
        None => Some("unknown_concept"),
        Some(row) if !row.status.is_used() => Some("deprecated_concept"),
        Some(_) => None,
    })
}

/// The concepts that a theme of somebody's own gathers beside those under it; what was merged as what it was merged into.
pub async fn gathered(tx: &TenantTx, theme: ConceptId) -> Result<Vec<ConceptId>> {
    let row = tx.find::<Entity>()?.filter(Column::Id.eq(theme)).filter(Column::Top.eq(true)).one().await?;
    let members = row.and_then(|row| row.members);
    let ids: Vec<ConceptId> = members.and_then(|ids| serde_json::from_value(ids).ok()).unwrap_or_default();
    let merged = super::known::merged(tx, ids.iter().copied()).await?;
    Ok(ids.into_iter().map(|id| merged.get(&id).copied().unwrap_or(id)).collect())
}

/// Whether it is a theme that something may stand under.
pub(super) async fn is_theme(tx: &TenantTx, id: ConceptId) -> Result<bool> {
    let row = tx.find::<Entity>()?.filter(Column::Id.eq(id)).filter(Column::Top.eq(true)).one().await?;
    Ok(row.is_some_and(|row| row.status.is_used()))
}

/// Whoever puts something on concepts lets others in who do; who merges two is alone: nothing is put on one while it goes.
pub async fn held(tx: &TenantTx) -> Result<()> {
    tx.lock(super::merge::TURN, Turn::Shared).await
}

/// A concept with its theme.
struct Row {
    concept: Model,
    theme: Option<(ConceptId, Text)>,
}

impl FromQueryResult for Row {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        Ok(Self { concept: Model::from_query_result(row, "c_")?, theme: link::read_theme(row)? })
    }
}

async fn rows(scope: &TenantScope, condition: Condition, wish: &Wish) -> Result<Page<Concept>> {
    let tx = scope.read().await?;
    let after = wish.after.clone().map(Into::into);
    let question =
        tx.question().from_part::<Entity>("c", condition, Column::Notation, after, u64::from(wish.first) + 1);
    let question = link::theme(question.take_all::<Entity>("c", "c_"));
    let rows: Vec<Row> = tx.answer(question.order_by(of("c", Column::Notation), Order::Asc)).await?;
    let page = Page::of(rows, wish, |row| row.concept.notation.clone());
    let mut labels = other_labels(&tx, page.items.iter().map(|row| row.concept.id).collect()).await?;
    let seen = seen(&tx, page.items.iter().flat_map(|row| names(&row.concept))).await?;
    Ok(page.map(|row| {
        let labels = labels.remove(&row.concept.id).unwrap_or_default();
        shape(scope, row, labels, &seen)
    }))
}

async fn other_labels(tx: &TenantTx, ids: Vec<ConceptId>) -> Result<HashMap<ConceptId, Vec<ConceptLabel>>> {
    let rows = tx
        .find::<label::Entity>()?
        .filter(label::Column::ConceptId.is_in(ids))
        .filter(label::Column::Kind.ne("pref"))
        .order_by(label::Column::Id, Order::Asc)
        .all()
        .await?;
    let mut labels: HashMap<ConceptId, Vec<ConceptLabel>> = HashMap::new();
    for row in rows {
        let labels = labels.entry(row.concept_id).or_default();
        if labels.len() < 100 {
            let r#use = if row.kind == "alt" { LabelUse::Alternative } else { LabelUse::Phrase };
            labels.push(ConceptLabel { text: row.label, language: row.lang, r#use });
        }
    }
    Ok(labels)
}

/// The concepts that one names and that not everybody may see who sees it.
fn names(concept: &Model) -> Vec<ConceptId> {
    members(concept).into_iter().chain(concept.replaced_by).collect()
}

fn members(concept: &Model) -> Vec<ConceptId> {
    concept.members.clone().and_then(|ids| serde_json::from_value(ids).ok()).unwrap_or_default()
}

fn shape(scope: &TenantScope, row: Row, other_labels: Vec<ConceptLabel>, seen: &Seen) -> Concept {
    let Row { concept, theme } = row;
    let member_ids = seen.of(members(&concept));
    Concept {
        id: concept.id,
        scheme_id: concept.scheme_id,
        notation: concept.notation,
        label: scope.say(&concept.labels),
        translated_languages: concept
            .translated
            .and_then(|langs| serde_json::from_value(langs).ok())
            .unwrap_or_default(),
        other_labels,
        top: concept.top,
        theme: theme.map(|theme| link::theme_link(scope, theme)),
        kinds: serde_json::from_value(concept.kinds).unwrap_or_default(),
        broader_ids: serde_json::from_value(concept.broader).unwrap_or_default(),
        related_ids: serde_json::from_value(concept.related).unwrap_or_default(),
        exact_match: serde_json::from_value(concept.exact_match).unwrap_or_default(),
        status: concept.status,
        replaced_by: seen.one(concept.replaced_by),
        member_ids,
        consortium_id: concept.consortium_id,
        proposed_by_id: concept.proposed_by,
        decision: concept.decision,
        version: concept.version,
    }
}

fn shape_scheme(scope: &TenantScope, row: scheme::Model) -> ConceptScheme {
    ConceptScheme { id: row.id, notation: row.notation, title: scope.say(&row.title), version: row.version }
}
