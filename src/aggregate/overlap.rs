//! How much libraries have in common: shared concepts, what only one has, and who has what another wants.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Completeness, ConceptRef, TenantRef,
    facts::{Concept, Facts, Member, count},
    model::weight,
    service::pairs::Side,
};
use crate::{
    competence::Stance,
    error::{Result, Violations},
    id::{ConceptId, TenantId},
    tenancy::Weigh,
    text::Languages,
};

/// The matrix grows with the square of the members.
pub const MOST_MEMBERS: usize = 100;

/// Every pair of a consortium's members. At most 100 members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Overlap {
    /// Members by short name, and how many concepts each has.
    pub tenants: Vec<OverlapTenant>,
    /// Every pair once, in the order of the members.
    pub pairs: Vec<OverlapPair>,
    /// The pair with the highest similarity, the first of them when several have it; absent when no two share anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_similar: Option<OverlapPair>,
    /// Who has what another wants, by short name of who wants.
    pub complements: Vec<Complement>,
    /// The concepts that pairs and complements name by their ids, by notation.
    pub concepts: Vec<ConceptRef>,
    pub completeness: Completeness,
}

impl Weigh for Overlap {
    fn bytes(&self) -> usize {
        weight(self)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct OverlapTenant {
    pub tenant: TenantRef,
    pub concepts: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct OverlapPair {
    pub a: TenantId,
    pub b: TenantId,
    /// Concepts that both have, by notation.
    pub shared_concepts: Vec<ConceptId>,
    pub shared: i64,
    pub only_a: i64,
    pub only_b: i64,
    pub union: i64,
    pub jaccard: Jaccard,
}

/// Shared concepts divided by all that at least one of the two has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Jaccard {
    pub numerator: i64,
    pub denominator: i64,
    /// Six decimals; absent when neither has anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

impl Jaccard {
    pub fn new(shared: usize, union: usize) -> Self {
        let (numerator, denominator) = (count(shared), count(union));
        Self { numerator, denominator, value: decimal(numerator, denominator, 1_000_000) }
    }

    /// Exactly: a fraction of integers is compared as one.
    fn is_above(&self, other: &Self) -> bool {
        self.numerator * other.denominator.max(1) > other.numerator * self.denominator.max(1)
    }
}

/// A quotient rounded half up to one part in `scale`; the same digits everywhere.
#[allow(clippy::cast_precision_loss, reason = "both are far below 2^52")]
pub fn decimal(numerator: i64, denominator: i64, scale: i64) -> Option<f64> {
    if denominator == 0 {
        return None;
    }
    let parts = (numerator * scale * 2 + denominator) / (denominator * 2);
    Some(parts as f64 / scale as f64)
}

/// One library has what another wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Complement {
    pub wants: TenantId,
    pub has: TenantId,
    /// By notation.
    pub concepts: Vec<ConceptId>,
}

/// Two libraries side by side, in what the caller may see of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct TwoOverlap {
    pub a: TenantRef,
    pub b: TenantRef,
    /// Concepts that both have, by notation.
    pub shared: Vec<ConceptRef>,
    pub only_a: Vec<ConceptRef>,
    pub only_b: Vec<ConceptRef>,
    /// What the first wants and the second has.
    pub a_learns: Vec<ConceptRef>,
    /// What the second wants and the first has.
    pub b_learns: Vec<ConceptRef>,
    pub union: i64,
    pub jaccard: Jaccard,
}

/// Concepts by notation.
pub type Held = BTreeMap<String, Arc<Concept>>;

fn of_stance(facts: &Facts, stance: Stance) -> BTreeMap<&str, Held> {
    let mut out: BTreeMap<&str, Held> = BTreeMap::new();
    for entry in facts.entries.iter().filter(|entry| entry.stance == stance) {
        if let Some(concept) = &entry.concept {
            let held = out.entry(&entry.tenant.slug).or_default();
            held.insert(concept.notation.clone(), concept.clone());
        }
    }
    out
}

fn both<'h>(a: &'h Held, b: &Held) -> Vec<&'h Arc<Concept>> {
    a.iter().filter(|(notation, _)| b.contains_key(*notation)).map(|(_, concept)| concept).collect()
}

fn pair(a: &Member, b: &Member, has_a: &Held, has_b: &Held) -> OverlapPair {
    let shared = both(has_a, has_b);
    let union = has_a.len() + has_b.len() - shared.len();
    OverlapPair {
        a: a.id,
        b: b.id,
        shared: count(shared.len()),
        only_a: count(has_a.len() - shared.len()),
        only_b: count(has_b.len() - shared.len()),
        union: count(union),
        jaccard: Jaccard::new(shared.len(), union),
        shared_concepts: shared.into_iter().map(|concept| concept.id).collect(),
    }
}

