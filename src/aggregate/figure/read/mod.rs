//! Reads what a cube counts: one snapshot, with the names of all places in the reader's language.

mod activities;
mod agreements;
mod commitments;
mod funding;
mod names;
mod priorities;
mod projects;
mod statements;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    CubeDimension, CubeName,
    fact::{Fact, Spot},
    model::CubeCell,
    tally::{self, Only},
};
use crate::{
    aggregate::{Completeness, Over, facts},
    error::Result,
    id::TenantId,
    tenancy::{AggregateTx, Extent},
    text::Languages,
};
use names::Names;

/// What is read, and by what.
pub struct Asked<'a> {
    pub extent: &'a Extent,
    pub cube: CubeName,
    /// Whether regions are asked by.
    pub regions: bool,
    pub as_of: NaiveDate,
    pub languages: &'a Languages,
}

/// The facts of a cube.
pub struct Gathered {
    cube: CubeName,
    pub over: Over,
    as_of: NaiveDate,
    /// The active members, of the node all libraries, each where it stands on the dimensions of libraries.
    members: BTreeMap<TenantId, BTreeMap<CubeDimension, Vec<Arc<Spot>>>>,
    facts: Vec<Fact>,
}

/// Reads them. 404 when a consortium is none of the caller's.
pub async fn read(tx: &AggregateTx, asked: &Asked<'_>) -> Result<Gathered> {
    let (ground, concepts) = facts::ground(tx, asked.extent).await?;
    let mut names = Names::new(asked, concepts, ground.members.values().cloned());
    let facts = match asked.cube {
        CubeName::Statements => statements::read(tx, asked, &mut names).await?,
        CubeName::Projects => projects::read(tx, asked, &mut names).await?,
        CubeName::Commitments => commitments::read(tx, asked, &mut names).await?,
        CubeName::Activities => activities::read(tx, asked, &mut names).await?,
        CubeName::Priorities => priorities::read(tx, asked, &mut names).await?,
        CubeName::Funding => funding::read(tx, asked, &mut names).await?,
        CubeName::Agreements => agreements::read(tx, asked, &mut names).await?,
    };
    let ids: Vec<TenantId> = ground.members.values().map(|member| member.id).collect();
    names.know(tx, ids.iter().copied()).await?;
    Ok(Gathered {
        cube: asked.cube,
        over: ground.over,
        as_of: asked.as_of,
        members: ids.into_iter().map(|id| (id, names.library(id))).collect(),
        facts,
    })
}

impl Gathered {
    pub fn cells(&self, by: &[CubeDimension], only: &Only, most: usize) -> Result<Vec<CubeCell>> {
        tally::cells(&self.facts, self.cube.measures(), by, only, most)
    }

    /// Before any filter but those on libraries: how many could report, and how many do.
    pub fn completeness(&self, only: &Only, languages: &Languages) -> Completeness {
        use CubeDimension::{Country, Kind, Region, Tenant};
        let of_libraries = only.iter().filter(|(of, _)| [Kind, Country, Region, Tenant].contains(of));
        let of_libraries: Only = of_libraries.map(|(of, codes)| (*of, codes.clone())).collect();
        let expected = self.members.iter().filter(|(_, spots)| tally::counted(spots, &of_libraries));
        let expected: BTreeSet<TenantId> = expected.map(|(id, _)| *id).collect();
        let reporting: BTreeSet<TenantId> =
            self.facts.iter().filter_map(|fact| fact.by).filter(|by| expected.contains(by)).collect();
        Completeness {
            consortium_ids: self.over.consortia(),
            expected: facts::count(expected.len()),
            reporting: facts::count(reporting.len()),
            as_of: self.as_of,
            definition: self.over.definition(&format!("about.{}", self.cube.word()), languages),
            source: self.over.source("source.figures", languages),
            licence: self.over.licence(languages),
        }
    }
}
