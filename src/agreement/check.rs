//! What an agreement may say, whom it may name, and who does what with it.

use sea_orm::ColumnTrait;

use super::{
    AgreementPartyInput, AgreementReason, AgreementState, Entity, Model, digest, signature, wording,
};
use crate::{
    auth::policy::{Action, Resource},
    error::{Code, Error, Result, Violations},
    id::{AgreementId, ConsortiumId, OrganisationId},
    registry::{organisation, tenant},
    tenancy::{SeatRole, TenantTx, Turn, Visibility},
};

const LONGEST: usize = 200;
const LONGEST_PURPOSE: usize = 4_000;
const LONGEST_RULES: usize = 8_000;
const LONGEST_PART: usize = 2_000;
const LONGEST_REASON: usize = 2_000;
pub const MOST_PARTIES: usize = 50;

/// A text as it would become.
pub fn text(row: &wording::Model) -> Result<()> {
    let mut violations = Violations::default();
    violations.text("title", &row.title, LONGEST);
    violations.text("purpose", &row.purpose, LONGEST_PURPOSE);
    violations.text_if("groundRules", row.ground_rules.as_deref(), LONGEST_RULES);
    days(row, &mut violations);
    if row.parties.0.len() > MOST_PARTIES {
        violations.add_with("parties", "too_many", &[("max", &MOST_PARTIES.to_string())]);
    }
    if !row.parties.libraries().any(|party| party == row.tenant_id) {
        violations.add("parties", "own_party");
    } else if row.parties.0.len() < 2 {
        violations.add("parties", "another_party");
    }
    for (n, party) in row.parties.0.iter().take(MOST_PARTIES).enumerate() {
        self::party(&format!("parties/{n}"), party, &mut violations);
        let before = row.parties.0.iter().take(n);
        if party.tenant_id.is_some() && before.into_iter().any(|other| other.tenant_id == party.tenant_id) {
            violations.add(&format!("parties/{n}/tenantId"), "duplicate");
        }
    }
    violations.done()
}

/// A text that an archive brings: as if it were written here, and with the digest that it would get.
pub fn brought(row: &wording::Model) -> Result<()> {
    text(row)?;
    is_digest(digest::of(row)? == row.digest)
}

/// A signature that an archive brings.
pub fn signed(row: &signature::Model) -> Result<()> {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    is_digest(row.digest.len() == 64 && row.digest.bytes().all(hex))
}

fn is_digest(so: bool) -> Result<()> {
    let mut violations = Violations::default();
    if !so {
        violations.add("digest", "stale_digest");
    }
    violations.done()
}

fn days(row: &wording::Model, violations: &mut Violations) {
    violations.edtf("firstDay", Some(&row.first_day));
    violations.edtf("lastDay", row.last_day.as_deref());
    if row.first().is_none() {
        violations.add("firstDay", "required");
    }
    if row.last_day.is_some() && row.last() < row.first() {
        violations.add("lastDay", "ends_before_start");
    }
}

fn party(at: &str, party: &AgreementPartyInput, violations: &mut Violations) {
    match (party.tenant_id, party.organisation_id, &party.name) {
        (None, None, None) => violations.add(&format!("{at}/name"), "required"),
        (Some(_), None, None) | (None, _, _) => {}
        (Some(_), _, _) => violations.add(&format!("{at}/name"), "library_only"),
    }
    violations.text_if(&format!("{at}/name"), party.name.as_deref(), LONGEST);
    violations.text_if(&format!("{at}/contributions"), party.contributions.as_deref(), LONGEST_PART);
    violations.text_if(&format!("{at}/needs"), party.needs.as_deref(), LONGEST_PART);
}

/// Who sees an agreement that is shared in a consortium is said by that. An archive brings none along.
pub fn shared(row: &Model) -> Result<()> {
    let mut violations = Violations::default();
    if row.visibility == Visibility::Consortium && row.consortium_id.is_none() {
        violations.add("consortiumId", "consortium_required");
    }
    violations.done()
}

/// Why a party declines or terminates; the latter is not done without a word.
pub fn reason(input: &AgreementReason, needed: bool) -> Result<()> {
    let mut violations = Violations::default();
    violations.text_if("reason", input.reason.as_deref(), LONGEST_REASON);
    if needed && input.reason.is_none() {
        violations.add("reason", "required");
    }
    if input.reason.is_some() && input.language.is_none() {
        violations.add("language", "required");
    }
    violations.done()
}

/// What it names must be there: `anew` is the consortium where it is another one than before.
pub async fn known(
    tx: &TenantTx,
    anew: Option<ConsortiumId>,
    within: Option<ConsortiumId>,
    parties: &mut [AgreementPartyInput],
) -> Result<()> {
    let mut violations = Violations::default();
    if let Some(consortium) = anew {
        match tx.seat_as(consortium, &[SeatRole::Coordinator, SeatRole::Member]).await {
            Err(error) if error.code == Code::NotFound => {
                violations.add("consortiumId", "unknown_consortium")
            }
            other => other?,
        }
    }
    for (n, party) in parties.iter_mut().enumerate() {
        if let Some(id) = party.tenant_id
            && id != tx.me()
            && !tenant::service::is_here(tx, id).await?
        {
            violations.add(&format!("parties/{n}/tenantId"), "unknown_tenant");
        }
        if let Some(id) = party.organisation_id {
            match organisation(tx, id, within).await? {
                // The text says its name: an organisation is called otherwise some day.
                Some(row) => party.name = party.name.take().or(Some(row.name)),
                None => violations.add(&format!("parties/{n}/organisationId"), "unknown_organisation"),
            }
        }
    }
    violations.done()
}

async fn organisation(
    tx: &TenantTx,
    id: OrganisationId,
    within: Option<ConsortiumId>,
) -> Result<Option<organisation::Model>> {
    use organisation::{Column, Entity};
    let Some(consortium) = within else { return Ok(None) };
    let find = tx.find::<Entity>()?.filter(Column::Id.eq(id)).filter(Column::ConsortiumId.eq(consortium));
    find.one().await
}

/// Who changes it, signs it or does away with it goes alone.
pub async fn turn(tx: &TenantTx, id: AgreementId) -> Result<()> {
    // What is hidden waits for nobody: how long an answer takes would tell that it is there.
    tx.get::<Entity>(id.0).await?;
    tx.lock(&format!("agreement {id}"), Turn::Alone).await
}

/// What only the library that writes it may do, with an agreement that the caller sees.
pub fn own(tx: &TenantTx, row: &Model) -> Result<()> {
    if row.tenant_id == tx.me() { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}

/// What only a library that is a party may do.
pub fn is_party(tx: &TenantTx, text: &wording::Model) -> Result<()> {
    let party = text.parties.libraries().any(|party| party == tx.me());
    if party { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}

/// What opens an agreement to others, or binds the library, is the editor's.
pub fn binds(tx: &TenantTx) -> Result<()> {
    let may = tx.caller().may(Action::Create, Resource::Signature);
    if may { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}

/// Refuses a step that is not a legal one.
pub fn step(from: AgreementState, to: AgreementState) -> Result<()> {
    use AgreementState::*;
    let next: &[AgreementState] = match from {
        Draft | Declined => &[Proposed],
        Proposed => &[InForce, Declined],
        InForce => &[Terminated],
        Ended | Terminated => &[],
    };
    if next.contains(&to) {
        return Ok(());
    }
    let allowed: Vec<_> = next.iter().map(|state| state.word()).collect();
    let allowed = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
    Err(Error::new(Code::IllegalTransition)
        .with("from", from.word())
        .with("to", to.word())
        .with("allowed", allowed))
}
