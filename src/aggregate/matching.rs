//! Who can teach whom: a want beside what others have, ranked by a score whose every term is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    ConceptRef, Label, TenantRef,
    facts::{Concept, Member, count},
    words,
};
use crate::{
    id::{EntryId, ProjectId},
    text::Languages,
};

/// So many are told, the best ones; how many there are is told too.
pub const MOST_MATCHES: usize = 100;

/// A term of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "MatchTermName")]
#[schema(as = MatchTermName)]
pub enum Term {
    /// Levels above the one that is wanted.
    Level,
    /// Both serve one region.
    Region,
    /// Both are in one country.
    Country,
    /// The libraries' countries have a language in common.
    Language,
    /// Projects that both take part in, or took part in together.
    Project,
}

impl Term {
    pub const ALL: [Term; 5] = [Term::Level, Term::Region, Term::Country, Term::Language, Term::Project];

    /// Points for each unit of the term's value.
    pub fn weight(self) -> i64 {
        match self {
            Term::Region => 4,
            Term::Project => 3,
            Term::Level | Term::Country => 2,
            Term::Language => 1,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Term::Level => "term.level",
            Term::Region => "term.region",
            Term::Country => "term.country",
            Term::Language => "term.language",
            Term::Project => "term.project",
        }
    }
}

/// One term of a score: value times weight is points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MatchTerm {
    pub term: Term,
    pub label: Label,
    pub value: i64,
    pub weight: i64,
    pub points: i64,
}

/// Who has what is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Matches {
    /// The best ones first, at most 100.
    pub matches: Vec<Match>,
    /// How many there are.
    pub total: i64,
    /// How the score is made.
    pub definition: Label,
}

/// One library that has what another wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "CompetenceMatch")]
#[schema(as = CompetenceMatch)]
pub struct Match {
    pub concept: ConceptRef,
    /// The other library: the one that can teach, or the one that could be helped.
    pub tenant: TenantRef,
    /// The entry that wants.
    pub want_id: EntryId,
    /// The level that is wanted; absent when any will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted_level: Option<i64>,
    /// The entry that has.
    pub have_id: EntryId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
    /// The sum of the terms' points.
    pub score: i64,
    pub terms: Vec<MatchTerm>,
}

/// A want and a have on one concept, of two libraries that see each other.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub concept: Arc<Concept>,
    pub other: Member,
    pub want_id: EntryId,
    pub wanted: Option<i64>,
    pub have_id: EntryId,
    pub level: Option<i64>,
    pub country: String,
    pub same_region: bool,
    /// Projects that both take part in.
    pub projects: BTreeSet<ProjectId>,
}

/// Languages that libraries all over a country work in; the Scandinavian ones are each their own.
fn languages_of(country: &str) -> &'static [&'static str] {
    match country {
        "NO" => &["nb", "nn"],
        "SE" => &["sv"],
        "FI" => &["fi", "sv"],
        "DK" => &["da"],
        "GL" => &["kl", "da"],
        "FO" => &["fo", "da"],
        "AX" => &["sv"],
        _ => &[],
    }
}

impl Candidate {
    /// At the wanted level or above. A level that is not told fits only where none is wanted.
    fn fits(&self) -> bool {
        match (self.wanted, self.level) {
            (None, _) => true,
            (Some(wanted), Some(level)) => level >= wanted,
            (Some(_), None) => false,
        }
    }

    fn value(&self, term: Term) -> i64 {
        let same_country = self.country == self.other.country;
        match term {
            Term::Level => match (self.wanted, self.level) {
                (Some(wanted), Some(level)) => level - wanted,
                // Any level will do: each above the lowest counts.
                (None, Some(level)) => level - 1,
                (_, None) => 0,
            },
            Term::Region => i64::from(self.same_region),
            Term::Project => count(self.projects.len()),
            Term::Country => i64::from(same_country),
            Term::Language => {
                let theirs = languages_of(&self.other.country);
                i64::from(same_country || languages_of(&self.country).iter().any(|l| theirs.contains(l)))
            }
        }
    }

    fn score(&self) -> i64 {
        Term::ALL.into_iter().map(|term| self.value(term) * term.weight()).sum()
    }
}

