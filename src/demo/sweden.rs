//! Two county libraries of south-eastern Sweden: mandate, reasons, what they build on and what they need, joint
//! projects, and the rounds in which they chose their priorities.

use serde::Deserialize;

use super::{
    Group,
    data::{self, Items, Period, Said, together, words},
    part::{Loader, Plan, first, library, on},
    rounds::Round,
};
use crate::{
    competence::{NewStatement, Stance},
    error::Result,
    id::{ConsortiumId, TenantId},
    project::{NewProject, ProjectState},
    registry::{
        consortium::{MandateInput, NewConsortium},
        tenant::TenantKind,
    },
    tenancy::Visibility,
    text::Lang,
};

const FILE: &str = include_str!("data/sweden-sydost.json");

const SLUG: &str = "se-sydost";
/// The competence area of the pre-studies that is the university libraries' and not these two libraries' own.
const OF_UNIVERSITIES: &str = "c:university-library-needs";

/// The register's ids of the file's regions.
fn region(id: &str) -> &str {
    match id {
        "se-kalmar" => "se-08",
        "se-kronoberg" => "se-07",
        "se-blekinge" => "se-10",
        other => other,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    tenants: Vec<Library>,
    mandate: Mandate,
    reasons: Items,
    larsamverkan: Larsamverkan,
    pre_studies: PreStudies,
    biss: Biss,
    priority_rounds: Vec<Round>,
    vision: Vision,
}

#[derive(Deserialize)]
struct Library {
    id: String,
    name: String,
    regions: Vec<String>,
}

#[derive(Deserialize)]
struct Mandate {
    heading: Said,
    areas: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Larsamverkan {
    name: Said,
    period: Period,
    funders: Vec<Said>,
    funders_heading: Said,
    purpose: Said,
    purpose_areas: Vec<Said>,
}

#[derive(Deserialize)]
struct PreStudies {
    title: Said,
    question: Said,
    studies: Vec<Study>,
    conclusions: Conclusions,
}

#[derive(Deserialize)]
struct Study {
    year: i32,
    regions: Vec<String>,
    text: Said,
}

#[derive(Deserialize)]
struct Conclusions {
    part2_basis: Vec<Said>,
    #[serde(rename = "part3_competenceAreas")]
    part3: Areas,
}

#[derive(Deserialize)]
struct Areas {
    areas: Vec<Said>,
}

#[derive(Deserialize)]
struct Biss {
    name: Said,
    background: Vec<Said>,
    start: Start,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    open_question: Said,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vision {
    short_term: Vec<Said>,
    long_term: Vec<Said>,
}

pub async fn load(loader: &mut Loader<'_, '_>) -> Result<Group> {
    let file: File = data::read(FILE)?;
    let mut members = Vec::new();
    for tenant in &file.tenants {
        let regions: Vec<&str> = tenant.regions.iter().map(|id| region(id)).collect();
        let name = words(&[(Lang::Sv, &tenant.name)]);
        let input = library(&tenant.id, TenantKind::CountyLibrary, "SE", name, &regions);
        members.push(loader.tenant(input).await?);
    }
    let coordinator = first(&members)?;
    let consortium = loader.consortium(consortium(&file, coordinator)).await?;
    for (_, member) in &members {
        loader.member(consortium, coordinator, *member).await?;
    }
    for (slug, id) in &members {
        competences(loader, &file, slug, *id).await?;
        let text = together(&file.vision.long_term.iter().collect::<Vec<_>>());
        loader
            .statement(*id, NewStatement { text, staff: None, visibility: Some(Visibility::Consortium) })
            .await?;
    }
    projects(loader, &file, consortium, &members).await?;
    loader.rounds(coordinator, consortium, &file.priority_rounds).await?;
    Ok(Group { consortium, slug: SLUG.into(), name: file.biss.name.text, members })
}

fn consortium(file: &File, coordinator: TenantId) -> NewConsortium {
    let law = file.biss.background.iter().find(|said| said.text.starts_with("Bibliotekslagen"));
    let questions = [&file.pre_studies.question, &file.biss.start.open_question];
    NewConsortium {
        slug: SLUG.into(),
        name: file.biss.name.texts(),
        coordinator_id: coordinator,
        mandate: Some(MandateInput {
            given_by: file.mandate.heading.text.clone(),
            // «Från våren 2006»: 21 is spring.
            given_on: Some("2006-21".into()),
            areas: file.mandate.areas.iter().map(|said| said.text.clone()).collect(),
            legal_basis: law.map(|said| said.text.clone()),
        }),
        reasons: file.reasons.items.iter().map(Said::texts).collect(),
        open_questions: questions.into_iter().map(Said::texts).collect(),
        k: None,
    }
}

/// What the pre-studies say that there is to build on, and which competences will be needed.
async fn competences(loader: &mut Loader<'_, '_>, file: &File, slug: &str, id: TenantId) -> Result<()> {
    let has = file.pre_studies.conclusions.part2_basis.iter().map(|said| (Stance::Have, said));
    let wants = file.pre_studies.conclusions.part3.areas.iter().map(|said| (Stance::Want, said));
    for (stance, said) in has.chain(wants) {
        for concept in said.concept_ids().into_iter().filter(|id| *id != data::concept(OF_UNIVERSITIES)) {
            let part = format!("{stance:?} {concept} of {slug}");
            loader.entry(id, &part, on(concept, stance, said)).await?;
        }
    }
    Ok(())
}

async fn projects(
    loader: &mut Loader<'_, '_>,
    file: &File,
    consortium: ConsortiumId,
    members: &[(String, TenantId)],
) -> Result<()> {
    let [(_, kalmar), (_, sydost)] = members else { return Ok(()) };
    let project = |title, purpose, concept_ids, starts: Option<String>, ends: Option<String>| NewProject {
        title,
        purpose: Some(purpose),
        consortium_id: Some(consortium),
        concept_ids,
        starts,
        ends,
        visibility: Visibility::Consortium,
    };
    let completed = |reason: &str| {
        use ProjectState::*;
        let reason = Some(reason.to_owned());
        vec![(Planned, None), (Applied, reason), (Active, None), (Evaluating, None), (Completed, None)]
    };

    let joint = &file.larsamverkan;
    let purposes: Vec<&Said> = std::iter::once(&joint.purpose).chain(&joint.purpose_areas).collect();
    let funders: Vec<&str> = joint.funders.iter().map(|said| said.text.as_str()).collect();
    let plan = Plan {
        part: "project Lärsamverkan",
        start: project(
            joint.name.texts(),
            together(&purposes),
            purposes.iter().flat_map(|said| said.concept_ids()).collect(),
            Some(joint.period.from.clone()),
            Some(joint.period.to.clone()),
        ),
        way: completed(&format!("{}: {}", joint.funders_heading.text, funders.join(", "))),
    };
    loader.project(*kalmar, &[*sydost], plan).await?;

    for (part, study) in ["pre-study 2008", "pre-study 2009"].into_iter().zip(&file.pre_studies.studies) {
        // Of the library whose region it was made for; Kronoberg's and Kalmar's is both libraries'.
        let of_kalmar = study.regions.iter().any(|id| id == "se-kalmar");
        let (lead, partners) = if of_kalmar { (*kalmar, vec![*sydost]) } else { (*sydost, vec![]) };
        let year = Some(study.year.to_string());
        let title = file.pre_studies.title.texts().into_iter().map(|mut title| {
            title.text = format!("{} ({})", title.text, study.year);
            title
        });
        let plan = Plan {
            part,
            start: project(
                title.collect(),
                file.pre_studies.question.texts(),
                file.pre_studies.title.concept_ids(),
                year.clone(),
                year,
            ),
            way: completed(&study.text.text),
        };
        loader.project(lead, &partners, plan).await?;
    }

    // What the vision has for the short term is agreed on by nobody yet: an idea.
    let soon: Vec<&Said> = file.vision.short_term.iter().collect();
    let plan = Plan {
        part: "project of the vision",
        start: project(
            words(&[(Lang::Sv, "Ökad digital delaktighet"), (Lang::En, "Increased digital participation")]),
            together(&soon),
            soon.iter().flat_map(|said| said.concept_ids()).collect(),
            None,
            None,
        ),
        way: Vec::new(),
    };
    loader.project(*kalmar, &[*sydost], plan).await
}
