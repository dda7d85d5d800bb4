//! From facts to cells. No database: what comes in is what the audience may count.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Ask, Cell, Dimension, Place};
use crate::{
    aggregate::{
        Class, Label,
        facts::{Concept, Entry, Facts, Held, IdMap, Member, count},
        overlap::decimal,
        regions::Regions,
        words,
    },
    competence::Stance,
    error::{Result, Violations},
    id::{ConceptId, TenantId},
    registry::tenant::TenantKind,
    text::Languages,
};

/// A place on a dimension. What has no code comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Code(String),
    None,
}

/// How many libraries, each once, of entries that come library by library.
#[derive(Clone, Copy, Default)]
struct Libraries {
    number: usize,
    last: Option<TenantId>,
}

impl Libraries {
    fn add(&mut self, tenant: TenantId) {
        if self.last != Some(tenant) {
            self.number += 1;
            self.last = Some(tenant);
        }
    }
}

/// What a cell has gathered.
#[derive(Default)]
struct Tally {
    having: Libraries,
    wanting: Libraries,
    entries: i64,
    level_sum: i64,
    level_count: i64,
}

impl Tally {
    fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        match entry.stance {
            Stance::Have => {
                self.having.add(entry.tenant.id);
                self.level_sum += entry.level.unwrap_or(0);
                self.level_count += i64::from(entry.level.is_some());
            }
            Stance::Want => self.wanting.add(entry.tenant.id),
        }
    }
}

/// What concepts are, among the libraries that are kept, at each of the moments that are asked about.
type Standing = IdMap<(ConceptId, u16), Stands>;

/// Who has a concept, and who wants it.
#[derive(Default)]
struct Stands {
    have: Libraries,
    want: Libraries,
}

impl Stands {
    /// Somebody wants it and somebody else has it: not when it is one library alone that does both.
    fn covered(&self) -> bool {
        let alone = (self.have.number, self.want.number) == (1, 1) && self.have.last == self.want.last;
        self.have.number > 0 && self.want.number > 0 && !alone
    }
}

fn standing(facts: &Facts) -> Standing {
    let mut out = Standing::default();
    for entry in &facts.entries {
        let Some(concept) = &entry.concept else { continue };
        for moment in entry.held.moments() {
            let stands = out.entry((concept.id, moment)).or_default();
            match entry.stance {
                Stance::Have => stands.have.add(entry.tenant.id),
                Stance::Want => stands.want.add(entry.tenant.id),
            }
        }
    }
    out
}

/// Does a library pass the filters on libraries?
pub fn kept(member: &Member, ask: &Ask, regions: &Regions) -> bool {
    let filter = &ask.filter;
    filter.kind.is_none_or(|kind| kind == member.kind)
        && filter.country.as_ref().is_none_or(|country| *country == member.country)
        && filter.region_id.as_ref().is_none_or(|id| regions.on(member.id, ask.regions_as_of).contains(id))
}

fn counted(entry: &Entry, ask: &Ask) -> bool {
    let filter = &ask.filter;
    let concept = entry.concept.as_ref();
    filter.stance.is_none_or(|stance| stance == entry.stance)
        && filter.concept_id.is_none_or(|id| concept.is_some_and(|c| c.id == id))
        && filter
            .theme_id
            .is_none_or(|id| concept.and_then(|c| c.theme.as_ref()).is_some_and(|theme| theme.id == id))
}

/// Where an entry stands on each dimension that is asked by: the number of its place on that axis.
type Spot = [u32; Dimension::ALL.len()];

/// The places of one dimension, in the order in which they were met. What an entry names is looked up by what is quickly compared,
/// for there are very many entries and few places; codes are compared once for each place, at the end.
struct Axis<'a> {
    dimension: Dimension,
    keys: Vec<Key>,
    numbers: BTreeMap<Key, u32>,
    /// By the id, or the number, that decides the place of an entry.
    met: IdMap<u128, Vec<u32>>,
    only: Option<&'a BTreeSet<Key>>,
}