/// Ranks candidates. A pair that was met in several regions or projects is one.
pub fn rank(candidates: Vec<Candidate>, languages: &Languages) -> Matches {
    let mut pairs: BTreeMap<(EntryId, EntryId), Candidate> = BTreeMap::new();
    for candidate in candidates.into_iter().filter(Candidate::fits) {
        let key = (candidate.want_id, candidate.have_id);
        match pairs.get_mut(&key) {
            Some(known) => {
                known.same_region |= candidate.same_region;
                known.projects.extend(candidate.projects);
            }
            None => _ = pairs.insert(key, candidate),
        }
    }
    let mut ranked: Vec<Candidate> = pairs.into_values().collect();
    ranked.sort_by_cached_key(|c| {
        (-c.score(), -c.level.unwrap_or(0), c.other.slug.clone(), c.concept.notation.clone())
    });
    Matches {
        total: count(ranked.len()),
        matches: ranked.iter().take(MOST_MATCHES).map(|c| shape(c, languages)).collect(),
        definition: words::word("about.matches", languages),
    }
}

fn shape(candidate: &Candidate, languages: &Languages) -> Match {
    let term = |term: Term| {
        let (value, weight) = (candidate.value(term), term.weight());
        MatchTerm { term, label: words::word(term.word(), languages), value, weight, points: value * weight }
    };
    Match {
        concept: candidate.concept.named(languages),
        tenant: candidate.other.named(languages),
        want_id: candidate.want_id,
        wanted_level: candidate.wanted,
        have_id: candidate.have_id,
        level: candidate.level,
        score: candidate.score(),
        terms: Term::ALL.into_iter().map(term).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{ConceptId, TenantId},
        registry::tenant::TenantKind,
        text::{Lang, Text},
    };

    fn candidate(
        slug: &str,
        country: &str,
        wanted: Option<i64>,
        level: Option<i64>,
        near: bool,
    ) -> Candidate {
        let concept =
            Concept { id: ConceptId::new(), notation: "c:1".into(), labels: Text::default(), theme: None };
        Candidate {
            concept: Arc::new(concept),
            other: Member {
                id: TenantId::new(),
                slug: slug.into(),
                names: Text::of(Lang::Nb, slug),
                kind: TenantKind::CountyLibrary,
                country: country.into(),
            },
            want_id: EntryId::new(),
            wanted,
            have_id: EntryId::new(),
            level,
            country: "FI".into(),
            same_region: near,
            projects: BTreeSet::new(),
        }
    }

    #[test]
    fn the_score_is_the_sum_of_its_terms() {
        let all = vec![
            candidate("sverige", "SE", Some(2), Some(4), false),
            candidate("naer", "FI", Some(2), Some(2), true),
            candidate("danmark", "DK", Some(2), Some(4), false),
            candidate("lav", "FI", Some(2), Some(1), true),
            candidate("ukjent", "FI", Some(2), None, true),
        ];
        let ranked = rank(all, &Languages::accept(None));
        let told: Vec<_> = ranked.matches.iter().map(|m| (m.tenant.slug.as_str(), m.score)).collect();
        // Below the wanted level, or of unknown level, is no match.
        assert_eq!(told, [("naer", 7), ("sverige", 5), ("danmark", 4)]);
        for m in &ranked.matches {
            assert_eq!(m.score, m.terms.iter().map(|t| t.points).sum::<i64>());
            assert!(m.terms.iter().all(|t| t.points == t.value * t.weight));
        }
    }

    #[test]
    fn where_no_level_is_wanted_any_will_do_and_ties_go_by_level_then_name() {
        let all = vec![
            candidate("b", "DK", None, None, false),
            candidate("a", "DK", None, Some(1), false),
            candidate("c", "DK", None, Some(1), false),
        ];
        let ranked = rank(all, &Languages::accept(None));
        let told: Vec<_> = ranked.matches.iter().map(|m| m.tenant.slug.as_str()).collect();
        assert_eq!(told, ["a", "c", "b"]);
        assert_eq!(ranked.total, 3);
    }

    #[test]
    fn a_pair_met_in_two_regions_and_two_projects_is_one() {
        let far = candidate("a", "FI", None, Some(1), false);
        let project = ProjectId::new();
        let joint = |project| Candidate { projects: [project].into(), ..far.clone() };
        let near = Candidate { same_region: true, ..joint(project) };
        let ranked =
            rank(vec![far.clone(), near, joint(project), joint(ProjectId::new())], &Languages::accept(None));
        assert_eq!((ranked.total, ranked.matches[0].score), (1, 7 + 2 * 3));
    }
}
