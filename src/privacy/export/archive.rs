//! The archive's own bytes: made, signed, and read again.

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Archive;
use crate::{
    auth::{
        Keys,
        keys::{self, Signed},
    },
    error::{Code, Error, Result},
    id::TenantId,
};

const FORMAT: &str = "samvirke-archive/1";

/// A row as a line has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    table: String,
    row: Map<String, Value>,
}

/// A library, and each of its rows with the table that it is of.
pub type Content = (TenantId, Vec<(String, Map<String, Value>)>);

pub fn seal(
    keys: &Keys,
    node: &str,
    tenant: TenantId,
    at: DateTime<Utc>,
    rows: Vec<(&'static str, Map<String, Value>)>,
) -> Result<Archive> {
    let mut text = String::new();
    let many = i64::try_from(rows.len()).map_err(Error::internal)?;
    for (table, row) in rows {
        let line = Line { table: table.to_owned(), row };
        text.push_str(&serde_json::to_string(&line).map_err(Error::internal)?);
        text.push('\n');
    }
    let mut archive = Archive {
        format: FORMAT.to_owned(),
        node: node.to_owned(),
        tenant_id: tenant,
        exported_at: at,
        rows: many,
        digest: digest_of(&text),
        text,
        key_id: String::new(),
        signature: String::new(),
    };
    (archive.key_id, archive.signature) = keys.sign(signed(&archive).as_bytes())?;
    Ok(archive)
}

/// Whose signature is believed.
pub enum Trust<'t> {
    /// This node's own keys.
    Own(&'t Keys),
    /// The keys of another node, as it publishes them.
    Published(&'t Value),
    /// Whoever brings it answers for it.
    Nobody,
}

/// What stands in an archive, when it is whole and signed by whom it should be.
pub fn open(archive: &Archive, trust: &Trust<'_>) -> Result<Content> {
    let bad = |why: &str| Error::new(Code::MalformedRequest).with("reason", why);
    if archive.format != FORMAT {
        return Err(bad("another format than samvirke-archive/1"));
    }
    if digest_of(&archive.text) != archive.digest {
        return Err(bad("the text is not what was exported"));
    }
    let message = signed(archive);
    let (kid, signature) = (archive.key_id.as_str(), archive.signature.as_str());
    let good = match trust {
        Trust::Own(keys) => keys.signed(kid, message.as_bytes(), signature) == Signed::Good,
        Trust::Published(jwks) => keys::signed_by(jwks, kid, message.as_bytes(), signature),
        Trust::Nobody => true,
    };
    if !good {
        return Err(bad("not signed by the node that is trusted"));
    }
    let mut rows = Vec::new();
    for (n, line) in archive.text.lines().enumerate() {
        let line: Line = serde_json::from_str(line).map_err(|e| bad(&format!("line {}: {e}", n + 1)))?;
        rows.push((line.table, line.row));
    }
    if i64::try_from(rows.len()) != Ok(archive.rows) {
        return Err(bad("another number of rows than it says"));
    }
    Ok((archive.tenant_id, rows))
}

fn digest_of(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signed(archive: &Archive) -> String {
    let Archive { node, tenant_id, digest, .. } = archive;
    format!("samvirke archive 1\n{node}\n{tenant_id}\n{}\n{digest}", archive.exported_at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::when;

    #[test]
    fn an_archive_is_taken_whole_and_signed_or_not_at_all() {
        let keys = Keys::fresh().unwrap();
        let row = |n: i64| ("tenant", Map::from_iter([("n".to_owned(), Value::from(n))]));
        let tenant = TenantId::new();
        let good = seal(&keys, "https://node.test", tenant, when::now(), vec![row(1), row(2)]).unwrap();
        let (whose, rows) = open(&good, &Trust::Own(&keys)).unwrap();
        assert_eq!((whose, rows.len()), (tenant, 2));
        assert!(open(&good, &Trust::Published(&keys.jwks(when::now()))).is_ok());
        let other = Keys::fresh().unwrap();
        assert!(
            open(&good, &Trust::Own(&other)).is_err()
                && open(&good, &Trust::Published(&other.jwks(when::now()))).is_err()
        );
        type Spoil = fn(&mut Archive);
        let spoils: [Spoil; 7] = [
            |a| a.text = a.text.replace('1', "3"),
            |a| a.tenant_id = TenantId::new(),
            |a| a.node = "https://other.test".into(),
            |a| a.exported_at += chrono::Duration::seconds(1),
            |a| a.format = "samvirke-archive/2".into(),
            |a| a.signature = a.signature.replace(['A', 'b', 'Q', 'w'], "x"),
            |a| {
                a.text = a.text.lines().next().map(|line| format!("{line}\n")).unwrap_or_default();
                a.digest = digest_of(&a.text);
            },
        ];
        for (n, spoil) in spoils.iter().enumerate() {
            let mut archive = good.clone();
            spoil(&mut archive);
            assert!(open(&archive, &Trust::Own(&keys)).is_err(), "{n}");
        }
        // Without a signature it must be whole still.
        let mut cut = good.clone();
        cut.text = cut.text.replace('2', "4");
        assert!(open(&cut, &Trust::Nobody).is_err());
        cut.digest = digest_of(&cut.text);
        assert!(open(&cut, &Trust::Nobody).is_ok());
        cut.rows = 1;
        assert!(open(&cut, &Trust::Nobody).is_err());
    }
}
