//! What it is sensible to do together: common strengths, what one can learn from another, what all lack, what presses
//! several; and whom to spar with. Each suggestion says why.
//!
//! Rules: of what is shared in the consortium, and of that alone, as every figure. The higher the score, the more libraries
//! gain: a strength counts those that have it, a lack those that want it, a challenge those that name it, and what can be
//! learned counts twice. A sparring partner is looked for from one library's side.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    ConceptRef, Label, TenantRef,
    facts::{Concept, Facts, Member, count},
    words,
};
use crate::{competence::Stance, id::TenantId, rest::Versioned, text::Languages};

/// So many concepts a suggestion names at the most.
const MOST_CONCEPTS: usize = 20;

/// Why it is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "SuggestionKind")]
#[schema(as = SuggestionKind)]
pub enum Why {
    /// Several have it.
    CommonStrength,
    /// Somebody wants what somebody else has.
    Complement,
    /// Several want it, and nobody has it.
    CommonGap,
    /// Several name it as a challenge.
    CommonChallenge,
    /// A library that is like the one that asks, or has what it lacks.
    Sparring,
}

impl Why {
    fn word(self) -> &'static str {
        match self {
            Why::CommonStrength => "why.common_strength",
            Why::Complement => "why.complement",
            Why::CommonGap => "why.common_gap",
            Why::CommonChallenge => "why.common_challenge",
            Why::Sparring => "why.sparring",
        }
    }
}

/// Which suggestions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[graphql(name = "CooperationSuggestionFilter")]
pub struct SuggestionFilter {
    pub kind: Option<Why>,
    /// That this library has a part in; sparring partners are looked for from its side. The caller's own where it is left
    /// out, for sparring partners alone.
    pub tenant_id: Option<TenantId>,
}

/// Something that it may be sensible to do together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CooperationSuggestion {
    pub kind: Why,
    /// What it is about: one concept; of a sparring partner those that the two have, want or can learn, at most 20.
    pub concepts: Vec<ConceptRef>,
    /// The libraries that have a part in it, by short name.
    pub tenants: Vec<TenantRef>,
    /// Those of them that have it; of a sparring partner, those that can teach the other something.
    pub have: Vec<TenantId>,
    /// Those of them that want it; of a sparring partner, those that can learn from the other.
    pub want: Vec<TenantId>,
    /// Those of them that name it as a challenge.
    pub challenged: Vec<TenantId>,
    pub score: i64,
    /// Why, in words.
    pub reason: Label,
}

impl Versioned for CooperationSuggestion {}

/// Members by short name.
type Who<'f> = BTreeMap<&'f str, &'f Arc<Member>>;

/// What stands about one concept.
struct About<'f> {
    concept: &'f Arc<Concept>,
    have: Who<'f>,
    want: Who<'f>,
    challenged: Who<'f>,
}

impl<'f> About<'f> {
    fn of(concept: &'f Arc<Concept>) -> Self {
        Self { concept, have: Who::new(), want: Who::new(), challenged: Who::new() }
    }
}

/// A challenge that a member names, and a concept that it is about.
pub struct Challenge {
    pub tenant: TenantId,
    pub concept: Arc<Concept>,
}

/// A suggestion, with its place in the order of all.
pub struct Placed {
    pub key: String,
    pub suggestion: CooperationSuggestion,
}

/// All of them, the highest score first.
pub fn suggest(
    facts: &Facts,
    challenges: &[Challenge],
    filter: &SuggestionFilter,
    me: TenantId,
    languages: &Languages,
) -> Vec<Placed> {
    let about = gather(facts, challenges);
    let mut found: Vec<Placed> = about.values().flat_map(|about| of_concept(about, languages)).collect();
    found.extend(sparring(&about, facts, filter.tenant_id.unwrap_or(me), languages));
    found.retain(|placed| {
        filter.kind.is_none_or(|kind| placed.suggestion.kind == kind)
            && filter.tenant_id.is_none_or(|id| placed.suggestion.tenants.iter().any(|t| t.id == id))
    });
    found.sort_by(|a, b| a.key.cmp(&b.key));
    found
}

