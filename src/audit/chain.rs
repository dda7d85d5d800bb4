//! How records are linked.
//!
//! Each entry carries its place, the hash of the entry before and its own, which covers all of it; the account, the request
//! and the purpose by way of a salted hash, so that they can be erased and the chain stays whole.
//!
//! Linked in the write's own transaction, and not by a step that comes after it: between the two somebody could alter what is
//! not linked yet. What it costs: writers of one tenant take turns from here to the end of their commit, on PostgreSQL by an
//! advisory lock. It is the last lock that a write takes and there is one of it, so nobody waits for it in a circle; it is
//! held for a look, two inserts and the commit, and writers of other tenants do not meet it. SQLite has one writer anyhow.

use std::fmt::Write;

use aws_lc_rs::{digest, rand};
use chrono::{DateTime, Utc};

use super::{Deed, Model};
use crate::{
    auth::Caller,
    error::{Error, Result},
    id::{RowId, TenantId},
};

/// What the first entry of a chain comes after: of the tenant, so that no chain passes for another's.
pub fn root(tenant: TenantId) -> String {
    Canon::new("samvirke audit chain 1").bytes(tenant.0.as_bytes()).hash()
}

/// The entries of one write, in order, after the last one of the chain.
pub fn link(caller: &Caller, last: Option<Model>, done: Vec<Deed>, at: DateTime<Utc>) -> Result<Vec<Model>> {
    let tenant_id = caller.tenant();
    let (mut seq, mut previous) = last.map_or_else(|| (0, root(tenant_id)), |last| (last.seq, last.hash));
    let mut rows = Vec::with_capacity(done.len());
    for deed in done {
        seq += 1;
        let mut row = Model {
            tenant_id,
            id: RowId::new(),
            seq,
            previous,
            hash: String::new(),
            action: deed.action,
            subject_kind: deed.subject_kind.to_owned(),
            subject_id: deed.subject_id,
            owner_id: deed.owner_id,
            version: deed.version,
            ground: deed.ground.to_owned(),
            at,
            payload_hash: String::new(),
            salt: Some(salt()?),
            principal: Some(caller.principal().to_owned()),
            request_id: Some(caller.request_id().to_owned()),
            purpose: caller.purpose().map(str::to_owned),
        };
        seal(&mut row);
        previous = row.hash.clone();
        rows.push(row);
    }
    Ok(rows)
}

/// The entries of what was done to a library's rows by nobody of its own, after the last one of its chain: they have
/// nothing to erase.
pub fn follow(tenant_id: TenantId, last: Option<Model>, done: Vec<Deed>, at: DateTime<Utc>) -> Vec<Model> {
    let (mut seq, mut previous) = last.map_or_else(|| (0, root(tenant_id)), |last| (last.seq, last.hash));
    let mut rows = Vec::with_capacity(done.len());
    for deed in done {
        seq += 1;
        let mut row = Model {
            tenant_id,
            id: RowId::new(),
            seq,
            previous,
            hash: String::new(),
            action: deed.action,
            subject_kind: deed.subject_kind.to_owned(),
            subject_id: deed.subject_id,
            owner_id: deed.owner_id,
            version: deed.version,
            ground: deed.ground.to_owned(),
            at,
            payload_hash: String::new(),
            salt: None,
            principal: None,
            request_id: None,
            purpose: None,
        };
        seal(&mut row);
        previous = row.hash.clone();
        rows.push(row);
    }
    rows
}

/// Whose turn it is to write into a chain; see above.
pub fn turn(tenant: TenantId) -> String {
    format!("audit {tenant}")
}

/// What a chain ends with when its library has left.
const END: &str = "tenant.removed";

/// The entry after which none comes: nobody's, so it has nothing to erase.
pub fn end(tenant_id: TenantId, last: Option<Model>, at: DateTime<Utc>) -> Model {
    let (seq, previous) = last.map_or_else(|| (0, root(tenant_id)), |last| (last.seq, last.hash));
    let mut row = Model {
        tenant_id,
        id: RowId::new(),
        seq: seq + 1,
        previous,
        hash: String::new(),
        action: END.to_owned(),
        subject_kind: "tenant".to_owned(),
        subject_id: tenant_id.0,
        owner_id: tenant_id.0,
        version: 1,
        ground: "erasure".to_owned(),
        at,
        payload_hash: String::new(),
        salt: None,
        principal: None,
        request_id: None,
        purpose: None,
    };
    seal(&mut row);
    row
}

pub fn is_end(row: &Model) -> bool {
    row.action == END
}

/// Writes an entry's own hashes.
pub fn seal(row: &mut Model) {
    row.payload_hash = payload_hash(row);
    row.hash = hash(row);
}

/// What an entry's own hash must be.
pub fn hash(row: &Model) -> String {
    Canon::new("samvirke audit entry 1")
        .bytes(row.tenant_id.0.as_bytes())
        .number(row.seq)
        .text(&row.previous)
        .bytes(row.id.0.as_bytes())
        .text(&row.action)
        .text(&row.subject_kind)
        .bytes(row.subject_id.as_bytes())
        .bytes(row.owner_id.as_bytes())
        .number(row.version)
        .text(&row.ground)
        .number(row.at.timestamp_micros())
        .text(&row.payload_hash)
        .hash()
}

/// What the hash of an entry's erasable part must be, while that is there.
pub fn payload_hash(row: &Model) -> String {
    Canon::new("samvirke audit payload 1")
        .maybe(row.salt.as_deref())
        .maybe(row.principal.as_deref())
        .maybe(row.request_id.as_deref())
        .maybe(row.purpose.as_deref())
        .hash()
}

/// True when the erasable part is gone, all of it.
pub fn erased(row: &Model) -> bool {
    row.salt.is_none() && row.principal.is_none() && row.request_id.is_none() && row.purpose.is_none()
}

fn salt() -> Result<String> {
    let mut bytes = [0u8; 16];
    rand::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The one way to write values down for a hash: every part with its length before it, so that no two lists of parts are the
/// same bytes.
struct Canon(Vec<u8>);

impl Canon {
    fn new(what: &str) -> Self {
        Self(Vec::with_capacity(512)).text(what)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    fn number(self, number: i64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// Nothing is not the empty text.
    fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    fn hash(self) -> String {
        hex(digest::digest(&digest::SHA256, &self.0).as_ref())
    }
}
