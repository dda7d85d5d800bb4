//! A consortium beside itself: what its members of now shared at the end of one day, and of a later one.
//!
//! Told of is what is shared still: who may see an entry now may see what it was when it was shared, and nobody learns of what
//! was removed, or is kept back by now. So it is a comparison of what has become of what there is, and no archive.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Class, Completeness, ConceptRef,
    facts::{Concept, Facts, count},
    landscape::{MOST_CONCEPTS, Standing, covered, standings},
};
use crate::{
    error::{Result, Violations},
    id::ConceptId,
    text::Languages,
};

/// Which two days, and of what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// The earlier day.
    pub before: NaiveDate,
    /// The later one: today, or past.
    pub after: NaiveDate,
    /// Concepts of this theme.
    pub theme_id: Option<ConceptId>,
}

/// A consortium's landscape beside itself, at the end of two days (UTC). At most 1,000 concepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeComparison {
    pub before: NaiveDate,
    pub after: NaiveDate,
    /// Themes by their notation; concepts without one come last.
    pub themes: Vec<ComparedTheme>,
    pub totals: LandscapeChanges,
    pub completeness: Completeness,
}

/// How many concepts went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeChanges {
    pub came: i64,
    pub grew: i64,
    pub unchanged: i64,
    pub shrank: i64,
    pub went: i64,
    /// Gaps of the earlier day that somebody has filled.
    pub closed: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ComparedTheme {
    /// Absent for concepts without a theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ConceptRef>,
    pub totals: LandscapeChanges,
    pub concepts: Vec<ComparedConcept>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ComparedConcept {
    /// Where it was merged into another since, the other.
    pub concept: ConceptRef,
    pub change: LandscapeChange,
    pub before: LandscapeStanding,
    pub after: LandscapeStanding,
}

/// How a concept stood on a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct LandscapeStanding {
    /// How many have it.
    pub have: i64,
    /// How many want it.
    pub want: i64,
    /// The sum of the levels of those that have it and say one.
    pub level_sum: i64,
    /// How many of them say one.
    pub level_count: i64,
    /// Left out where nobody had or wanted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    pub covered: bool,
}

/// What became of a concept among those that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum LandscapeChange {
    /// Nobody had it, and somebody has.
    Came,
    /// More have it, or as many at a higher mean level.
    Grew,
    Unchanged,
    /// Fewer have it, or as many at a lower mean level.
    Shrank,
    /// Somebody had it, and nobody has.
    Went,
}

impl LandscapeStanding {
    fn of(standing: &Standing) -> Self {
        let levels: Vec<i64> = standing.have.values().filter_map(|entry| entry.level).collect();
        let have: BTreeSet<&&str> = standing.have.keys().collect();
        let want: BTreeSet<&&str> = standing.want.keys().collect();
        Self {
            have: count(have.len()),
            want: count(want.len()),
            level_sum: levels.iter().sum(),
            level_count: count(levels.len()),
            class: (!have.is_empty() || !want.is_empty()).then(|| Class::by_holders(have.len())),
            covered: covered(&have, &want),
        }
    }
}

fn change(before: &LandscapeStanding, after: &LandscapeStanding) -> LandscapeChange {
    use LandscapeChange::*;
    match (before.have, after.have) {
        (0, 0) => Unchanged,
        (0, _) => Came,
        (_, 0) => Went,
        (was, is) if is > was => Grew,
        (was, is) if is < was => Shrank,
        // Means without a division; where nobody says a level there is none to compare.
        _ => match (before.level_sum * after.level_count, after.level_sum * before.level_count) {
            _ if before.level_count == 0 || after.level_count == 0 => Unchanged,
            (was, is) if is > was => Grew,
            (was, is) if is < was => Shrank,
            _ => Unchanged,
        },
    }
}

impl LandscapeChanges {
    fn add(&mut self, change: LandscapeChange, closed: bool) {
        match change {
            LandscapeChange::Came => self.came += 1,
            LandscapeChange::Grew => self.grew += 1,
            LandscapeChange::Unchanged => self.unchanged += 1,
            LandscapeChange::Shrank => self.shrank += 1,
            LandscapeChange::Went => self.went += 1,
        }
        self.closed += i64::from(closed);
    }
}