fn gather<'f>(facts: &'f Facts, challenges: &'f [Challenge]) -> BTreeMap<&'f str, About<'f>> {
    let mut all: BTreeMap<&str, About> = BTreeMap::new();
    for entry in &facts.entries {
        let Some(concept) = &entry.concept else { continue };
        let about = all.entry(&concept.notation).or_insert_with(|| About::of(concept));
        let who = if entry.stance == Stance::Have { &mut about.have } else { &mut about.want };
        who.insert(&entry.tenant.slug, &entry.tenant);
    }
    for challenge in challenges {
        let Some((slug, member)) = facts.members.iter().find(|(_, m)| m.id == challenge.tenant) else {
            continue;
        };
        let about = all.entry(&challenge.concept.notation).or_insert_with(|| About::of(&challenge.concept));
        about.challenged.insert(slug, member);
    }
    all
}

fn of_concept(about: &About, languages: &Languages) -> Vec<Placed> {
    let (have, want, challenged) = (about.have.len(), about.want.len(), about.challenged.len());
    let none = Who::new();
    // Who wants it and can learn it from somebody else.
    let learners: Who = about
        .want
        .iter()
        .filter(|(slug, _)| about.have.keys().any(|holder| holder != *slug))
        .map(|(slug, member)| (*slug, *member))
        .collect();
    let mut found = Vec::new();
    let mut add = |why, score: usize, have: &Who, want: &Who, challenged: &Who| {
        found.push(place(why, count(score), &[about.concept], have, want, challenged, languages));
    };
    if have >= 2 {
        add(Why::CommonStrength, have, &about.have, &none, &none);
    }
    if !learners.is_empty() {
        add(Why::Complement, 2 * learners.len(), &about.have, &learners, &none);
    }
    if have == 0 && want >= 2 {
        add(Why::CommonGap, want, &none, &about.want, &none);
    }
    if challenged >= 2 {
        add(Why::CommonChallenge, challenged, &about.have, &none, &about.challenged);
    }
    found
}

/// Each other member from one's side: what both have or want, and what either can learn from the other.
fn sparring(
    about: &BTreeMap<&str, About>,
    facts: &Facts,
    one: TenantId,
    languages: &Languages,
) -> Vec<Placed> {
    let Some(me) = facts.members.values().find(|member| member.id == one) else { return Vec::new() };
    let mut found = Vec::new();
    for other in facts.members.values().filter(|member| member.id != one) {
        let (mut alike, mut i_learn, mut they_learn) = (Vec::new(), Vec::new(), Vec::new());
        for about in about.values() {
            let has = |who: &Who, member: &Member| who.contains_key(member.slug.as_str());
            let both = |who: &Who| has(who, me) && has(who, other);
            if both(&about.have) || both(&about.want) || both(&about.challenged) {
                alike.push(about.concept);
            }
            if has(&about.want, me) && has(&about.have, other) {
                i_learn.push(about.concept);
            }
            if has(&about.want, other) && has(&about.have, me) {
                they_learn.push(about.concept);
            }
        }
        let score = alike.len() + 2 * (i_learn.len() + they_learn.len());
        if score == 0 {
            continue;
        }
        let named: Vec<&Arc<Concept>> = i_learn.iter().chain(&they_learn).chain(&alike).copied().collect();
        let mut teach = if_so(!i_learn.is_empty(), other);
        teach.extend(if_so(!they_learn.is_empty(), me));
        let mut learn = if_so(!they_learn.is_empty(), other);
        learn.extend(if_so(!i_learn.is_empty(), me));
        let mut placed = place(Why::Sparring, count(score), &named, &teach, &learn, &Who::new(), languages);
        placed.key = format!("{} {}", placed.key, other.slug);
        let numbers = [count(alike.len()), count(i_learn.len()), count(they_learn.len())];
        placed.suggestion.reason = reason(Why::Sparring, numbers, languages);
        placed.suggestion.tenants = pair(me, other, languages);
        found.push(placed);
    }
    found
}

fn if_so(so: bool, member: &Arc<Member>) -> Who<'_> {
    if so { Who::from([(member.slug.as_str(), member)]) } else { Who::new() }
}

fn pair(one: &Member, other: &Member, languages: &Languages) -> Vec<TenantRef> {
    let mut both = vec![one.named(languages), other.named(languages)];
    both.sort_by(|a, b| a.slug.cmp(&b.slug));
    both
}

