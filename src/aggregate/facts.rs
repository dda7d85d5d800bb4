//! What is shared in a consortium, as the computations take it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, FromQueryResult, Value,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

pub use super::concepts::{Concept, IdMap, Known, Met};
use super::{
    Completeness, Label, Over, TenantRef,
    concepts::{self, About},
    shared::{self, Part},
    words,
};
use crate::{
    competence::{self, Stance, history, mark},
    concept,
    error::{Error, Result},
    id::{ConceptId, ConsortiumId, EntryId, OccasionId, TenantId},
    registry::{
        consortium, membership,
        tenant::{self, TenantKind, TenantStatus},
    },
    tenancy::{AggregateScope, AggregateTx, Extent, Shared, of},
    text::{Languages, Text},
    when,
};

/// A library that is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub id: TenantId,
    pub slug: String,
    pub names: Text,
    pub kind: TenantKind,
    pub country: String,
}

/// One shared entry.
#[derive(Clone, Debug)]
pub struct Entry {
    pub tenant: Arc<Member>,
    /// None while it is unmapped.
    pub concept: Option<Arc<Concept>>,
    pub stance: Stance,
    pub level: Option<i64>,
    /// The level that it wants to reach.
    pub wanted: Option<i64>,
    /// What it is for.
    pub occasion: Option<OccasionId>,
    pub held: Held,
}

/// What an entry says, before it is known whose it is.
pub struct Told<'k> {
    pub tenant: TenantId,
    pub about: About<'k>,
    pub stance: Stance,
    pub level: Option<i64>,
    pub wanted: Option<i64>,
    pub occasion: Option<OccasionId>,
    pub held: Held,
}

/// At which of the moments that are asked about it was so: all from the first to the last of them, by their numbers. Where one
/// alone is asked about, at that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Held {
    pub first: u16,
    pub last: u16,
}

impl Held {
    pub fn moments(self) -> impl Iterator<Item = u16> {
        self.first..=self.last
    }

    pub fn holds(self, moment: u16) -> bool {
        (self.first..=self.last).contains(&moment)
    }

    /// Of what was so from one time on and until another, at these moments.
    fn at(moments: &[DateTime<Utc>], from: DateTime<Utc>, to: Option<DateTime<Utc>>) -> Option<Self> {
        let first = moments.partition_point(|moment| *moment <= from);
        let after = to.map_or(moments.len(), |to| moments.partition_point(|moment| *moment <= to));
        let last = after.checked_sub(1).filter(|last| *last >= first)?;
        Some(Self { first: u16::try_from(first).ok()?, last: u16::try_from(last).ok()? })
    }
}

/// Everything that is shared in one consortium, or in several, or with everybody.
#[derive(Clone, Debug)]
pub struct Facts {
    pub over: Over,
    /// Active members by short name; of the node, all libraries.
    pub members: BTreeMap<String, Arc<Member>>,
    /// Library by library.
    pub entries: Vec<Entry>,
    /// The number of the last of the moments that were asked about.
    pub last: u16,
}

#[derive(Clone, FromQueryResult)]
struct MemberRow {
    consortium_names: String,
    tenant_id: Option<TenantId>,
    slug: Option<String>,
    names: Option<String>,
    kind: Option<TenantKind>,
    country: Option<String>,
    /// Stands for its entries, where it shares them here.
    mark: Option<Uuid>,
    /// Stands for the concepts that everybody reads.
    concepts: Option<Uuid>,
}

/// A state of an entry.
struct State {
    tenant: TenantId,
    stance: Stance,
    level: Option<i64>,
    wanted: Option<i64>,
    occasion: Option<OccasionId>,
    concept: Option<ConceptId>,
    held: Held,
}