pub fn compare(
    [before, after]: [&Facts; 2],
    days: &Days,
    completeness: Completeness,
    languages: &Languages,
) -> Result<LandscapeComparison> {
    let mut both: BTreeMap<&str, (&Arc<Concept>, [Standing<'_>; 2])> = BTreeMap::new();
    for (n, facts) in [before, after].into_iter().enumerate() {
        for (notation, (concept, standing)) in standings(facts) {
            let (_, two) = both.entry(notation).or_insert_with(|| (concept, Default::default()));
            if let Some(place) = two.get_mut(n) {
                *place = standing;
            }
        }
    }
    let wanted =
        |concept: &Concept| days.theme_id.is_none_or(|id| concept.theme.as_ref().is_some_and(|t| t.id == id));
    both.retain(|_, (concept, _)| wanted(concept));
    if both.len() > MOST_CONCEPTS {
        let mut violations = Violations::default();
        violations.add_with("themeId", "too_many", &[("max", &MOST_CONCEPTS.to_string())]);
        violations.done()?;
    }
    let mut totals = LandscapeChanges::default();
    // Without a theme: after all others.
    let mut themes: BTreeMap<(bool, &str), ComparedTheme> = BTreeMap::new();
    for (concept, [was, is]) in both.values() {
        let (before, after) = (LandscapeStanding::of(was), LandscapeStanding::of(is));
        let change = change(&before, &after);
        let closed = before.class == Some(Class::Gap) && after.have > 0;
        totals.add(change, closed);
        let theme = concept.theme.as_ref();
        let key = (theme.is_none(), theme.map_or("", |t| t.notation.as_str()));
        let place = themes.entry(key).or_insert_with(|| ComparedTheme {
            theme: theme.map(|t| t.named(languages)),
            totals: LandscapeChanges::default(),
            concepts: Vec::new(),
        });
        place.totals.add(change, closed);
        place.concepts.push(ComparedConcept { concept: concept.named(languages), change, before, after });
    }
    Ok(LandscapeComparison {
        before: days.before,
        after: days.after,
        themes: themes.into_values().collect(),
        totals,
        completeness,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aggregate::facts::made_up::Maker, competence::Stance};

    #[test]
    fn what_came_went_and_grew_is_told_by_concept() {
        let libraries = ["a", "b", "c"];
        let before = Maker::new(&libraries)
            .has("a", &["c:came-b", "c:grew", "c:level", "c:same", "c:shrank", "c:went"])
            .has("b", &["c:shrank"])
            .wants("c", &["c:came"]);
        let after = Maker::new(&libraries)
            .has("a", &["c:came", "c:came-b", "c:grew", "c:same", "c:shrank"])
            .has("b", &["c:grew"])
            .entry("a", "c:level", Stance::Have, Some(4));
        let languages = Languages::accept(None);
        let day = NaiveDate::default();
        let days = Days { before: day, after: day, theme_id: None };
        let completeness = after.facts.completeness("about.comparison", day, &languages);
        let told = compare([&before.facts, &after.facts], &days, completeness, &languages).unwrap();
        let changes: Vec<_> = told.themes[0]
            .concepts
            .iter()
            .map(|c| (c.concept.notation.trim_start_matches("c:"), c.change))
            .collect();
        use LandscapeChange::*;
        let expected = [
            ("came", Came),
            ("came-b", Unchanged),
            ("grew", Grew),
            ("level", Grew),
            ("same", Unchanged),
            ("shrank", Shrank),
            ("went", Went),
        ];
        assert_eq!(changes, expected);
        let LandscapeChanges { came, grew, unchanged, shrank, went, closed } = told.totals;
        assert_eq!((came, grew, unchanged, shrank, went, closed), (1, 2, 2, 1, 1, 1));
        assert_eq!(told.themes[0].concepts[0].before.class, Some(Class::Gap));
        assert_eq!(told.themes[0].concepts[6].after.class, None);
    }
}
