//! Four county libraries of Norway: each pastes its own list.

use serde::Deserialize;

use super::{
    Group,
    data::{self, Items, Said, words},
    part::{Loader, first, library},
};
use crate::{
    competence::{Stance, paste},
    error::{Error, Result},
    registry::{consortium::NewConsortium, tenant::TenantKind},
    tenancy::Visibility,
    text::Lang,
};

const FILE: &str = include_str!("data/norway-four-counties.json");

/// The counties of today, by the file's ids.
const REGIONS: [(&str, &str); 4] =
    [("no-akershus", "no-32"), ("no-vestfold", "no-39"), ("no-ostfold", "no-31"), ("no-buskerud", "no-33")];

#[derive(Deserialize)]
struct File {
    consortium: Head,
    tenants: Vec<Library>,
    challenges: Items,
    ambitions: Items,
}

#[derive(Deserialize)]
struct Head {
    id: String,
}

#[derive(Deserialize)]
struct Library {
    id: String,
    name: String,
    kind: String,
    strengths: Vec<Said>,
}

pub async fn load(loader: &mut Loader<'_, '_>) -> Result<Group> {
    let file: File = data::read(FILE)?;
    let mut members = Vec::new();
    for tenant in &file.tenants {
        let region = REGIONS.iter().find(|(id, _)| *id == tenant.id).map(|(_, region)| *region);
        let region = region.ok_or_else(|| Error::internal(format!("no region for {}", tenant.id)))?;
        let name = words(&[(Lang::Nb, &format!("{} {}", tenant.name, tenant.kind))]);
        let input = library(&tenant.id, TenantKind::CountyLibrary, "NO", name, &[region]);
        members.push(loader.tenant(input).await?);
    }
    let coordinator = first(&members)?;
    // What is asked as a question; the other challenges are no questions.
    let questions = file.challenges.items.iter().filter(|said| said.text.contains('?'));
    let consortium = NewConsortium {
        slug: file.consortium.id.clone(),
        name: words(&[(Lang::Nb, "Fire fylkesbibliotek"), (Lang::En, "Four county libraries")]),
        coordinator_id: coordinator,
        mandate: None,
        reasons: file.ambitions.items.iter().map(Said::texts).collect(),
        open_questions: questions.map(Said::texts).collect(),
        k: None,
    };
    let consortium = loader.consortium(consortium).await?;
    for (_, member) in &members {
        loader.member(consortium, coordinator, *member).await?;
    }
    for (tenant, (slug, id)) in file.tenants.iter().zip(&members) {
        let lines: Vec<&str> = tenant.strengths.iter().map(|said| said.text.as_str()).collect();
        let list = paste::Paste {
            text: lines.join("\n"),
            language: Lang::Nb,
            stance: Stance::Have,
            visibility: Some(Visibility::Consortium),
            level: None,
            mode: paste::PasteMode::AllOrNothing,
            unmapped: paste::UnmappedWords::Keep,
            dry_run: false,
        };
        loader.list(*id, &format!("strengths of {slug}"), list).await?;
    }
    Ok(Group { consortium, slug: file.consortium.id, name: "Fire fylkesbibliotek".into(), members })
}