#[derive(FromQueryResult)]
struct PastRow {
    /// The entry, where it is shared still.
    entry: Option<EntryId>,
    tenant_id: Option<TenantId>,
    stance: Option<Stance>,
    level: Option<i64>,
    wanted: Option<i64>,
    occasion: Option<OccasionId>,
    concept_id: Option<ConceptId>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

/// JSON as text: it is read once for each thing, not once for each row.
pub fn raw(column: SimpleExpr) -> SimpleExpr {
    column.cast_as("text")
}

pub fn text(raw: &str) -> Result<Text> {
    serde_json::from_str(raw).map_err(Error::internal)
}

/// Reads them. 404 when a consortium is none of the caller's. Few questions in one snapshot: what a library and a concept are
/// called is told once each, and not once for each of the many entries; and entries are read of the libraries alone whose entries
/// have changed since they were read.
pub async fn read(tx: &AggregateTx, extent: impl Into<Extent>) -> Result<Facts> {
    let extent = extent.into();
    // First what not everybody may ask for: who may not is told so before anything else.
    let ground = marked_members(tx, extent).await?;
    let common = concepts::common(tx, ground.concepts).await?;
    let parts = ground.parts(tx, &common).await?;
    let about = parts.iter().map(|(_, part)| part.len()).sum();
    let entries = parts.iter().flat_map(|(tenant, part)| part.told(*tenant, &common, Held::default()));
    let gathered = gather(ground, entries, about)?;
    with_own(tx, gathered, &common).await
}

/// The members, and the concepts that are known there: all but the entries. 404 as with [`read`].
pub async fn ground(tx: &AggregateTx, extent: &Extent) -> Result<(Facts, Known)> {
    let ground = members(tx, extent.clone()).await?;
    let common = concepts::common(tx, ground.concepts).await?;
    let known = concepts::with_own(tx, extent, &common).await?;
    let Gathered { facts, .. } = gather(ground, [], 0)?;
    Ok((facts, known))
}

/// What the members of now shared at each of these moments, the earliest first, of what is shared still: the states in which its
/// entries were then. Those that lie before now are all of the past; what is so now is put together as by [`read`].
pub async fn read_over(
    tx: &AggregateTx,
    extent: impl Into<Extent>,
    moments: &[DateTime<Utc>],
) -> Result<Facts> {
    let now = when::now();
    let past = moments.partition_point(|moment| *moment <= now);
    let ground = marked_members(tx, extent.into()).await?;
    let common = concepts::common(tx, ground.concepts).await?;
    let states = states(tx, &ground.over.extent, &moments[..past]).await?;
    let mut present = Vec::new();
    let mut held = Held::default();
    if let Some(last) = moments.len().checked_sub(1).filter(|last| *last >= past) {
        held = Held { first: number(past), last: number(last) };
        present = ground.parts(tx, &common).await?;
    }
    let present = present.iter().flat_map(|(tenant, part)| part.told(*tenant, &common, held));
    let mut entries: Vec<Told> =
        states.into_iter().map(|state| told(state, &common)).chain(present).collect();
    entries.sort_by_key(|told| told.tenant);
    let about = entries.len();
    let gathered = gather(ground, entries, about)?;
    let facts = with_own(tx, gathered, &common).await?;
    Ok(Facts { last: number(moments.len().saturating_sub(1)), ..facts })
}

/// There are few moments.
fn number(of: usize) -> u16 {
    u16::try_from(of).unwrap_or(u16::MAX)
}

/// The states that held just before one of these times, all past. A state is told of when it was shared itself and its entry is
/// now, as in the history of an entry.
async fn states(tx: &AggregateTx, extent: &Extent, moments: &[DateTime<Utc>]) -> Result<Vec<State>> {
    use {competence::Column as E, history::Column as H};
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Ok(Vec::new()) };
    let held = of("e", H::ValidFrom)
        .lt(*last)
        .and(of("e", H::ValidTo).is_null().or(of("e", H::ValidTo).gte(*first)));
    // By member where each stands there once.
    let begun = match extent {
        Extent::Consortium(one) => {
            let held = held.and(of("e", H::TenantId).eq(of("m", membership::Column::TenantId)));
            tx.members(*one).shared::<history::Entity>("e", held)
        }
        Extent::Consortia(_) | Extent::Node => tx.from::<history::Entity>("e", extent).filter(held),
    };
    let still = of("n", E::Id).eq(of("e", H::EntryId)).and(of("n", E::TenantId).eq(of("e", H::TenantId)));
    let question = begun
        .shared::<competence::Entity>("n", still)
        .take(of("n", E::Id), "entry")
        .take(of("e", H::TenantId), "tenant_id")
        .take(of("e", H::Stance), "stance")
        .take(of("e", H::Level), "level")
        .take(of("e", H::TargetLevel), "wanted")
        .take(of("e", H::OccasionId), "occasion")
        .take(of("e", H::ConceptId), "concept_id")
        .take(of("e", H::ValidFrom), "from")
        .take(of("e", H::ValidTo), "to");
    let rows = tx.rows::<PastRow>(question).await?.into_iter();
    Ok(rows
        .filter(|row| row.entry.is_some())
        .filter_map(|row| {
            Some(State {
                held: Held::at(moments, row.from?, row.to)?,
                tenant: row.tenant_id?,
                stance: row.stance?,
                level: row.level,
                wanted: row.wanted,
                occasion: row.occasion,
                concept: row.concept_id,
            })
        })
        .collect())
}

