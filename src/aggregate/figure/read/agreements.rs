//! A fact is a library that is a party of an agreement: the agreement that it brings is counted once, whoever is a party.
//!
//! What it says, its days among it, is what its text says now. What an earlier text said is kept nowhere, so of a day before the present
//! one was signed by all it is not told.

use std::collections::HashMap;

use chrono::{DateTime, Days, Utc};

use super::{Asked, Names};
use crate::{
    aggregate::figure::{
        CubeDimension,
        fact::{Amount, Fact},
    },
    agreement::{self, AgreementState, signature, wording},
    error::Result,
    id::{AgreementId, RowId, TenantId},
    tenancy::AggregateTx,
    when,
};

/// What ends within so many days is about to.
const SOON: Days = Days::new(90);

pub async fn read(tx: &AggregateTx, asked: &Asked<'_>, names: &mut Names<'_>) -> Result<Vec<Fact>> {
    let rows = tx.shared::<agreement::Entity>(asked.extent)?.all().await?;
    let texts = tx.shared::<wording::Entity>(asked.extent)?.all().await?;
    let texts: HashMap<AgreementId, wording::Model> =
        texts.into_iter().map(|text| (text.agreement_id, text)).collect();
    let signatures = tx.shared::<signature::Entity>(asked.extent)?.all().await?;
    let mut since: HashMap<(AgreementId, i64), DateTime<Utc>> = HashMap::new();
    for row in &signatures {
        let last = since.entry((row.agreement_id, row.text_version)).or_insert(row.at);
        *last = row.at.max(*last);
    }
    let signed: HashMap<(AgreementId, TenantId, i64), RowId> = signatures
        .into_iter()
        .filter(|row| asked.there(row.at))
        .map(|row| ((row.agreement_id, row.tenant_id, row.text_version), row.id))
        .collect();
    names.know(tx, texts.values().flat_map(|text| text.parties.libraries())).await?;
    let mut facts = Vec::new();
    for row in rows {
        let Some(text) = texts.get(&row.id) else { continue };
        if since.get(&(row.id, text.text_version)).is_some_and(|since| !asked.there(*since)) {
            continue;
        }
        let (first, last) = (text.first(), text.last());
        let Some(state) = asked.state::<agreement::Entity, AgreementState>(&row) else { continue };
        let state = state.on(asked.as_of, last);
        let in_force = state == AgreementState::InForce && first.is_some_and(|first| first <= asked.as_of);
        let soon = asked.as_of.checked_add_days(SOON);
        let expiring = in_force && last.zip(soon).is_some_and(|(last, soon)| last <= soon);
        let external = text.parties.0.iter().any(|party| party.tenant_id.is_none());
        for party in text.parties.libraries() {
            let mut spots = names.library(party);
            // Brought from another node, where that library is.
            if spots.is_empty() {
                continue;
            }
            spots.extend(names.period(when::span(&text.first_day)));
            spots.insert(CubeDimension::State, names.value(CubeDimension::State, state));
            let external = if external { "yes" } else { "no" };
            spots.insert(CubeDimension::External, names.word(CubeDimension::External, external));
            let of = row.id.0;
            let signature = signed.get(&(row.id, party, text.text_version));
            let amounts = vec![
                Amount::one(of),
                Amount::one(party.0),
                Amount::if_so(of, in_force),
                Amount::if_so(of, expiring),
                signature.map_or(Amount::if_so(party.0, false), |signature| Amount::one(signature.0)),
            ];
            facts.push(Fact { by: Some(party), spots, amounts });
        }
    }
    Ok(facts)
}
