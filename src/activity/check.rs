//! What an activity may say, and what it may name.

use super::{Model, evaluation::Worth};
use crate::{
    competence::is_https,
    concept::known,
    error::{Result, Violations},
    id::{ConceptId, ConsortiumId},
    tenancy::TenantTx,
};

const LONGEST: usize = 200;
const LONGEST_DESCRIPTION: usize = 4_000;
const LONGEST_REMARK: usize = 2_000;
const LONGEST_LINK: usize = 2_000;
const MOST_CONCEPTS: usize = 20;
const MOST_SEATS: i64 = 10_000;
pub const MOST_PLACES: i64 = 1_000;
const MOST_COST: i64 = 1_000_000_000_000;

/// An activity as it would become.
pub fn row(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("title", &row.title, LONGEST);
    violations.text_if("description", row.description.as_deref(), LONGEST_DESCRIPTION);
    violations.text_if("place", row.place.as_deref(), LONGEST);
    violations.edtf("held", row.held.as_deref());
    if let Some(link) = &row.link
        && violations.text("link", link, LONGEST_LINK)
        && !is_https(link)
    {
        violations.add("link", "url");
    }
    let concepts = &row.concepts.0;
    if concepts.len() > MOST_CONCEPTS {
        violations.add_with("conceptIds", "too_many", &[("max", &MOST_CONCEPTS.to_string())]);
    }
    for (n, concept) in concepts.iter().enumerate() {
        if concepts.iter().take(n).any(|before| before == concept) {
            violations.add(&format!("conceptIds/{n}"), "duplicate");
        }
    }
    violations.between("seats", row.seats, 1, MOST_SEATS);
    violations.between("mostPlaces", row.most_places, 1, MOST_PLACES);
    violations.between("cost/amount", row.cost_amount, 0, MOST_COST);
    if row.cost_currency.as_deref().is_some_and(|code| !is_currency(code)) {
        violations.add("cost/currency", "currency");
    }
    violations.done()
}

/// The form of an ISO 4217 code; the list of them changes more often than this service.
fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

pub fn worth(input: &Worth) -> Result<()> {
    let mut violations = Violations::default();
    violations.between("score", Some(input.score), 1, 5);
    violations.text_if("remark", input.remark.as_deref(), LONGEST_REMARK);
    if input.remark.is_some() && input.language.is_none() {
        violations.add("language", "required");
    }
    violations.done()
}

/// What it names must be there.
pub async fn known(tx: &TenantTx, concepts: &[ConceptId], consortium: Option<ConsortiumId>) -> Result<()> {
    let mut violations = Violations::default();
    let named: Vec<_> = concepts.iter().enumerate().map(|(n, id)| (format!("conceptIds/{n}"), *id)).collect();
    known::check(tx, &named, &mut violations).await?;
    if let Some(consortium) = consortium
        && tx.seat(consortium).await.is_err()
    {
        violations.add("consortiumId", "unknown_consortium");
    }
    violations.done()
}