fn place(
    why: Why,
    score: i64,
    concepts: &[&Arc<Concept>],
    have: &Who,
    want: &Who,
    challenged: &Who,
    languages: &Languages,
) -> Placed {
    let involved: Who =
        [have, want, challenged].into_iter().flatten().map(|(slug, member)| (*slug, *member)).collect();
    let ids = |who: &Who| who.values().map(|member| member.id).collect();
    let mut met = BTreeSet::new();
    let named = concepts.iter().filter(|concept| met.insert(concept.notation.clone())).take(MOST_CONCEPTS);
    let named: Vec<ConceptRef> = named.map(|concept| concept.named(languages)).collect();
    let first = named.first().map(|concept| concept.notation.clone()).unwrap_or_default();
    let numbers = [count(have.len()), count(want.len()), count(challenged.len())];
    Placed {
        // Texts in the order of falling scores; a score is far below a hundred thousand.
        key: format!("{:06} {why:?} {first}", 100_000 - score.min(100_000)),
        suggestion: CooperationSuggestion {
            kind: why,
            concepts: named,
            tenants: involved.values().map(|member| member.named(languages)).collect(),
            have: ids(have),
            want: ids(want),
            challenged: ids(challenged),
            score,
            reason: reason(why, numbers, languages),
        },
    }
}

fn reason(why: Why, numbers: [i64; 3], languages: &Languages) -> Label {
    let mut label = words::word(why.word(), languages);
    for (name, number) in ["{1}", "{2}", "{3}"].into_iter().zip(numbers) {
        label.text = label.text.replace(name, &number.to_string());
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::facts::made_up::Maker;

    fn told(maker: &Maker, filter: &SuggestionFilter, me: &str) -> Vec<(Why, i64, String, usize)> {
        let me = maker.facts.members[me].id;
        let all = suggest(&maker.facts, &[], filter, me, &Languages::accept(None));
        all.into_iter()
            .map(|placed| {
                let s = placed.suggestion;
                (s.kind, s.score, s.concepts[0].notation.clone(), s.tenants.len())
            })
            .collect()
    }

    #[test]
    fn each_suggestion_is_by_who_gains() {
        let maker = Maker::new(&["a", "b", "c"])
            .has("a", &["c:1", "c:2"])
            .has("b", &["c:1"])
            .wants("b", &["c:2"])
            .wants("c", &["c:2", "c:9"])
            .wants("a", &["c:9"]);
        let all = told(&maker, &SuggestionFilter::default(), "a");
        let expected = [
            (Why::Complement, 4, "c:2".to_owned(), 3),
            (Why::Sparring, 3, "c:2".to_owned(), 2),
            (Why::Sparring, 3, "c:2".to_owned(), 2),
            (Why::CommonGap, 2, "c:9".to_owned(), 2),
            (Why::CommonStrength, 2, "c:1".to_owned(), 2),
        ];
        assert_eq!(all, expected);
        let of_c = SuggestionFilter { tenant_id: Some(maker.facts.members["c"].id), kind: None };
        assert_eq!(
            told(&maker, &of_c, "a").iter().map(|t| t.0).collect::<Vec<_>>(),
            [Why::Complement, Why::Sparring, Why::CommonGap, Why::Sparring]
        );
    }

    #[test]
    fn nobody_learns_from_itself_and_a_challenge_takes_two() {
        let maker = Maker::new(&["a", "b"]).has("a", &["c:1"]).wants("a", &["c:1"]);
        assert!(told(&maker, &SuggestionFilter::default(), "a").is_empty());
        let concept = maker.facts.entries[0].concept.clone().unwrap();
        let named = |slug: &str| Challenge { tenant: maker.facts.members[slug].id, concept: concept.clone() };
        let filter = SuggestionFilter { kind: Some(Why::CommonChallenge), tenant_id: None };
        let me = maker.facts.members["a"].id;
        let languages = Languages::accept(Some("nb"));
        assert!(suggest(&maker.facts, &[named("a")], &filter, me, &languages).is_empty());
        let both = suggest(&maker.facts, &[named("a"), named("b")], &filter, me, &languages);
        assert_eq!((both.len(), both[0].suggestion.challenged.len()), (1, 2));
        assert!(!both[0].suggestion.reason.text.contains('{'), "{:?}", both[0].suggestion.reason);
    }
}