impl Axis<'_> {
    /// What decides where an entry stands here.
    fn handle(&self, entry: &Entry) -> u128 {
        let concept = entry.concept.as_ref();
        match self.dimension {
            Dimension::Concept => concept.map_or(0, |concept| concept.id.0.as_u128()),
            Dimension::Theme => {
                concept.and_then(|c| c.theme.as_ref()).map_or(0, |theme| theme.id.0.as_u128())
            }
            Dimension::Stance => entry.stance as u128,
            Dimension::Level => entry.level.map_or(u128::MAX, |level| u128::from(level.cast_unsigned())),
            Dimension::Region | Dimension::Kind | Dimension::Country | Dimension::Tenant => {
                entry.tenant.id.0.as_u128()
            }
            Dimension::Year | Dimension::Quarter | Dimension::Month => {
                u128::from(entry.held.first) << 16 | u128::from(entry.held.last)
            }
        }
    }

    /// The numbers of the places where it stands, of those that are asked for: one, but for regions and periods.
    fn places(&mut self, entry: &Entry, names: &mut Names<'_>, ask: &Ask) -> &[u32] {
        let handle = self.handle(entry);
        let Self { dimension, keys, numbers, met, only } = self;
        met.entry(handle).or_insert_with(|| {
            let mut places = match dimension {
                Dimension::Region => names.regions_of(&entry.tenant, ask),
                Dimension::Year | Dimension::Quarter | Dimension::Month => {
                    names.periods_of(*dimension, entry.held)
                }
                dimension => vec![names.of(*dimension, entry)],
            };
            if let Some(only) = only {
                places.retain(|place| only.contains(place));
            }
            let mut number = |place: Key| {
                *numbers.entry(place).or_insert_with_key(|place| {
                    keys.push(place.clone());
                    u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
                })
            };
            places.into_iter().map(&mut number).collect()
        })
    }

    /// For each number its place in the order of codes.
    fn order(&self) -> Vec<u32> {
        let mut order = vec![0; self.keys.len()];
        for (rank, number) in (0..).zip(self.numbers.values()) {
            if let Some(of) = order.get_mut(*number as usize) {
                *of = rank;
            }
        }
        order
    }
}

/// The cells, from facts whose libraries are those that [`kept`] keeps.
pub fn cells(facts: &Facts, regions: &Regions, ask: &Ask, languages: &Languages) -> Result<Vec<Cell>> {
    let by_concept = ask.group_by.contains(&Dimension::Concept);
    let standing = if by_concept { standing(facts) } else { Standing::default() };
    let periods = ask.periods().unwrap_or_default();
    let periods: Vec<String> = periods.into_iter().map(|period| period.code).collect();
    let in_time = ask.group_by.iter().position(|dimension| dimension.interval().is_some());
    let mut names = Names { places: BTreeMap::new(), regions, periods: &periods, languages };
    let axis = |(n, dimension): (usize, &Dimension)| Axis {
        dimension: *dimension,
        keys: Vec::new(),
        numbers: BTreeMap::new(),
        met: IdMap::default(),
        only: ask.only.get(n),
    };
    let mut axes: Vec<Axis<'_>> = ask.group_by.iter().enumerate().map(axis).collect();
    let mut tallies: IdMap<Spot, (Option<ConceptId>, Tally)> = IdMap::default();
    if axes.is_empty() {
        tallies.insert(Spot::default(), (None, Tally::default()));
    }
    let mut spots: Vec<Spot> = Vec::new();
    for entry in facts.entries.iter().filter(|entry| counted(entry, ask)) {
        spots.clear();
        spots.push(Spot::default());
        for (n, axis) in axes.iter_mut().enumerate() {
            let places = axis.places(entry, &mut names, ask);
            // In one place on every dimension but region, where a library may stand in several, and time.
            let before = spots.len();
            for place in places {
                for at in 0..before {
                    let Some(mut spot) = spots.get(at).copied() else { break };
                    if let Some(here) = spot.get_mut(n) {
                        *here = *place;
                    }
                    spots.push(spot);
                }
            }
            spots.drain(..before);
        }
        let concept = entry.concept.as_ref().map(|c| c.id);
        for spot in &spots {
            tallies.entry(*spot).or_insert_with(|| (concept, Tally::default())).1.add(entry);
        }
        if tallies.len() > ask.most {
            let mut violations = Violations::default();
            violations.add_with("groupBy", "too_fine", &[("max", &ask.most.to_string())]);
            violations.done()?;
        }
    }
    let orders: Vec<Vec<u32>> = axes.iter().map(Axis::order).collect();
    let mut tallies: Vec<(Spot, (Option<ConceptId>, Tally))> = tallies.into_iter().collect();
    tallies.sort_by_cached_key(|(spot, _)| {
        let mut place = Spot::default();
        for ((place, number), order) in place.iter_mut().zip(spot).zip(&orders) {
            *place = order.get(*number as usize).copied().unwrap_or(u32::MAX);
        }
        place
    });
    Ok(tallies
        .into_iter()
        .map(|(spot, (concept, tally))| {
            // The class is the concept's in that period.
            let moment = in_time.map_or(Some(0), |n| match axes.get(n)?.keys.get(*spot.get(n)? as usize)? {
                Key::Code(code) => u16::try_from(periods.binary_search(code).ok()?).ok(),
                Key::None => None,
            });
            let stands = concept.filter(|_| by_concept).zip(moment).and_then(|of| standing.get(&of));
            let place = |(axis, number): (&Axis<'_>, &u32)| {
                names.place(axis.dimension, axis.keys.get(*number as usize).unwrap_or(&Key::None))
            };
            Cell {
                dimensions: axes.iter().zip(&spot).map(place).collect(),
                tenants_having: count(tally.having.number),
                tenants_wanting: count(tally.wanting.number),
                entries: tally.entries,
                level_sum: tally.level_sum,
                level_count: tally.level_count,
                mean_level: decimal(tally.level_sum, tally.level_count, 10_000),
                class: stands.map(|stands| Class::by_holders(stands.have.number)),
                covered: stands.map(Stands::covered),
            }
        })
        .collect())
}