pub fn overlap(facts: &Facts, completeness: Completeness, languages: &Languages) -> Result<Overlap> {
    if facts.members.len() > MOST_MEMBERS {
        let mut violations = Violations::default();
        violations.add_with("consortiumId", "too_many", &[("max", &MOST_MEMBERS.to_string())]);
        violations.done()?;
    }
    let (has, wants) = (of_stance(facts, Stance::Have), of_stance(facts, Stance::Want));
    let nothing = Held::new();
    let of = |held: &'_ BTreeMap<&str, Held>, member: &Member| -> Held {
        held.get(member.slug.as_str()).unwrap_or(&nothing).clone()
    };
    let members: Vec<(&Arc<Member>, Held, Held)> =
        facts.members.values().map(|m| (m, of(&has, m), of(&wants, m))).collect();
    let mut pairs = Vec::new();
    let mut complements = Vec::new();
    let mut named: Held = Held::new();
    for (n, (a, has_a, wants_a)) in members.iter().enumerate() {
        pairs.extend(members.iter().skip(n + 1).map(|(b, has_b, _)| pair(a, b, has_a, has_b)));
        named.extend(has_a.iter().map(|(k, v)| (k.clone(), v.clone())));
        for (b, has_b, _) in members.iter().filter(|(b, ..)| b.id != a.id) {
            let concepts: Vec<ConceptId> = both(wants_a, has_b).into_iter().map(|c| c.id).collect();
            if !concepts.is_empty() {
                complements.push(Complement { wants: a.id, has: b.id, concepts });
            }
        }
    }
    let mut most_similar: Option<&OverlapPair> = None;
    for candidate in pairs.iter().filter(|pair| pair.shared > 0) {
        if most_similar.is_none_or(|best| candidate.jaccard.is_above(&best.jaccard)) {
            most_similar = Some(candidate);
        }
    }
    let most_similar = most_similar.cloned();
    let mentioned: BTreeSet<ConceptId> = pairs
        .iter()
        .flat_map(|p| &p.shared_concepts)
        .chain(complements.iter().flat_map(|c| &c.concepts))
        .copied()
        .collect();
    Ok(Overlap {
        tenants: members
            .iter()
            .map(|(m, has, _)| OverlapTenant { tenant: m.named(languages), concepts: count(has.len()) })
            .collect(),
        pairs,
        most_similar,
        complements,
        concepts: named.values().filter(|c| mentioned.contains(&c.id)).map(|c| c.named(languages)).collect(),
        completeness,
    })
}

pub fn two(a: &Side, b: &Side, languages: &Languages) -> TwoOverlap {
    let (has_a, has_b) = (&a.has, &b.has);
    let named = |concepts: Vec<&Arc<Concept>>| -> Vec<ConceptRef> {
        concepts.into_iter().map(|concept| concept.named(languages)).collect()
    };
    let only = |one: &Held, other: &Held| -> Vec<ConceptRef> {
        let own = one.iter().filter(|(notation, _)| !other.contains_key(*notation));
        own.map(|(_, concept)| concept.named(languages)).collect()
    };
    let shared = named(both(has_a, has_b));
    let union = has_a.len() + has_b.len() - shared.len();
    TwoOverlap {
        a: a.member.named(languages),
        b: b.member.named(languages),
        a_learns: named(both(&a.wants, has_b)),
        b_learns: named(both(&b.wants, has_a)),
        jaccard: Jaccard::new(shared.len(), union),
        union: count(union),
        only_a: only(has_a, has_b),
        only_b: only(has_b, has_a),
        shared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::facts::made_up::Maker;

    fn of(maker: &Maker) -> Overlap {
        let languages = Languages::accept(None);
        let completeness =
            maker.facts.completeness("about.overlap", chrono::NaiveDate::default(), &languages);
        overlap(&maker.facts, completeness, &languages).unwrap()
    }

    #[test]
    fn every_pair_is_compared_and_the_most_alike_found() {
        let maker = Maker::new(&["a", "b", "c", "d"])
            .has("a", &["c:1", "c:2", "c:3"])
            .has("b", &["c:2", "c:3", "c:4"])
            .has("c", &["c:4"])
            .wants("c", &["c:1", "c:9"])
            // Wanting is not having.
            .wants("d", &["c:1"]);
        let all = of(&maker);
        let numbers: Vec<_> = all.pairs.iter().map(|p| (p.shared, p.only_a, p.only_b, p.union)).collect();
        assert_eq!(
            numbers,
            [(2, 1, 1, 4), (0, 3, 1, 4), (0, 3, 0, 3), (1, 2, 0, 3), (0, 3, 0, 3), (0, 1, 0, 1)]
        );
        let best = all.most_similar.unwrap();
        assert_eq!((best.jaccard.numerator, best.jaccard.denominator, best.jaccard.value), (2, 4, Some(0.5)));
        // c and d can both learn from a; nobody has c:9.
        assert_eq!(all.complements.len(), 2);
        assert!(
            all.complements.iter().all(|c| c.has == maker.facts.members["a"].id && c.concepts.len() == 1)
        );
        let named: Vec<_> = all.concepts.iter().map(|c| c.notation.as_str()).collect();
        assert_eq!(named, ["c:1", "c:2", "c:3", "c:4"]);
    }

    #[test]
    fn nothing_in_common_is_no_likeness_and_nothing_at_all_no_value() {
        let all = of(&Maker::new(&["a", "b"]));
        assert_eq!(all.pairs[0].jaccard, Jaccard { numerator: 0, denominator: 0, value: None });
        assert!(all.most_similar.is_none());
    }

    #[test]
    fn decimals_are_rounded_half_up() {
        assert_eq!(decimal(3, 18, 1_000_000), Some(0.166_667));
        assert_eq!(decimal(2, 28, 1_000_000), Some(0.071_429));
        assert_eq!(decimal(1, 2, 1), Some(1.0));
        assert_eq!(decimal(7, 3, 10_000), Some(2.3333));
    }
}