fn told(state: State, common: &Known) -> Told<'_> {
    Told {
        tenant: state.tenant,
        about: common.about(state.concept),
        stance: state.stance,
        level: state.level,
        wanted: state.wanted,
        occasion: state.occasion,
        held: state.held,
    }
}

/// Who could share something there.
struct Ground {
    over: Over,
    /// Each once, also who is in several of the consortia.
    members: Vec<MemberRow>,
    /// Stands for the concepts that everybody reads.
    concepts: Option<Uuid>,
}

impl Ground {
    /// What each member shares there.
    async fn parts(&self, tx: &AggregateTx, common: &Known) -> Result<Vec<(TenantId, Arc<Part>)>> {
        let members = self.members.iter().filter_map(|member| Some((member.tenant_id?, member.mark)));
        shared::parts(tx, &self.over.extent, members, (common, self.concepts)).await
    }
}

async fn members(tx: &AggregateTx, extent: Extent) -> Result<Ground> {
    let unmarked = |question: Shared| question.take(Expr::val(Value::Uuid(None)), "mark");
    known(tx, extent, unmarked).await
}

/// What nearly every figure asks first.
pub async fn acquaint(scope: &AggregateScope) -> Result<()> {
    let nowhere = ConsortiumId(Uuid::nil());
    let questions = |tx: &AggregateTx| {
        vec![
            marked(who(tx, nowhere)),
            concepts::question(tx),
            shared::entries(tx, &nowhere.into(), std::iter::empty()),
        ]
    };
    scope.acquaint(questions).await
}

/// With what stands for the entries of those that share them there: for who may read entries. What is shared with everybody is less
/// than a mark stands for, and is read each time.
async fn marked_members(tx: &AggregateTx, extent: Extent) -> Result<Ground> {
    known(tx, extent, marked).await
}

fn marked(question: Shared) -> Shared {
    let of_member = of("k", mark::Column::TenantId).eq(of("m", membership::Column::TenantId));
    question.shared::<mark::Entity>("k", of_member).take(of("k", mark::Column::Mark), "mark")
}

async fn known(tx: &AggregateTx, extent: Extent, marked: impl Fn(Shared) -> Shared) -> Result<Ground> {
    let mut names = Vec::new();
    let mut concepts = None;
    let mut members: Vec<MemberRow> = Vec::new();
    let mut met: HashMap<TenantId, usize> = HashMap::new();
    for consortium in extent.consortia() {
        let rows = tx.answer::<MemberRow>(marked(who(tx, *consortium))).await?;
        names.extend(rows.first().map(|row| text(&row.consortium_names)).transpose()?);
        concepts = rows.first().and_then(|row| row.concepts);
        for row in rows {
            let Some(tenant) = row.tenant_id else { continue };
            match met.get(&tenant).and_then(|at| members.get_mut(*at)) {
                // It may share its entries in one of them and not in another.
                Some(before) => before.mark = before.mark.or(row.mark),
                None => {
                    met.insert(tenant, members.len());
                    members.push(row);
                }
            }
        }
    }
    if extent == Extent::Node {
        let all = tx
            .open::<tenant::Entity>()?
            .filter(tenant::Column::Status.ne(TenantStatus::Removed))
            .filter(tenant::Column::Id.ne(TenantId::NODE));
        members.extend(all.all().await?.into_iter().map(MemberRow::from));
        concepts = tx.open::<concept::mark::Entity>()?.one().await?.map(|row| row.mark);
    }
    Ok(Ground { over: Over::new(extent, names), members, concepts })
}

