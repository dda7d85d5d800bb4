//! The places that facts stand in, each made once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use sea_orm::{ActiveEnum, ColumnTrait};

use super::Asked;
use crate::{
    aggregate::{
        Label,
        facts::{Concept, Known, Member},
        figure::{CubeDimension, CubeName, fact::Spot},
        period::Interval,
        regions::Regions,
        words,
    },
    concept::suggest::bare,
    error::Result,
    id::{ConceptId, TenantId},
    registry::{
        region,
        tenant::{self, area},
    },
    tenancy::AggregateTx,
    text::Languages,
};

type Spots = Vec<Arc<Spot>>;

pub struct Names<'a> {
    cube: CubeName,
    as_of: NaiveDate,
    with_regions: bool,
    languages: &'a Languages,
    concepts: Known,
    libraries: HashMap<TenantId, Arc<Member>>,
    regions: Regions,
    made: HashMap<(CubeDimension, Option<String>), Arc<Spot>>,
}

impl<'a> Names<'a> {
    pub fn new(asked: &Asked<'a>, concepts: Known, members: impl Iterator<Item = Arc<Member>>) -> Self {
        Self {
            cube: asked.cube,
            as_of: asked.as_of,
            with_regions: asked.regions,
            languages: asked.languages,
            concepts,
            libraries: members.map(|member| (member.id, member)).collect(),
            regions: Regions::default(),
            made: HashMap::new(),
        }
    }

    /// Looks up what is still to be known of these libraries. The directory is everybody's to read.
    pub async fn know(&mut self, tx: &AggregateTx, ids: impl Iterator<Item = TenantId>) -> Result<()> {
        let ids: Vec<TenantId> = ids.collect();
        let strange: Vec<TenantId> =
            ids.iter().filter(|id| !self.libraries.contains_key(id)).copied().collect();
        if !strange.is_empty() {
            let rows = tx.open::<tenant::Entity>()?.filter(tenant::Column::Id.is_in(strange));
            for row in rows.all().await? {
                let tenant::Model { id, slug, names, kind, country, .. } = row;
                self.libraries.insert(id, Arc::new(Member { id, slug, names, kind, country }));
            }
        }
        if self.with_regions {
            let areas = tx
                .open::<area::Entity>()?
                .filter(area::Column::Kind.eq("region"))
                .filter(area::Column::TenantId.is_in(ids));
            let known = Regions::of(areas.all().await?, tx.open::<region::Entity>()?.all().await?)?;
            self.regions.register = known.register;
            self.regions.served.extend(known.served);
        }
        Ok(())
    }

    fn make(
        &mut self,
        of: CubeDimension,
        code: Option<&str>,
        make: impl FnOnce(&Languages) -> (Option<String>, Label),
    ) -> Arc<Spot> {
        let languages = self.languages;
        let made = self.made.entry((of, code.map(str::to_owned))).or_insert_with(|| {
            let (id, label) = make(languages);
            Arc::new(Spot { code: code.map(str::to_owned), id, label })
        });
        made.clone()
    }

    /// The place of what has none on this dimension.
    fn nowhere(&mut self, of: CubeDimension) -> Spots {
        let key = format!("none.{}", of.word());
        vec![self.make(of, None, |languages| (None, words::word(&key, languages)))]
    }

    /// A word that stands in the words under its cube, or under its dimension alone.
    pub fn word(&mut self, of: CubeDimension, code: &str) -> Spots {
        let keys = [format!("{}.{}.{code}", of.word(), self.cube.word()), format!("{}.{code}", of.word())];
        let label = |languages: &Languages| {
            let [own, common] = &keys;
            let found = words::word(own, languages);
            if found.text == *own { words::word_or(common, code, languages) } else { found }
        };
        vec![self.make(of, Some(code), |languages| (None, label(languages)))]
    }

    /// The word of a value as it is kept.
    pub fn value<E: ActiveEnum<Value = String>>(&mut self, of: CubeDimension, value: E) -> Spots {
        self.word(of, &value.to_value())
    }

    /// What it is about, and the themes of that: each concept that is known in the consortium once.
    pub fn about(&mut self, ids: &[ConceptId]) -> [(CubeDimension, Spots); 2] {
        let known: Vec<Arc<Concept>> = ids.iter().filter_map(|id| self.concepts.get(*id).cloned()).collect();
        let themes: Vec<Option<Arc<Concept>>> = known.iter().map(|concept| concept.theme.clone()).collect();
        let concepts = known.into_iter().map(Some);
        [
            (CubeDimension::Concept, self.each(CubeDimension::Concept, concepts)),
            (CubeDimension::Theme, self.each(CubeDimension::Theme, themes.into_iter())),
        ]
    }