/// The names of the places that were met.
struct Names<'n> {
    places: BTreeMap<(Dimension, String), (Option<String>, Label)>,
    regions: &'n Regions,
    /// Oldest first.
    periods: &'n [String],
    languages: &'n Languages,
}

impl Names<'_> {
    fn note(
        &mut self,
        dimension: Dimension,
        code: &str,
        name: impl FnOnce(&Languages) -> (Option<String>, Label),
    ) -> Key {
        let languages = self.languages;
        self.places.entry((dimension, code.to_owned())).or_insert_with(|| name(languages));
        Key::Code(code.to_owned())
    }

    fn concept(&mut self, dimension: Dimension, concept: Option<&Arc<Concept>>) -> Key {
        match concept {
            None => Key::None,
            Some(concept) => self.note(dimension, &concept.notation, |languages| {
                (Some(concept.id.to_string()), Label::of(&concept.labels, languages))
            }),
        }
    }

    fn word(&mut self, dimension: Dimension, code: &str) -> Key {
        let key = format!("{}.{code}", dimension.word());
        self.note(dimension, code, |languages| (None, words::word_or(&key, code, languages)))
    }

    fn of(&mut self, dimension: Dimension, entry: &Entry) -> Key {
        let tenant = &entry.tenant;
        match dimension {
            Dimension::Concept => self.concept(dimension, entry.concept.as_ref()),
            Dimension::Theme => {
                self.concept(dimension, entry.concept.as_ref().and_then(|c| c.theme.as_ref()))
            }
            Dimension::Kind => self.word(dimension, kind_word(tenant.kind)),
            Dimension::Country => self.word(dimension, &tenant.country),
            Dimension::Stance => self.word(
                dimension,
                match entry.stance {
                    Stance::Have => "have",
                    Stance::Want => "want",
                },
            ),
            Dimension::Level => match entry.level {
                Some(level) => self.word(dimension, &level.to_string()),
                None => Key::None,
            },
            Dimension::Tenant => self.note(dimension, &tenant.slug, |languages| {
                (Some(tenant.id.to_string()), Label::of(&tenant.names, languages))
            }),
            // There may be several; see `regions_of` and `periods_of`.
            Dimension::Region | Dimension::Year | Dimension::Quarter | Dimension::Month => Key::None,
        }
    }

    fn regions_of(&mut self, tenant: &Member, ask: &Ask) -> Vec<Key> {
        let regions = self.regions;
        let ids = regions.on(tenant.id, ask.regions_as_of);
        if ids.is_empty() {
            return vec![Key::None];
        }
        ids.iter()
            .map(|id| {
                self.note(Dimension::Region, id, |languages| {
                    let name = regions.register.get(id).map(|r| Label::of(&r.names, languages));
                    (None, name.unwrap_or_else(|| Label::plain(id, languages)))
                })
            })
            .collect()
    }

    fn periods_of(&mut self, dimension: Dimension, held: Held) -> Vec<Key> {
        let periods = self.periods;
        let codes = periods.get(held.first.into()..=held.last.into()).unwrap_or_default();
        codes
            .iter()
            .map(|code| self.note(dimension, code, |languages| (None, Label::plain(code, languages))))
            .collect()
    }

    fn place(&self, dimension: Dimension, key: &Key) -> Place {
        let nothing = || Place {
            dimension,
            code: None,
            id: None,
            label: words::word(&format!("none.{}", dimension.word()), self.languages),
        };
        let Key::Code(code) = key else { return nothing() };
        self.places.get(&(dimension, code.clone())).map_or_else(nothing, |(id, label)| Place {
            dimension,
            code: Some(code.clone()),
            id: id.clone(),
            label: label.clone(),
        })
    }
}