impl From<tenant::Model> for MemberRow {
    fn from(row: tenant::Model) -> Self {
        Self {
            consortium_names: String::new(),
            tenant_id: Some(row.id),
            slug: Some(row.slug),
            names: serde_json::to_string(&row.names).ok(),
            kind: Some(row.kind),
            country: Some(row.country),
            mark: None,
            concepts: None,
        }
    }
}

fn who(tx: &AggregateTx, consortium: ConsortiumId) -> Shared {
    tx.members(consortium)
        .open::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("m", membership::Column::TenantId)))
        .open::<concept::mark::Entity>("g", of("g", concept::mark::Column::Id).eq(Uuid::nil()))
        .take(of("g", concept::mark::Column::Mark), "concepts")
        .take(raw(of("c", consortium::Column::Names)), "consortium_names")
        .take(of("t", tenant::Column::Id), "tenant_id")
        .take(of("t", tenant::Column::Slug), "slug")
        .take(raw(of("t", tenant::Column::Names)), "names")
        .take(of("t", tenant::Column::Kind), "kind")
        .take(of("t", tenant::Column::Country), "country")
}

/// Put together, but for what is about other concepts than those that everybody reads.
struct Gathered {
    facts: Facts,
    /// The places of those entries, and what they name.
    others: Vec<(usize, ConceptId)>,
}

/// Of entries that come library by library.
fn gather<'k>(
    Ground { over, members, .. }: Ground,
    entries: impl IntoIterator<Item = Told<'k>>,
    about: usize,
) -> Result<Gathered> {
    let mut facts = Facts { over, members: BTreeMap::new(), entries: Vec::with_capacity(about), last: 0 };
    let mut by_id = HashMap::new();
    for row in members {
        let (Some(id), Some(slug), Some(names), Some(kind), Some(country)) =
            (row.tenant_id, row.slug, row.names, row.kind, row.country)
        else {
            continue;
        };
        let member = Arc::new(Member { id, slug: slug.clone(), names: text(&names)?, kind, country });
        by_id.insert(id, member.clone());
        facts.members.insert(slug, member);
    }
    let mut others = Vec::new();
    let mut whose: Option<Arc<Member>> = None;
    for told in entries {
        if whose.as_ref().is_none_or(|member| member.id != told.tenant) {
            whose = by_id.get(&told.tenant).cloned();
        }
        let Some(tenant) = &whose else { continue };
        let concept = match told.about {
            About::Nothing => None,
            About::Known(concept) => Some(concept.clone()),
            About::Other(id) => {
                others.push((facts.entries.len(), id));
                None
            }
        };
        facts.entries.push(Entry {
            tenant: tenant.clone(),
            concept,
            stance: told.stance,
            level: told.level,
            wanted: told.wanted,
            occasion: told.occasion,
            held: told.held,
        });
    }
    Ok(Gathered { facts, others })
}

async fn with_own(tx: &AggregateTx, gathered: Gathered, common: &Known) -> Result<Facts> {
    let Gathered { mut facts, others } = gathered;
    if others.is_empty() {
        return Ok(facts);
    }
    let known = concepts::with_own(tx, &facts.over.extent, common).await?;
    for (at, id) in others {
        if let Some(entry) = facts.entries.get_mut(at) {
            entry.concept = known.now(id).cloned();
        }
    }
    Ok(facts)
}

impl Facts {
    /// What of them was so at one of the moments that were asked about.
    pub fn at(&self, moment: u16) -> Self {
        let then = |entry: &&Entry| entry.held.holds(moment);
        let entries = self.entries.iter().filter(then).cloned().collect();
        Self { entries, last: moment, members: self.members.clone(), over: self.over.clone() }
    }

    /// Only these libraries.
    pub fn keep(&mut self, keep: impl Fn(&Member) -> bool) {
        let all = self.members.len();
        self.members.retain(|_, member| keep(member));
        if self.members.len() == all {
            return;
        }
        let members = &self.members;
        self.entries.retain(|entry| members.contains_key(&entry.tenant.slug));
    }

