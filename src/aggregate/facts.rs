//! What is shared in a consortium, as the computations take it: one question, from the consortium outwards.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use sea_orm::{
    FromQueryResult,
    sea_query::{ExprTrait, SimpleExpr},
};

use super::{Completeness, ConceptRef, Label, TenantRef, words};
use crate::{
    competence::{self, Stance},
    concept,
    error::{Error, Result},
    id::{ConceptId, ConsortiumId, OccasionId, TenantId},
    registry::{
        consortium, membership,
        tenant::{self, TenantKind},
    },
    tenancy::{AggregateTx, of},
    text::{Languages, Text},
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

/// A concept that an entry is about, and its theme's id.
#[derive(Clone, Debug, PartialEq)]
pub struct Concept {
    pub id: ConceptId,
    pub notation: String,
    pub labels: Text,
    pub theme: Option<Arc<Concept>>,
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
}

/// Everything that is shared in one consortium.
#[derive(Clone, Debug)]
pub struct Facts {
    pub consortium: ConsortiumId,
    pub name: Text,
    /// Active members by short name.
    pub members: BTreeMap<String, Arc<Member>>,
    pub entries: Vec<Entry>,
}

#[derive(FromQueryResult)]
struct Row {
    consortium_names: String,
    tenant_id: Option<TenantId>,
    slug: Option<String>,
    names: Option<String>,
    kind: Option<TenantKind>,
    country: Option<String>,
    stance: Option<Stance>,
    level: Option<i64>,
    wanted: Option<i64>,
    occasion: Option<OccasionId>,
    concept_id: Option<ConceptId>,
    notation: Option<String>,
    labels: Option<String>,
    theme_id: Option<ConceptId>,
    theme_notation: Option<String>,
    theme_labels: Option<String>,
}

/// JSON as text: it is read once for each thing, not once for each row.
pub fn raw(column: SimpleExpr) -> SimpleExpr {
    column.cast_as("text")
}

pub fn text(raw: &str) -> Result<Text> {
    serde_json::from_str(raw).map_err(Error::internal)
}

/// Reads them. 404 when the consortium is none of the caller's.
pub async fn read(tx: &AggregateTx, consortium: ConsortiumId) -> Result<Facts> {
    use competence::Column as E;
    let label = |alias| raw(of(alias, concept::Column::Labels));
    let question = tx
        .members(consortium)
        .open::<tenant::Entity>("t", of("t", tenant::Column::Id).eq(of("m", membership::Column::TenantId)))
        .shared::<competence::Entity>("e", of("e", E::TenantId).eq(of("t", tenant::Column::Id)))
        .shared::<concept::Entity>("k", of("k", concept::Column::Id).eq(of("e", E::ConceptId)))
        .shared::<concept::Entity>("th", of("th", concept::Column::Id).eq(of("k", concept::Column::ThemeId)))
        .take(raw(of("c", consortium::Column::Names)), "consortium_names")
        .take(of("t", tenant::Column::Id), "tenant_id")
        .take(of("t", tenant::Column::Slug), "slug")
        .take(raw(of("t", tenant::Column::Names)), "names")
        .take(of("t", tenant::Column::Kind), "kind")
        .take(of("t", tenant::Column::Country), "country")
        .take(of("e", E::Stance), "stance")
        .take(of("e", E::Level), "level")
        .take(of("e", E::TargetLevel), "wanted")
        .take(of("e", E::OccasionId), "occasion")
        .take(of("k", concept::Column::Id), "concept_id")
        .take(of("k", concept::Column::Notation), "notation")
        .take(label("k"), "labels")
        .take(of("th", concept::Column::Id), "theme_id")
        .take(of("th", concept::Column::Notation), "theme_notation")
        .take(label("th"), "theme_labels");
    gather(consortium, tx.answer::<Row>(question).await?)
}

fn gather(consortium: ConsortiumId, rows: Vec<Row>) -> Result<Facts> {
    let name = rows.first().map(|row| text(&row.consortium_names)).transpose()?.unwrap_or_default();
    let mut facts = Facts { consortium, name, members: BTreeMap::new(), entries: Vec::new() };
    let mut concepts = Concepts::default();
    for row in rows {
        let (Some(id), Some(slug), Some(names), Some(kind), Some(country)) =
            (row.tenant_id, row.slug, row.names, row.kind, row.country)
        else {
            continue;
        };
        let tenant = match facts.members.get(&slug) {
            Some(member) => member.clone(),
            None => {
                let member = Arc::new(Member { id, slug: slug.clone(), names: text(&names)?, kind, country });
                facts.members.insert(slug, member.clone());
                member
            }
        };
        let Some(stance) = row.stance else { continue };
        let theme = concepts.one(row.theme_id, row.theme_notation, row.theme_labels, None)?;
        let concept = concepts.one(row.concept_id, row.notation, row.labels, theme)?;
        facts.entries.push(Entry {
            tenant,
            concept,
            stance,
            level: row.level,
            wanted: row.wanted,
            occasion: row.occasion,
        });
    }
    Ok(facts)
}

/// Concepts that were met, each made once.
#[derive(Default)]
pub struct Concepts(BTreeMap<ConceptId, Arc<Concept>>);

impl Concepts {
    pub fn one(
        &mut self,
        id: Option<ConceptId>,
        notation: Option<String>,
        labels: Option<String>,
        theme: Option<Arc<Concept>>,
    ) -> Result<Option<Arc<Concept>>> {
        let (Some(id), Some(notation), Some(labels)) = (id, notation, labels) else { return Ok(None) };
        if let Some(known) = self.0.get(&id) {
            return Ok(Some(known.clone()));
        }
        let made = Arc::new(Concept { id, notation, labels: text(&labels)?, theme });
        self.0.insert(id, made.clone());
        Ok(Some(made))
    }
}

impl Facts {
    /// Only these libraries.
    pub fn keep(&mut self, keep: impl Fn(&Member) -> bool) {
        self.members.retain(|_, member| keep(member));
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

    /// Before any filter on entries: how many could report, and how many do.
    pub fn completeness(&self, about: &str, as_of: NaiveDate, languages: &Languages) -> Completeness {
        let reporting: std::collections::BTreeSet<TenantId> =
            self.entries.iter().map(|entry| entry.tenant.id).collect();
        let name = Label::of(&self.name, languages).text;
        let counted = words::word("about.competences", languages);
        let definition = match about {
            "about.competences" => counted,
            // The first says how, the second of what.
            about => {
                let how = words::word(about, languages);
                Label { text: format!("{} {}", how.text, counted.text), ..how }
            }
        };
        Completeness {
            consortium_id: self.consortium,
            expected: count(self.members.len()),
            reporting: count(reporting.len()),
            as_of,
            definition,
            source: words::word_with("source.competences", &name, languages),
            licence: words::word("licence.competences", languages),
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

impl Concept {
    pub fn named(&self, languages: &Languages) -> ConceptRef {
        ConceptRef { id: self.id, notation: self.notation.clone(), label: Label::of(&self.labels, languages) }
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
                consortium: ConsortiumId::new(),
                name: Text::of(Lang::Nb, "fire"),
                members: members.iter().map(member).collect(),
                entries: Vec::new(),
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
            self.facts.entries.push(Entry { tenant, concept, stance, level: own, wanted, occasion: None });
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
