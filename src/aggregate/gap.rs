//! What a project calls for, what those who take part in it have of that, and who else has the rest.

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
use crate::{competence::Stance, id::ProjectId, id::TenantId, text::Languages};

/// So many who are not in the project are told of each concept, the best ones; how many there are is told too.
pub const MOST_ELSEWHERE: usize = 20;

/// What a project calls for beside what those who take part have, in what the caller may see of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ProjectGap {
    pub project_id: ProjectId,
    /// What the project is about, in its own order.
    pub concepts: Vec<ProjectGapConcept>,
    /// How many of them nobody has who takes part.
    pub missing: i64,
    /// How it is found.
    pub definition: Label,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ProjectGapConcept {
    pub concept: ConceptRef,
    pub state: GapState,
    /// Who takes part and has it, the highest level first.
    pub present: Vec<ProjectGapHolder>,
    /// Who takes part and wants it, by short name: who could be trained.
    pub wanted: Vec<TenantRef>,
    /// Who does not take part and has it, the highest level first, at most 20: who could be asked.
    pub elsewhere: Vec<ProjectGapHolder>,
    /// How many those are.
    pub elsewhere_total: i64,
}

/// Where it is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ProjectGapState")]
#[schema(as = ProjectGapState)]
pub enum GapState {
    /// Somebody who takes part has it.
    Present,
    /// Others have it, and nobody who takes part.
    Elsewhere,
    /// Nobody is seen to have it.
    Nowhere,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ProjectGapHolder {
    pub tenant: TenantRef,
    /// 1 basic, 2 working, 3 strong, 4 leading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
}

/// Somebody's entry on one of the project's concepts.
pub struct Said {
    pub concept: crate::id::ConceptId,
    pub member: Arc<Member>,
    pub stance: Stance,
    pub level: Option<i64>,
}

pub fn gap(
    project: ProjectId,
    concepts: &[Arc<Concept>],
    said: &[Said],
    part: &BTreeSet<TenantId>,
    languages: &Languages,
) -> ProjectGap {
    let one = |concept: &Arc<Concept>| {
        let about = |stance: Stance| {
            said.iter().filter(move |said| said.concept == concept.id && said.stance == stance)
        };
        // A library that has it twice, for two occasions, has it at the higher level.
        let mut having: BTreeMap<TenantId, (&Arc<Member>, Option<i64>)> = BTreeMap::new();
        for said in about(Stance::Have) {
            let (_, level) = having.entry(said.member.id).or_insert((&said.member, said.level));
            *level = (*level).max(said.level);
        }
        let mut having: Vec<(&Arc<Member>, Option<i64>)> = having.into_values().collect();
        having.sort_by_key(|(member, level)| (-level.unwrap_or(0), member.slug.clone()));
        let (present, elsewhere): (Vec<_>, Vec<_>) =
            having.into_iter().partition(|(member, _)| part.contains(&member.id));
        let wanting: BTreeMap<&str, &Arc<Member>> = about(Stance::Want)
            .filter(|said| part.contains(&said.member.id))
            .map(|said| (said.member.slug.as_str(), &said.member))
            .collect();
        let holder = |(member, level): &(&Arc<Member>, Option<i64>)| ProjectGapHolder {
            tenant: member.named(languages),
            level: *level,
        };
        ProjectGapConcept {
            concept: concept.named(languages),
            state: match (present.is_empty(), elsewhere.is_empty()) {
                (false, _) => GapState::Present,
                (true, false) => GapState::Elsewhere,
                (true, true) => GapState::Nowhere,
            },
            present: present.iter().map(holder).collect(),
            wanted: wanting.into_values().map(|member| member.named(languages)).collect(),
            elsewhere_total: count(elsewhere.len()),
            elsewhere: elsewhere.iter().take(MOST_ELSEWHERE).map(holder).collect(),
        }
    };
    let concepts: Vec<ProjectGapConcept> = concepts.iter().map(one).collect();
    ProjectGap {
        project_id: project,
        missing: count(concepts.iter().filter(|one| one.state != GapState::Present).count()),
        concepts,
        definition: words::word("about.gap", languages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::ConceptId,
        registry::tenant::TenantKind,
        text::{Lang, Text},
    };

    fn member(slug: &str) -> Arc<Member> {
        Arc::new(Member {
            id: TenantId::new(),
            slug: slug.to_owned(),
            names: Text::of(Lang::Nb, slug),
            kind: TenantKind::CountyLibrary,
            country: "NO".to_owned(),
        })
    }

    #[test]
    fn what_is_called_for_is_present_elsewhere_or_nowhere() {
        let [a, b, c, d] = ["aa", "bb", "cc", "dd"].map(member);
        let concept = |notation: &str| {
            let labels = Text::of(Lang::Nb, notation);
            Arc::new(Concept { id: ConceptId::new(), notation: notation.to_owned(), labels, theme: None })
        };
        let concepts = ["c:one", "c:two", "c:three"].map(concept);
        let said = |n: usize, member: &Arc<Member>, stance, level| Said {
            concept: concepts[n].id,
            member: member.clone(),
            stance,
            level,
        };
        let all = [
            said(0, &b, Stance::Have, Some(1)),
            said(0, &a, Stance::Have, None),
            said(0, &a, Stance::Have, Some(2)),
            said(0, &c, Stance::Have, Some(4)),
            said(1, &a, Stance::Want, None),
            said(1, &d, Stance::Want, None),
            said(1, &c, Stance::Have, Some(3)),
            said(1, &d, Stance::Have, Some(4)),
        ];
        let part = BTreeSet::from([a.id, b.id]);
        let gap = gap(ProjectId::new(), &concepts, &all, &part, &Languages::accept(None));
        assert_eq!(gap.missing, 2);
        let told: Vec<_> = gap
            .concepts
            .iter()
            .map(|one| {
                let who = |list: &[ProjectGapHolder]| {
                    list.iter().map(|one| (one.tenant.slug.clone(), one.level)).collect::<Vec<_>>()
                };
                let wanted: Vec<_> = one.wanted.iter().map(|one| one.slug.clone()).collect();
                (one.state, who(&one.present), wanted, who(&one.elsewhere), one.elsewhere_total)
            })
            .collect();
        let at = |slug: &str, level| (slug.to_owned(), level);
        assert_eq!(
            told,
            [
                (
                    GapState::Present,
                    vec![at("aa", Some(2)), at("bb", Some(1))],
                    vec![],
                    vec![at("cc", Some(4))],
                    1
                ),
                (
                    GapState::Elsewhere,
                    vec![],
                    vec!["aa".to_owned()],
                    vec![at("dd", Some(4)), at("cc", Some(3))],
                    2
                ),
                (GapState::Nowhere, vec![], vec![], vec![], 0),
            ]
        );
    }
}