    /// These concepts stand under this theme and no other.
    pub fn put_under(&mut self, theme: &Arc<Concept>, concepts: &[ConceptId]) {
        for entry in &mut self.entries {
            if let Some(concept) = entry.concept.as_mut().filter(|concept| concepts.contains(&concept.id)) {
                *concept = Arc::new(Concept { theme: Some(theme.clone()), ..Concept::clone(concept) });
            }
        }
    }

    /// Before any filter on entries: how many could report, and how many did at the last moment.
    pub fn completeness(&self, about: &str, as_of: NaiveDate, languages: &Languages) -> Completeness {
        let last = self.entries.iter().filter(|entry| entry.held.holds(self.last));
        let reporting: std::collections::BTreeSet<TenantId> = last.map(|entry| entry.tenant.id).collect();
        let counted = self.over.definition("about.competences", languages);
        let definition = match about {
            "about.competences" => counted,
            // The first says how, the second of what.
            about => {
                let how = words::word(about, languages);
                Label { text: format!("{} {}", how.text, counted.text), ..how }
            }
        };
        Completeness {
            consortium_ids: self.over.consortia(),
            expected: count(self.members.len()),
            reporting: count(reporting.len()),
            in_parts: 0,
            as_of,
            definition,
            source: self.over.source("source.competences", languages),
            licence: self.over.licence(languages),
        }
    }
}

/// A number of things, as the wire has it.
pub fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

impl Member {
    pub fn named(&self, languages: &Languages) -> TenantRef {
        TenantRef { id: self.id, slug: self.slug.clone(), name: Label::of(&self.names, languages) }
    }
}

/// Made-up facts for the unit tests of the computations.
#[cfg(test)]
pub mod made_up {
    use super::*;
    use crate::text::Lang;

    pub struct Maker {
        pub facts: Facts,
        concepts: BTreeMap<String, Arc<Concept>>,
    }

    impl Maker {
        /// Libraries by short name, country after a colon: `oslo:NO`.
        pub fn new(members: &[&str]) -> Self {
            let member = |text: &&str| {
                let (slug, country) = text.split_once(':').unwrap_or((text, "NO"));
                let member = Member {
                    id: TenantId::new(),
                    slug: slug.to_owned(),
                    names: Text::of(Lang::Nb, slug),
                    kind: TenantKind::CountyLibrary,
                    country: country.to_owned(),
                };
                (slug.to_owned(), Arc::new(member))
            };
            let facts = Facts {
                over: Over::new(ConsortiumId::new().into(), vec![Text::of(Lang::Nb, "fire")]),
                members: members.iter().map(member).collect(),
                entries: Vec::new(),
                last: 0,
            };
            Self { facts, concepts: BTreeMap::new() }
        }

        fn concept(&mut self, notation: &str) -> Arc<Concept> {
            if let Some(known) = self.concepts.get(notation) {
                return known.clone();
            }
            // `t:a/c:b` is a concept under a theme.
            let theme = notation.split_once('/').map(|(theme, _)| self.concept(theme));
            let made = Arc::new(Concept {
                id: ConceptId::new(),
                notation: notation.rsplit('/').next().unwrap_or_default().to_owned(),
                labels: Text::of(Lang::En, notation),
                theme,
            });
            self.concepts.insert(notation.to_owned(), made.clone());
            made
        }

        pub fn entry(mut self, slug: &str, concept: &str, stance: Stance, level: Option<i64>) -> Self {
            let concept = (!concept.is_empty()).then(|| self.concept(concept));
            let (own, wanted) = if stance == Stance::Have { (level, None) } else { (None, level) };
            let tenant = self.facts.members[slug].clone();
            self.facts.entries.push(Entry {
                tenant,
                concept,
                stance,
                level: own,
                wanted,
                occasion: None,
                held: Held::default(),
            });
            self.facts.entries.sort_by_key(|entry| entry.tenant.id);
            self
        }

        pub fn has(self, slug: &str, concepts: &[&str]) -> Self {
            concepts.iter().fold(self, |maker, concept| maker.entry(slug, concept, Stance::Have, Some(2)))
        }

        pub fn wants(self, slug: &str, concepts: &[&str]) -> Self {
            concepts.iter().fold(self, |maker, concept| maker.entry(slug, concept, Stance::Want, None))
        }
    }
}
