//! Reads what a cube counts: one snapshot, with the names of all places in the reader's language.
//!
//! Of a day that is over it counts what was there and shared at its end, and is so still, in the state in which it was then. All else
//! that is said of it (what it is about, when it is held, who leads it) is as it is said now.

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

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ActiveEnum;

use super::{
    CubeDimension, CubeName,
    fact::{Fact, Spot},
    model::CubeCell,
    tally::{self, Only},
};
use crate::{
    aggregate::{Completeness, Over, facts, service::today, words},
    error::Result,
    id::TenantId,
    tenancy::{AggregateTx, Extent, Standing, TenantRows},
    text::Languages,
    when::over,
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

impl Asked<'_> {
    /// The first moment after the day that is asked about, where that is over.
    fn moment(&self) -> Option<DateTime<Utc>> {
        (self.as_of < today()).then(|| over(self.as_of))
    }

    /// How a row stood at the end of that day. None: it was not there, or was not shared there.
    fn stood<E: TenantRows>(&self, row: &E::Model) -> Option<Standing> {
        let lasts = E::lasts(row)?;
        match self.moment() {
            // It was asked for by the rule of now.
            None => lasts.now,
            Some(moment) => lasts.before(moment).filter(|then| then.shared_in(self.extent)).cloned(),
        }
    }

    /// As [`Asked::stood`], its state alone.
    fn state<E: TenantRows, S: ActiveEnum<Value = String>>(&self, row: &E::Model) -> Option<S> {
        S::try_from_value(&self.stood::<E>(row)?.state).ok()
    }

    /// Was what has been there since a time there at the end of that day?
    fn there(&self, since: DateTime<Utc>) -> bool {
        self.moment().is_none_or(|moment| since < moment)
    }
}

/// The facts of a cube.
pub struct Gathered {
    cube: CubeName,
    pub over: Over,
    as_of: NaiveDate,
    /// The active members, of the node all libraries, each where it stands on the dimensions of libraries.
    members: BTreeMap<TenantId, BTreeMap<CubeDimension, Vec<Arc<Spot>>>>,
    facts: Vec<Fact>,
    /// Those of the members that stand in several regions because theirs was divided.
    in_parts: BTreeSet<TenantId>,
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
        in_parts: ids.iter().copied().filter(|id| names.in_parts(*id)).collect(),
        members: ids.into_iter().map(|id| (id, names.library(id))).collect(),
        facts,
    })
}

impl Gathered {
    pub fn cells(&self, by: &[CubeDimension], only: &Only, most: usize) -> Result<Vec<CubeCell>> {
        tally::cells(&self.facts, self.cube.measures(), by, only, most)
    }

    /// Before any filter but those on libraries: how many could report, and how many do.
    pub fn completeness(&self, by: &[CubeDimension], only: &Only, languages: &Languages) -> Completeness {
        use CubeDimension::{Country, Kind, Region, Tenant};
        let of_libraries = only.iter().filter(|(of, _)| [Kind, Country, Region, Tenant].contains(of));
        let of_libraries: Only = of_libraries.map(|(of, codes)| (*of, codes.clone())).collect();
        let expected = self.members.iter().filter(|(_, spots)| tally::counted(spots, &of_libraries));
        let expected: BTreeSet<TenantId> = expected.map(|(id, _)| *id).collect();
        let reporting: BTreeSet<TenantId> =
            self.facts.iter().filter_map(|fact| fact.by).filter(|by| expected.contains(by)).collect();
        let mut definition = self.over.definition(&format!("about.{}", self.cube.word()), languages);
        if self.as_of < today() {
            definition.text = format!("{} {}", definition.text, words::word("about.then", languages).text);
        }
        let by_region = by.contains(&Region) || only.contains_key(&Region);
        let in_parts = self.in_parts.iter().filter(|id| by_region && expected.contains(id)).count();
        Completeness {
            consortium_ids: self.over.consortia(),
            expected: facts::count(expected.len()),
            reporting: facts::count(reporting.len()),
            in_parts: 0,
            as_of: self.as_of,
            definition,
            source: self.over.source("source.figures", languages),
            licence: self.over.licence(languages),
        }
        .with_parts(in_parts, languages)
    }
}
