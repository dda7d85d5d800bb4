//! The landscape: theme x concept x library. Who has each concept, who wants it, at what levels, and what that
//! makes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Class, Completeness, ConceptRef, TenantRef,
    facts::{Concept, Entry, Facts, count},
    model::weight,
};
use crate::{
    competence::Stance,
    error::{Result, Violations},
    id::{ConceptId, GroupId, OccasionId, TenantId},
    tenancy::Weigh,
    text::Languages,
};

/// A landscape is one answer; a wider one must be narrowed to a theme.
pub const MOST_CONCEPTS: usize = 1_000;

/// Which part of the landscape. Theme and stance choose what is shown; what a concept is, is told from all that is shared:
/// in the consortium, or among the members of one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LandscapeFilter {
    /// Only the members of this group of the consortium.
    pub group_id: Option<GroupId>,
    /// Only entries for this occasion of the consortium.
    pub occasion_id: Option<OccasionId>,
    /// Concepts of this theme.
    pub theme_id: Option<ConceptId>,
    /// Concepts that somebody has, or that somebody wants.
    pub stance: Option<Stance>,
}

/// Who has what and who wants what in a consortium. At most 1,000 concepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Landscape {
    /// Themes by their notation; concepts without one come last.
    pub themes: Vec<LandscapeTheme>,
    pub totals: LandscapeTotals,
    pub completeness: Completeness,
}

impl Weigh for Landscape {
    fn bytes(&self) -> usize {
        weight(self)
    }
}

/// How many concepts of each class are shown. A covered one is common or unique too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeTotals {
    pub concepts: i64,
    pub common: i64,
    pub unique: i64,
    pub gap: i64,
    pub covered: i64,
}

