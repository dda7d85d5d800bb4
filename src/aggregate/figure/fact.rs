//! What is counted: a thing, where it stands on each dimension, and what it brings to each measure.

use std::{collections::BTreeMap, sync::Arc};

use uuid::Uuid;

use super::CubeDimension;
use crate::{aggregate::Label, id::TenantId};

/// A place on a dimension.
#[derive(Debug, PartialEq)]
pub struct Spot {
    /// None: what has no code, and comes last.
    pub code: Option<String>,
    pub id: Option<String>,
    pub label: Label,
}

/// What is brought to a measure: so much, once for each of these.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// What it belongs to: brought by several facts it is counted once.
    pub of: Uuid,
    pub number: i64,
}

impl Amount {
    pub fn one(of: Uuid) -> Self {
        Self { of, number: 1 }
    }

    /// One if so.
    pub fn if_so(of: Uuid, so: bool) -> Self {
        Self { of, number: so.into() }
    }
}

/// One thing that is counted.
#[derive(Debug, Default)]
pub struct Fact {
    /// The library that it is told by, where there is one.
    pub by: Option<TenantId>,
    /// One place at least on each dimension of its cube.
    pub spots: BTreeMap<CubeDimension, Vec<Arc<Spot>>>,
    /// In the order of its cube's measures.
    pub amounts: Vec<Amount>,
}
