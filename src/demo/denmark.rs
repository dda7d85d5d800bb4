//! Danish libraries: the meetings on libraries as learning spaces, and the project Ud af boksen.

use serde::Deserialize;

use super::{
    Group,
    data::{self, Items, Period, Said, together, words},
    part::{Loader, Plan, first, library},
};
use crate::{
    error::Result,
    project::{NewProject, ProjectState},
    registry::{consortium::NewConsortium, tenant::TenantKind},
    tenancy::Visibility,
    text::Lang,
};

const FILE: &str = include_str!("data/denmark-laeringsrum.json");

const SLUG: &str = "dk-laeringsrum";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    laeringsrum: Meetings,
    ud_af_boksen: Project,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meetings {
    title: Said,
    meeting: Meeting,
    competence_clarification: Clarification,
    project_presentation_questions: Vec<Said>,
    walk_and_talk_questions: Vec<Said>,
    partnerships: Partnerships,
}

#[derive(Deserialize)]
struct Meeting {
    venue: Said,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Clarification {
    group_work: Questions,
}

#[derive(Deserialize)]
struct Questions {
    questions: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Partnerships {
    benefits: Items,
    group_questions: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project {
    titles: Vec<Said>,
    subtitle: Said,
    period: Period,
    background: Vec<Said>,
    project_partners: Vec<Said>,
    funder: Said,
    rationale: Said,
}

pub async fn load(loader: &mut Loader<'_, '_>) -> Result<Group> {
    use TenantKind::*;
    let file: File = data::read(FILE)?;
    let named = |said: &Said| words(&[(Lang::Da, &said.text)]);
    let meetings = &file.laeringsrum;
    let host = &meetings.meeting.venue;
    // Two of the Danish central libraries, whose meetings these are.
    let mut members =
        vec![loader.tenant(library("dk-gentofte", CountyLibrary, "DK", named(host), &["dk-84"])).await?];
    let mut partners = Vec::new();
    for partner in &file.ud_af_boksen.project_partners {
        let (slug, kind, region) = match partner.text.as_str() {
            "Roskilde Bibliotekerne" => ("dk-roskilde", CountyLibrary, "dk-85"),
            "Roskilde Universitet" => ("dk-ruc", UniversityLibrary, "dk-85"),
            _ => ("dk-aarhus", PublicLibrary, "dk-82"),
        };
        let made = loader.tenant(library(slug, kind, "DK", named(partner), &[region])).await?;
        if slug == "dk-roskilde" {
            members.push(made.clone());
        }
        partners.push(made.1);
    }
    let coordinator = first(&members)?;
    let questions = meetings
        .project_presentation_questions
        .iter()
        .chain(&meetings.walk_and_talk_questions)
        .chain(&meetings.competence_clarification.group_work.questions)
        .chain(&meetings.partnerships.group_questions);
    let consortium = NewConsortium {
        slug: SLUG.into(),
        name: meetings.title.texts(),
        coordinator_id: coordinator,
        mandate: None,
        reasons: meetings.partnerships.benefits.items.iter().map(Said::texts).collect(),
        open_questions: questions.map(Said::texts).collect(),
        k: None,
    };
    let consortium = loader.consortium(consortium).await?;
    for (_, member) in &members {
        loader.member(consortium, coordinator, *member).await?;
    }
    if let Some((lead, others)) = partners.split_first() {
        loader.project(*lead, others, out_of_the_box(&file.ud_af_boksen)).await?;
    }
    Ok(Group { consortium, slug: SLUG.into(), name: meetings.title.text.clone(), members })
}

/// A project of libraries in no common consortium; its documents are public, and so is it.
fn out_of_the_box(file: &Project) -> Plan {
    use ProjectState::*;
    let purpose: Vec<&Said> = file.background.iter().chain([&file.rationale]).collect();
    let mut concepts = Vec::new();
    for said in file.titles.iter().chain([&file.subtitle, &file.rationale]) {
        for concept in said.concept_ids() {
            if !concepts.contains(&concept) {
                concepts.push(concept);
            }
        }
    }
    let title = file.titles.first().map(Said::texts).unwrap_or_default();
    Plan {
        part: "project Ud af boksen",
        start: NewProject {
            title,
            purpose: Some(together(&purpose)),
            consortium_id: None,
            concept_ids: concepts,
            starts: Some(file.period.from.clone()),
            ends: Some(file.period.to.clone()),
            visibility: Visibility::Public,
        },
        way: vec![
            (Planned, None),
            (Applied, Some(file.funder.text.clone())),
            (Active, None),
            (Evaluating, None),
            (Completed, None),
        ],
    }
}