    fn each(&mut self, of: CubeDimension, concepts: impl Iterator<Item = Option<Arc<Concept>>>) -> Spots {
        let mut spots = BTreeMap::new();
        for concept in concepts {
            let spot = match concept {
                None => self.nowhere(of),
                Some(concept) => vec![self.make(of, Some(&concept.notation), |languages| {
                    (Some(concept.id.to_string()), Label::of(&concept.labels, languages))
                })],
            };
            spots.extend(spot.into_iter().map(|spot| (spot.code.clone(), spot)));
        }
        if spots.is_empty() { self.nowhere(of) } else { spots.into_values().collect() }
    }

    /// Where a library stands on the dimensions of libraries.
    pub fn library(&mut self, id: TenantId) -> BTreeMap<CubeDimension, Spots> {
        use CubeDimension::{Country, Kind, Region, Tenant};
        let Some(member) = self.libraries.get(&id).cloned() else { return BTreeMap::new() };
        let regions = self.regions.on(id, self.as_of);
        let mut served = Vec::new();
        for region in &regions {
            let name = self.regions.register.get(region).map(|known| Label::of(&known.names, self.languages));
            served.push(self.make(Region, Some(region), |languages| {
                (None, name.unwrap_or_else(|| Label::plain(region, languages)))
            }));
        }
        if served.is_empty() {
            served = self.nowhere(Region);
        }
        BTreeMap::from([
            (Kind, self.value(Kind, member.kind)),
            (Country, self.word(Country, &member.country)),
            (Region, served),
            (Tenant, self.named(Tenant, &member)),
        ])
    }

    /// Does it stand in several regions because the one that it has registered was divided?
    pub fn in_parts(&self, id: TenantId) -> bool {
        self.regions.in_parts(id, self.as_of)
    }

    /// Who leads, and what kind of library that is.
    pub fn lead(&mut self, id: TenantId) -> BTreeMap<CubeDimension, Spots> {
        use CubeDimension::{Lead, LeadKind};
        let Some(member) = self.libraries.get(&id).cloned() else { return BTreeMap::new() };
        let code = member.kind.to_value();
        let kind = self.make(LeadKind, Some(&code), |languages| {
            (None, words::word_or(&format!("kind.{code}"), &code, languages))
        });
        BTreeMap::from([(Lead, self.named(Lead, &member)), (LeadKind, vec![kind])])
    }

    fn named(&mut self, of: CubeDimension, member: &Member) -> Spots {
        vec![self.make(of, Some(&member.slug), |languages| {
            (Some(member.id.to_string()), Label::of(&member.names, languages))
        })]
    }

    /// The pairs that a library makes with others: `akershus+oslo`, in the order of the short names.
    pub fn pairs(&mut self, one: TenantId, others: impl Iterator<Item = TenantId>) -> Spots {
        let of = CubeDimension::Pair;
        let mut spots = Vec::new();
        for other in others.filter(|other| *other != one) {
            let [Some(a), Some(b)] = [one, other].map(|id| self.libraries.get(&id).cloned()) else {
                continue;
            };
            let (a, b) = if a.slug <= b.slug { (a, b) } else { (b, a) };
            let code = format!("{}+{}", a.slug, b.slug);
            spots.push(self.make(of, Some(&code), |languages| {
                let [a, b] = [a, b].map(|member| Label::of(&member.names, languages));
                (None, Label { text: format!("{} + {}", a.text, b.text), ..a })
            }));
        }
        if spots.is_empty() { self.nowhere(of) } else { spots }
    }

    /// What somebody has called by a name of its own: under the name without its spelling habits, so that one body is not two.
    pub fn called(&mut self, of: CubeDimension, name: Option<&str>) -> Spots {
        let Some(name) = name else { return self.nowhere(of) };
        let code = bare(name).replace(' ', "-");
        // One that is nothing but signs is called by them.
        let code = if code.is_empty() { name.to_owned() } else { code };
        vec![self.make(of, Some(&code), |languages| (None, Label::plain(name, languages)))]
    }

    /// A priority round, by its question.
    pub fn round(&mut self, id: impl ToString, question: &crate::text::Text) -> Spots {
        let id = id.to_string();
        let spot = self.make(CubeDimension::Round, Some(&id), |languages| {
            (Some(id.clone()), Label::of(question, languages))
        });
        vec![spot]
    }

    /// When it was: days that lie in two years have no year.
    pub fn period(&mut self, days: Option<(NaiveDate, NaiveDate)>) -> [(CubeDimension, Spots); 3] {
        Interval::ALL.map(|interval| {
            let of = match interval {
                Interval::Year => CubeDimension::Year,
                Interval::Quarter => CubeDimension::Quarter,
                Interval::Month => CubeDimension::Month,
            };
            let codes = days.map(|(first, last)| [interval.code(first), interval.code(last)]);
            let code = codes.filter(|[first, last]| first == last);
            let spots = match code {
                None => self.nowhere(of),
                Some([code, _]) => {
                    vec![self.make(of, Some(&code), |languages| (None, Label::plain(&code, languages)))]
                }
            };
            (of, spots)
        })
    }
}
