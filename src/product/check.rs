//! What a product may say, and what it may name.

use super::{Model, ProductLink, ProductMarketing};
use crate::{
    competence::is_https,
    error::{Code, Error, Result, Violations},
    id::{ConsortiumId, ProductId, ProjectId},
    product::Entity,
    project,
    tenancy::{SeatRole, TenantTx, Turn, Visibility},
};

const LONGEST: usize = 200;
const LONGEST_SUMMARY: usize = 4_000;
const LONGEST_TEXT: usize = 1_000;
const LONGEST_LICENCE: usize = 100;
const LONGEST_LINK: usize = 2_000;
const MOST: usize = 20;
/// Libraries that are named with one product, or were.
pub const MOST_CREDITS: usize = 50;

/// A product as it would become.
pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("title", &row.title, LONGEST);
    violations.text_if("summary", row.summary.as_deref(), LONGEST_SUMMARY);
    few("links", row.links.0.len(), &mut violations);
    for (n, link) in row.links.0.iter().take(MOST).enumerate() {
        self::link(&format!("links/{n}"), link, &mut violations);
    }
    few("marketing", row.marketing.0.len(), &mut violations);
    for (n, marketing) in row.marketing.0.iter().take(MOST).enumerate() {
        self::marketing(&format!("marketing/{n}"), marketing, &mut violations);
    }
    violations.done()
}

/// Who sees a product that is shared in a consortium is said by that. An archive brings none along.
pub fn shared(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    if row.visibility == Visibility::Consortium && row.consortium_id.is_none() {
        violations.add("consortiumId", "consortium_required");
    }
    violations.done()
}

fn few(path: &str, many: usize, violations: &mut Violations) {
    if many > MOST {
        violations.add_with(path, "too_many", &[("max", &MOST.to_string())]);
    }
}

fn link(path: &str, link: &ProductLink, violations: &mut Violations) {
    url(&format!("{path}/url"), &link.url, violations);
    violations.text_if(&format!("{path}/title"), link.title.as_deref(), LONGEST);
    violations.text_if(&format!("{path}/licence"), link.licence.as_deref(), LONGEST_LICENCE);
}

fn marketing(path: &str, marketing: &ProductMarketing, violations: &mut Violations) {
    violations.text(&format!("{path}/channel"), &marketing.channel, LONGEST);
    violations.text_if(&format!("{path}/text"), marketing.text.as_deref(), LONGEST_TEXT);
    if let Some(link) = &marketing.link {
        url(&format!("{path}/link"), link, violations);
    }
    violations.edtf(&format!("{path}/starts"), marketing.starts.as_deref());
}

fn url(path: &str, url: &str, violations: &mut Violations) {
    if violations.text(path, url, LONGEST_LINK) && !is_https(url) {
        violations.add(path, "url");
    }
}

/// What it names must be there.
pub async fn known(
    tx: &TenantTx,
    consortium: Option<ConsortiumId>,
    project: Option<ProjectId>,
) -> Result<()> {
    let mut violations = Violations::default();
    if let Some(consortium) = consortium {
        match tx.seat_as(consortium, &[SeatRole::Coordinator, SeatRole::Member]).await {
            Err(error) if error.code == Code::NotFound => {
                violations.add("consortiumId", "unknown_consortium")
            }
            other => other?,
        }
    }
    if let Some(project) = project
        && !project::service::leads(tx, project).await?
    {
        violations.add("projectId", "own_project");
    }
    violations.done()
}

/// Who names somebody, takes a name away or removes the product goes alone.
pub async fn turn(tx: &TenantTx, id: ProductId) -> Result<()> {
    // What is hidden waits for nobody: how long an answer takes would tell that it is there.
    tx.get::<Entity>(id.0).await?;
    tx.lock(&format!("product {id}"), Turn::Alone).await
}

/// What only the library that keeps it may do, with a product that the caller sees.
pub fn own(tx: &TenantTx, row: &Model) -> Result<()> {
    if row.tenant_id == tx.me() { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}