impl LandscapeTotals {
    /// One concept more.
    pub fn add(&mut self, class: Class, covered: bool) {
        self.concepts += 1;
        match class {
            Class::Common => self.common += 1,
            Class::Unique => self.unique += 1,
            Class::Gap | Class::Covered => self.gap += 1,
        }
        self.covered += i64::from(covered);
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeTheme {
    /// Absent for concepts without a theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ConceptRef>,
    /// How many of the theme's concepts each library has, of those that have any.
    pub tenants: Vec<LandscapeShare>,
    pub concepts: Vec<LandscapeConcept>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeShare {
    pub tenant_id: TenantId,
    pub slug: String,
    pub concepts: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeConcept {
    pub concept: ConceptRef,
    /// `common`, `unique` or `gap`: by how many have it.
    pub class: Class,
    /// Somebody wants it and somebody else has it.
    pub covered: bool,
    /// Who has it, by short name.
    pub have: Vec<LandscapeHolder>,
    /// Who wants it, by short name.
    pub want: Vec<LandscapeWanter>,
    /// How many have it at each level, lowest first; without a level comes last.
    pub levels: Vec<LandscapeLevel>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeHolder {
    pub tenant: TenantRef,
    /// 1 basic, 2 working, 3 strong, 4 leading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeWanter {
    pub tenant: TenantRef,
    /// The level that it wants to reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_level: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeLevel {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
    pub tenants: i64,
}

/// Who has one concept and who wants it.
#[derive(Default)]
pub struct Standing<'f> {
    pub have: BTreeMap<&'f str, &'f Entry>,
    pub want: BTreeMap<&'f str, &'f Entry>,
}

impl Standing<'_> {
    pub fn covered(&self) -> bool {
        covered(&self.have.keys().collect(), &self.want.keys().collect())
    }
}

/// Somebody wants it, and somebody else has it.
pub fn covered<T: Ord>(have: &BTreeSet<T>, want: &BTreeSet<T>) -> bool {
    !want.is_empty() && have.len() > 1 || want.iter().any(|w| have.iter().any(|h| h != w))
}

/// Every concept that somebody shares, by its notation.
pub fn standings(facts: &Facts) -> BTreeMap<&str, (&Arc<Concept>, Standing<'_>)> {
    let mut out: BTreeMap<&str, (&Arc<Concept>, Standing)> = BTreeMap::new();
    for entry in &facts.entries {
        let Some(concept) = &entry.concept else { continue };
        let (_, standing) = out.entry(&concept.notation).or_insert_with(|| (concept, Standing::default()));
        match entry.stance {
            Stance::Have => standing.have.insert(&entry.tenant.slug, entry),
            Stance::Want => standing.want.insert(&entry.tenant.slug, entry),
        };
    }
    out
}

pub fn landscape(
    facts: &Facts,
    filter: &LandscapeFilter,
    completeness: Completeness,
    languages: &Languages,
) -> Result<Landscape> {
    let mut totals = LandscapeTotals::default();
    // Without a theme: after all others.
    let mut themes: BTreeMap<(bool, &str), LandscapeTheme> = BTreeMap::new();
    let mut shares: BTreeMap<(bool, &str), BTreeMap<&str, LandscapeShare>> = BTreeMap::new();
    for (concept, standing) in standings(facts).into_values() {
        let theme = concept.theme.as_ref();
        let shown = filter.theme_id.is_none_or(|id| theme.is_some_and(|t| t.id == id))
            && match filter.stance {
                None => true,
                Some(Stance::Have) => !standing.have.is_empty(),
                Some(Stance::Want) => !standing.want.is_empty(),
            };
        if !shown {
            continue;
        }
        let class = Class::by_holders(standing.have.len());
        totals.add(class, standing.covered());
        let key = (theme.is_none(), theme.map_or("", |t| t.notation.as_str()));
        let place = themes.entry(key).or_insert_with(|| LandscapeTheme {
            theme: theme.map(|t| t.named(languages)),
            tenants: Vec::new(),
            concepts: Vec::new(),
        });
        let share = shares.entry(key).or_default();
        for (slug, entry) in &standing.have {
            let nothing = || LandscapeShare {
                tenant_id: entry.tenant.id,
                slug: entry.tenant.slug.clone(),
                concepts: 0,
            };
            share.entry(slug).or_insert_with(nothing).concepts += 1;
        }
        place.concepts.push(shape(concept, &standing, class, languages));
    }
    if usize::try_from(totals.concepts).unwrap_or(usize::MAX) > MOST_CONCEPTS {
        let mut violations = Violations::default();
        violations.add_with("themeId", "too_many", &[("max", &MOST_CONCEPTS.to_string())]);
        violations.done()?;
    }
    for (key, share) in shares {
        if let Some(theme) = themes.get_mut(&key) {
            theme.tenants = share.into_values().collect();
        }
    }
    Ok(Landscape { themes: themes.into_values().collect(), totals, completeness })
}

fn shape(concept: &Concept, standing: &Standing, class: Class, languages: &Languages) -> LandscapeConcept {
    let mut levels: BTreeMap<(bool, Option<i64>), usize> = BTreeMap::new();
    for entry in standing.have.values() {
        *levels.entry((entry.level.is_none(), entry.level)).or_default() += 1;
    }
    LandscapeConcept {
        concept: concept.named(languages),
        class,
        covered: standing.covered(),
        have: standing
            .have
            .values()
            .map(|e| LandscapeHolder { tenant: e.tenant.named(languages), level: e.level })
            .collect(),
        want: standing
            .want
            .values()
            .map(|e| LandscapeWanter { tenant: e.tenant.named(languages), target_level: e.wanted })
            .collect(),
        levels: levels
            .into_iter()
            .map(|((_, level), n)| LandscapeLevel { level, tenants: count(n) })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::facts::made_up::Maker;

    fn of(maker: &Maker, filter: LandscapeFilter) -> Landscape {
        let languages = Languages::accept(None);
        let day = chrono::NaiveDate::default();
        let completeness = maker.facts.completeness("about.landscape", day, &languages);
        landscape(&maker.facts, &filter, completeness, &languages).unwrap()
    }

    fn classes(landscape: &Landscape) -> Vec<(&str, Class, bool)> {
        let concepts = landscape.themes.iter().flat_map(|t| &t.concepts);
        concepts.map(|c| (c.concept.notation.as_str(), c.class, c.covered)).collect()
    }

    #[test]
    fn a_concept_is_common_unique_or_a_gap_and_may_be_covered() {
        let maker = Maker::new(&["a", "b", "c"])
            .has("a", &["t:x/c:1", "t:x/c:2", "t:x/c:4", "c:5"])
            .has("b", &["t:x/c:1"])
            .wants("b", &["t:x/c:2", "t:x/c:3"])
            .wants("a", &["t:x/c:4"])
            .wants("c", &["t:x/c:1"]);
        let all = of(&maker, LandscapeFilter::default());
        let expected = [
            ("c:1", Class::Common, true),
            ("c:2", Class::Unique, true),
            ("c:3", Class::Gap, false),
            // The only one that has it is the one that wants more of it: nobody to learn from.
            ("c:4", Class::Unique, false),
            ("c:5", Class::Unique, false),
        ];
        assert_eq!(classes(&all), expected);
        assert_eq!((all.totals.concepts, all.totals.unique, all.totals.covered), (5, 3, 2));
        assert!(all.themes[1].theme.is_none());
        assert_eq!((all.completeness.expected, all.completeness.reporting), (3, 3));
        // A filter chooses what is shown and changes no class.
        let wanted = of(&maker, LandscapeFilter { stance: Some(Stance::Want), ..Default::default() });
        assert_eq!(classes(&wanted), &expected[..4]);
    }

    #[test]
    fn levels_are_told_and_a_missing_one_comes_last() {
        let maker = Maker::new(&["a", "b", "c", "d"])
            .entry("a", "c:1", Stance::Have, None)
            .entry("b", "c:1", Stance::Have, Some(4))
            .entry("c", "c:1", Stance::Have, Some(2))
            .entry("d", "c:1", Stance::Have, Some(2));
        let all = of(&maker, LandscapeFilter::default());
        let levels: Vec<_> = all.themes[0].concepts[0].levels.iter().map(|l| (l.level, l.tenants)).collect();
        assert_eq!(levels, [(Some(2), 2), (Some(4), 1), (None, 1)]);
    }
}