fn kind_word(kind: TenantKind) -> &'static str {
    match kind {
        TenantKind::CountyLibrary => "county_library",
        TenantKind::PublicLibrary => "public_library",
        TenantKind::SchoolLibrary => "school_library",
        TenantKind::UpperSecondaryLibrary => "upper_secondary_library",
        TenantKind::UniversityLibrary => "university_library",
        TenantKind::HospitalLibrary => "hospital_library",
        TenantKind::SpecialLibrary => "special_library",
        TenantKind::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::{
        cube::{CubeFilter, definition::MOST_CELLS},
        facts::made_up::Maker,
        regions::Region,
    };

    fn ask(group_by: &[Dimension], filter: CubeFilter) -> Ask {
        let as_of = "2026-01-01".parse().unwrap();
        Ask {
            group_by: group_by.to_vec(),
            only: Vec::new(),
            filter,
            as_of,
            regions_as_of: as_of,
            most: MOST_CELLS,
        }
    }

    fn told(cells: &[Cell]) -> Vec<(String, i64, i64, i64)> {
        let code = |c: &Cell| {
            let codes: Vec<_> = c.dimensions.iter().map(|p| p.code.clone().unwrap_or("-".into())).collect();
            codes.join("/")
        };
        cells.iter().map(|c| (code(c), c.tenants_having, c.tenants_wanting, c.entries)).collect()
    }

    fn some() -> Maker {
        Maker::new(&["a:NO", "b:SE", "c:NO"])
            .has("a", &["t:x/c:1", "t:y/c:2"])
            .has("b", &["t:x/c:1"])
            .wants("c", &["t:x/c:1", "t:x/c:3"])
            .entry("c", "", Stance::Have, Some(4))
    }

    #[test]
    fn libraries_are_counted_once_and_rows_only_as_entries() {
        let languages = Languages::accept(None);
        let nothing = Regions::default();
        let total = cells(&some().facts, &nothing, &ask(&[], CubeFilter::default()), &languages).unwrap();
        assert_eq!(told(&total), [(String::new(), 3, 1, 6)]);
        assert_eq!((total[0].level_sum, total[0].level_count, total[0].mean_level), (10, 4, Some(2.5)));
        let by = ask(&[Dimension::Theme, Dimension::Country], CubeFilter::default());
        assert_eq!(
            told(&cells(&some().facts, &nothing, &by, &languages).unwrap()),
            [
                ("t:x/NO".into(), 1, 1, 3),
                ("t:x/SE".into(), 1, 0, 1),
                ("t:y/NO".into(), 1, 0, 1),
                // The unmapped entry has no theme, and comes last.
                ("-/NO".into(), 1, 0, 1),
            ]
        );
    }

    #[test]
    fn a_class_is_of_the_concept_and_not_of_the_cell() {
        let languages = Languages::accept(None);
        let filter = CubeFilter { stance: Some(Stance::Want), ..CubeFilter::default() };
        let by = ask(&[Dimension::Concept, Dimension::Tenant], filter);
        let all = cells(&some().facts, &Regions::default(), &by, &languages).unwrap();
        assert_eq!(told(&all), [("c:1/c".into(), 0, 1, 1), ("c:3/c".into(), 0, 1, 1)]);
        let classes: Vec<_> = all.iter().map(|c| (c.class, c.covered)).collect();
        assert_eq!(classes, [(Some(Class::Common), Some(true)), (Some(Class::Gap), Some(false))]);
    }

    #[test]
    fn a_library_with_two_regions_is_counted_in_each() {
        let maker = some();
        let mut regions = Regions::default();
        for id in ["r1", "r2"] {
            regions.register.insert(id.into(), Region::default());
        }
        let both = ["r1".to_owned(), "r2".to_owned()].into();
        regions.served.insert(maker.facts.members["a"].id, both);
        let by = ask(&[Dimension::Region], CubeFilter::default());
        let all = cells(&maker.facts, &regions, &by, &Languages::accept(None)).unwrap();
        assert_eq!(told(&all), [("r1".into(), 1, 0, 2), ("r2".into(), 1, 0, 2), ("-".into(), 2, 1, 4)]);
    }

    #[test]
    fn too_fine_a_question_is_refused() {
        let mut maker = Maker::new(&["a"]);
        for n in 0..=MOST_CELLS {
            maker = maker.entry("a", &format!("c:{n}"), Stance::Have, None);
        }
        let by = ask(&[Dimension::Concept], CubeFilter::default());
        assert!(cells(&maker.facts, &Regions::default(), &by, &Languages::accept(None)).is_err());
    }
}
