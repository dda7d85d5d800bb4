//! Strengths that a consortium claims as common to several without naming whom, held against the members' own lists.

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
};
use crate::{competence::Stance, id::ConceptId, text::Languages};

/// At most this many concepts are claimed at once.
pub const MOST_CLAIMS: usize = 100;

/// A claim held against the members' own lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CommonStrengths {
    /// In the order in which they were claimed, each once.
    pub strengths: Vec<CommonStrength>,
    /// How many of them at least two members confirm.
    pub common: i64,
    /// How many of them nobody confirms.
    pub unconfirmed: i64,
    /// Concepts that at least two members share as their own and that were not claimed, by notation.
    pub not_claimed: Vec<ConceptRef>,
    pub completeness: Completeness,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CommonStrength {
    pub concept: ConceptRef,
    /// Members that share it as their own.
    pub confirmed_by: i64,
    /// Confirmed by at least two.
    pub common: bool,
    /// Who they are, by short name.
    pub tenants: Vec<TenantRef>,
}

/// Members by short name.
type Who<'f> = BTreeMap<&'f str, &'f Arc<Member>>;

pub fn strengths(
    facts: &Facts,
    claimed: &[Arc<Concept>],
    completeness: Completeness,
    languages: &Languages,
) -> CommonStrengths {
    let mut holders: BTreeMap<&str, (&Arc<Concept>, Who)> = BTreeMap::new();
    for entry in facts.entries.iter().filter(|entry| entry.stance == Stance::Have) {
        if let Some(concept) = &entry.concept {
            let (_, who) = holders.entry(&concept.notation).or_insert((concept, Who::new()));
            who.insert(&entry.tenant.slug, &entry.tenant);
        }
    }
    let strengths: Vec<CommonStrength> = claimed
        .iter()
        .map(|concept| {
            let who: Vec<TenantRef> = holders
                .get(concept.notation.as_str())
                .map(|(_, who)| who.values().map(|m| m.named(languages)).collect())
                .unwrap_or_default();
            CommonStrength {
                concept: concept.named(languages),
                confirmed_by: count(who.len()),
                common: who.len() >= 2,
                tenants: who,
            }
        })
        .collect();
    let ids: BTreeSet<ConceptId> = claimed.iter().map(|concept| concept.id).collect();
    CommonStrengths {
        common: count(strengths.iter().filter(|s| s.common).count()),
        unconfirmed: count(strengths.iter().filter(|s| s.confirmed_by == 0).count()),
        not_claimed: holders
            .values()
            .filter(|(concept, who)| who.len() >= 2 && !ids.contains(&concept.id))
            .map(|(concept, _)| concept.named(languages))
            .collect(),
        strengths,
        completeness,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::facts::made_up::Maker;

    #[test]
    fn a_claim_is_confirmed_by_those_that_list_it_themselves() {
        let maker = Maker::new(&["a", "b"])
            .has("a", &["c:1", "c:2", "c:3"])
            .has("b", &["c:1", "c:3"])
            .wants("b", &["c:2"]);
        let languages = Languages::accept(None);
        let claimed: Vec<_> =
            [0, 1].iter().map(|n| maker.facts.entries[*n].concept.clone().unwrap()).collect();
        let day = chrono::NaiveDate::default();
        let completeness = maker.facts.completeness("about.strengths", day, &languages);
        let all = strengths(&maker.facts, &claimed, completeness, &languages);
        let told: Vec<_> = all.strengths.iter().map(|s| (s.confirmed_by, s.common)).collect();
        assert_eq!(told, [(2, true), (1, false)]);
        assert_eq!((all.common, all.unconfirmed), (1, 0));
        assert_eq!(all.not_claimed[0].notation, "c:3");
    }
}
