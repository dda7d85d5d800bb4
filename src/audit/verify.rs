//! Reads a chain from its first entry on and names the first bad one.
//!
//! By itself a chain tells of entries that were altered, taken out, put in or moved. It cannot tell of a chain that was cut
//! off at its end, or written anew from some entry on, by somebody who has the whole database: for that there are
//! checkpoints, kept where he does not reach.

use std::fmt;

use super::{AuditCheckpoint, Model, chain};
use crate::{
    auth::{Keys, keys::Signed},
    id::TenantId,
};

/// What verification cannot find without a checkpoint.
pub const BLIND: &str = "entries cut off at the end, a chain written anew from some entry on, a database put back from a \
    backup, another chain shown to another reader";

/// The first bad entry, or the checkpoint that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The entry's place.
    pub seq: i64,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Another entry stands where this one should.
    Missing { found: i64 },
    /// It does not follow from the entry before it.
    Unlinked,
    /// It is not what was hashed.
    Altered,
    /// The account, the request or the purpose is not what was hashed.
    PayloadAltered,
    /// A checkpoint signed another entry here.
    NotAsSigned { checkpoint: String },
    /// A checkpoint signed this entry, and the chain ends before it.
    CutOff { checkpoint: String, end: i64 },
    /// The checkpoint is of another chain, or not signed with a key of the node.
    BadCheckpoint { checkpoint: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match &self.what {
            What::Missing { found } => write!(f, "entry {seq} is missing: {found} stands in its place"),
            What::Unlinked => write!(f, "entry {seq} does not follow from the entry before it"),
            What::Altered => write!(f, "entry {seq} was altered"),
            What::PayloadAltered => {
                write!(f, "entry {seq}: its account, request or purpose was altered")
            }
            What::NotAsSigned { checkpoint } => {
                write!(f, "entry {seq} is not the one that was signed: {checkpoint}")
            }
            What::CutOff { checkpoint, end } => {
                write!(f, "entry {seq} was signed and is not there, the chain ends at {end}: {checkpoint}")
            }
            What::BadCheckpoint { checkpoint } => {
                write!(
                    f,
                    "the checkpoint is not one of this chain, signed with a key of this node: {checkpoint}"
                )
            }
        }
    }
}

/// A chain being read.
pub struct Verifier {
    seq: i64,
    last: String,
    marks: Vec<(String, AuditCheckpoint)>,
    fault: Option<Fault>,
}

impl Verifier {
    /// `marks` are checkpoints, each with a name to tell it by.
    pub fn new(tenant: TenantId, keys: &Keys, marks: Vec<(String, AuditCheckpoint)>) -> Self {
        let bad = marks.iter().find(|(_, mark)| mark.tenant_id != tenant || mark.signed(keys) == Signed::No);
        let fault = bad.map(|(name, mark)| Fault {
            seq: mark.sequence,
            what: What::BadCheckpoint { checkpoint: name.clone() },
        });
        let mut this = Self { seq: 0, last: chain::root(tenant), marks, fault };
        this.hold_against_marks();
        this
    }

    /// The place of the last entry that was read.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    pub fn failed(&self) -> bool {
        self.fault.is_some()
    }

    /// Reads the next entry.
    pub fn read(&mut self, row: &Model) {
        let seq = self.seq + 1;
        let found = if row.seq != seq {
            Some(What::Missing { found: row.seq })
        } else if row.previous != self.last {
            Some(What::Unlinked)
        } else if row.hash != chain::hash(row) {
            Some(What::Altered)
        } else if !chain::erased(row) && row.payload_hash != chain::payload_hash(row) {
            Some(What::PayloadAltered)
        } else {
            None
        };
        self.seq = seq;
        self.last.clone_from(&row.hash);
        if let Some(what) = found {
            self.fault.get_or_insert(Fault { seq, what });
        }
        self.hold_against_marks();
    }

    fn hold_against_marks(&mut self) {
        let other = self.marks.iter().find(|(_, mark)| mark.sequence == self.seq && mark.hash != self.last);
        if let Some((name, _)) = other {
            let what = What::NotAsSigned { checkpoint: name.clone() };
            self.fault.get_or_insert(Fault { seq: self.seq, what });
        }
    }

    /// After the last entry.
    pub fn finish(self) -> Result<(), Fault> {
        let beyond = self.marks.iter().find(|(_, mark)| mark.sequence > self.seq);
        let cut_off = beyond.map(|(name, mark)| Fault {
            seq: mark.sequence,
            what: What::CutOff { checkpoint: name.clone(), end: self.seq },
        });
        self.fault.or(cut_off).map_or(Ok(()), Err)
    }
}
