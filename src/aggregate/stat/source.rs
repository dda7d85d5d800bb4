//! The cubes as tables have them: which there are, and their figures, whichever it is.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{
    aggregate::{
        CubeFilter, Dimension, Over,
        cube::{self, Ask, COMPETENCES, Key},
        facts::Facts,
        figure::{
            CubeDimension, CubeName,
            service::{self as figures, Gathered},
        },
        period,
        regions::Regions,
        service::{counted, shared, today},
        table::{Measured, NONE, Table},
    },
    error::Result,
    tenancy::{Extent, TenantScope},
    text::Languages,
};

/// A cube that has tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatCube {
    Competences,
    Figures(CubeName),
}

impl StatCube {
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Competences].into_iter().chain(CubeName::ALL.iter().copied().map(Self::Figures))
    }

    /// Those that there are over it: priority rounds are a consortium's own.
    pub fn of(extent: &Extent) -> impl Iterator<Item = Self> + use<> {
        let node = *extent == Extent::Node;
        Self::all().filter(move |cube| !(node && *cube == Self::Figures(CubeName::Priorities)))
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Competences => COMPETENCES,
            Self::Figures(name) => name.word(),
        }
    }

    pub fn dimensions(self) -> Vec<&'static str> {
        match self {
            // Of time a table has one variable, `Tid`.
            Self::Competences => {
                let all = Dimension::ALL.iter().filter(|of| of.interval().is_none());
                all.map(|of| of.word()).collect()
            }
            Self::Figures(name) => name.dimensions().iter().map(|of| of.word()).collect(),
        }
    }

    /// What it is divided by when nothing is asked.
    pub fn main(self) -> &'static str {
        match self {
            Self::Competences => Dimension::Theme.word(),
            Self::Figures(name) => name.dimensions().first().map_or("", |of| of.word()),
        }
    }

    /// The word for what is to be cited.
    pub fn cited(self) -> &'static str {
        match self {
            Self::Competences => "source.competences",
            Self::Figures(_) => "source.figures",
        }
    }

    pub fn measures(self) -> Vec<Measured> {
        match self {
            Self::Competences => cube::measured(),
            Self::Figures(name) => name.measured(false),
        }
    }

    /// What is shared of it there, with the regions where they are asked for: one snapshot.
    pub async fn read(
        self,
        scope: &TenantScope,
        extent: &Extent,
        regions: bool,
        as_of: NaiveDate,
    ) -> Result<Source> {
        Ok(match self {
            Self::Competences => {
                let moments = period::moments(as_of, today());
                let (facts, regions) = shared(scope, extent, regions, &moments).await?;
                Source::Competences(facts, regions)
            }
            Self::Figures(name) => {
                Source::Figures(name, figures::gather(scope, extent, name, regions, as_of).await?)
            }
        })
    }
}

/// What is read of a cube.
pub enum Source {
    Competences(Facts, Regions),
    Figures(CubeName, Gathered),
}

impl Source {
    /// Over what it is.
    pub fn over(&self) -> &Over {
        match self {
            Self::Competences(facts, _) => &facts.over,
            Self::Figures(_, gathered) => &gathered.over,
        }
    }

    /// Figures by these dimensions, of each only these codes; all, where nothing is said. At most so many cells.
    pub fn table(
        &self,
        by: &[&'static str],
        only: &[BTreeSet<String>],
        as_of: NaiveDate,
        most: usize,
        languages: &Languages,
    ) -> Result<Table> {
        match self {
            Self::Competences(facts, regions) => {
                let key = |code: &String| if code == NONE { Key::None } else { Key::Code(code.clone()) };
                let ask = Ask {
                    group_by: by.iter().filter_map(|word| Dimension::parse(word)).collect(),
                    only: only.iter().map(|codes| codes.iter().map(key).collect()).collect(),
                    filter: CubeFilter::default(),
                    as_of,
                    regions_as_of: as_of,
                    most,
                };
                Ok(cube::tabled(&counted(facts, regions, ask, languages)?))
            }
            Self::Figures(name, gathered) => {
                let by: Vec<CubeDimension> =
                    by.iter().filter_map(|word| CubeDimension::parse(word)).collect();
                let only = by.iter().copied().zip(only.iter().cloned()).collect();
                Ok(figures::counted(gathered, *name, by, &only, most, languages)?.table())
            }
        }
    }
}
