//! What is signed: SHA-256 of the agreement's text as canonical JSON (RFC 8785). Anybody can make it from an answer: the members
//! `title`, `purpose`, `groundRules`, `firstDay`, `lastDay` and `parties` of the agreement, of each party `tenantId`, `name`,
//! `contributions` and `needs`, without those that are absent, and nothing else; names of members in order, no space between, UTF-8.

use aws_lc_rs::digest;
use serde::Serialize;

use super::wording::Model;
use crate::{
    error::{Error, Result},
    id::TenantId,
};

// Members in the order of their names: that is what is canonical about it. Strings are escaped by serde_json as RFC 8785 wants.

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'t> {
    first_day: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground_rules: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<&'t str>,
    parties: Vec<Party<'t>>,
    purpose: &'t str,
    title: &'t str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Party<'t> {
    #[serde(skip_serializing_if = "Option::is_none")]
    contributions: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<TenantId>,
}

fn canonical(row: &Model) -> Result<Vec<u8>> {
    let parties = row.parties.0.iter().map(|party| Party {
        contributions: party.contributions.as_deref(),
        name: party.name.as_deref(),
        needs: party.needs.as_deref(),
        tenant_id: party.tenant_id,
    });
    let text = Canonical {
        first_day: &row.first_day,
        ground_rules: row.ground_rules.as_deref(),
        last_day: row.last_day.as_deref(),
        parties: parties.collect(),
        purpose: &row.purpose,
        title: &row.title,
    };
    serde_json::to_vec(&text).map_err(Error::internal)
}

/// In lower-case hexadecimal.
pub fn of(row: &Model) -> Result<String> {
    let digest = digest::digest(&digest::SHA256, &canonical(row)?);
    Ok(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agreement::{AgreementPartyInput, wording::Parties},
        id::AgreementId,
    };

    #[test]
    fn the_canonical_text_is_the_one_of_rfc_8785() {
        let party = AgreementPartyInput {
            tenant_id: None,
            organisation_id: None,
            name: Some("Høgskolen \"Øst\"\u{1}\u{20ac}".into()),
            contributions: Some("a\nb\\".into()),
            needs: None,
        };
        let mut row = Model {
            tenant_id: TenantId::NODE,
            agreement_id: AgreementId::new(),
            title: "Å dele".into(),
            lang: "nb".into(),
            purpose: "p/q".into(),
            ground_rules: None,
            first_day: "2026-01-01".into(),
            last_day: None,
            parties: Parties(vec![party]),
            digest: String::new(),
            text_version: 1,
        };
        let text = String::from_utf8(canonical(&row).unwrap()).unwrap();
        let expected = "{\"firstDay\":\"2026-01-01\",\"parties\":[{\"contributions\":\"a\\nb\\\\\",\
            \"name\":\"Høgskolen \\\"Øst\\\"\\u0001€\"}],\"purpose\":\"p/q\",\"title\":\"Å dele\"}";
        assert_eq!(text, expected);
        let before = of(&row).unwrap();
        assert_eq!(before.len(), 64);
        row.lang = "nn".into();
        assert_eq!(of(&row).unwrap(), before);
        row.ground_rules = Some("Vi svarer innen en uke".into());
        assert_ne!(of(&row).unwrap(), before);
    }
}
