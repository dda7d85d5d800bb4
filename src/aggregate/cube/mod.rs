//! The cube of competences: counts of what a consortium's members share, divided by up to three dimensions.
//!
//! Libraries are counted, each once; rows only where that is what is asked for (`entries`). The order of the cells
//! is that of the codes, so that the same figures are the same bytes in every language.

mod compute;
pub mod definition;
mod table;

use std::collections::BTreeSet;

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use compute::{Key, cells, kept};
pub use definition::{CubeDefinition, Dimension};
pub use table::{COMPETENCES, measured, tabled};

use super::{
    Class, Completeness, Label,
    period::{self, Period},
};
use crate::{
    competence::Stance,
    error::{Result, Violations},
    id::ConceptId,
    registry::tenant::TenantKind,
    tenancy::Weigh,
};

/// Which entries and which libraries are counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CubeFilter {
    pub stance: Option<Stance>,
    pub theme_id: Option<ConceptId>,
    pub concept_id: Option<ConceptId>,
    pub kind: Option<TenantKind>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Serves this region on the day of `regionsAsOf`.
    pub region_id: Option<String>,
}

/// A checked question to the cube.
#[derive(Clone, Debug)]
pub struct Ask {
    pub group_by: Vec<Dimension>,
    /// Of each dimension, the places that are asked for; a dimension without a list of its own is asked for whole.
    pub only: Vec<BTreeSet<Key>>,
    pub filter: CubeFilter,
    /// The day at whose end it is counted.
    pub as_of: NaiveDate,
    /// The day whose regions are counted by.
    pub regions_as_of: NaiveDate,
    /// So many cells at the most.
    pub most: usize,
}

impl Ask {
    pub fn check(&self, today: NaiveDate) -> Result<()> {
        let mut violations = Violations::default();
        violations.day("asOf", Some(self.as_of));
        if self.as_of > today && violations.is_empty() {
            violations.add("asOf", "in_the_future");
        }
        // Left out it is the same day.
        if self.regions_as_of != self.as_of {
            violations.day("regionsAsOf", Some(self.regions_as_of));
        }
        if self.group_by.len() > definition::MOST_DIMENSIONS {
            violations.add_with("groupBy", "too_many", &[("max", &definition::MOST_DIMENSIONS.to_string())]);
        }
        for (n, dimension) in self.group_by.iter().enumerate() {
            if self.group_by.iter().take(n).any(|before| before == dimension) {
                violations.add(&format!("groupBy/{n}"), "duplicate");
            } else if dimension.interval().is_some()
                && self.group_by.iter().take(n).any(|before| before.interval().is_some())
            {
                violations.add(&format!("groupBy/{n}"), "one_interval");
            }
        }
        violations.done()
    }

    /// The periods that it is divided into, where it is divided by time, the oldest first.
    pub fn periods(&self) -> Option<Vec<Period>> {
        let interval = self.group_by.iter().find_map(|dimension| dimension.interval())?;
        Some(interval.until(self.as_of))
    }

    /// The days at whose end entries are counted, as the moments after them; none: as they are now.
    pub fn moments(&self, today: NaiveDate) -> Vec<DateTime<Utc>> {
        match self.periods() {
            Some(periods) => periods.into_iter().map(|period| period.over).collect(),
            None => period::moments(self.as_of, today),
        }
    }

    /// The register of regions is read only when it is asked by.
    pub fn needs_regions(&self) -> bool {
        self.filter.region_id.is_some() || self.group_by.contains(&Dimension::Region)
    }
}

/// Figures over what a consortium's members share. At most 20,000 cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CompetenceCube {
    pub group_by: Vec<Dimension>,
    /// In the order of the codes of their dimensions. Without dimensions: one cell, the total.
    pub cells: Vec<Cell>,
    pub completeness: Completeness,
    /// Where the dimensions and measures are defined.
    pub definition: String,
}

impl Weigh for CompetenceCube {
    fn bytes(&self) -> usize {
        // A code, an id and a label each.
        let places: usize = self.cells.iter().map(|cell| cell.dimensions.len()).sum();
        self.cells.len() * size_of::<Cell>() + places * (size_of::<Place>() + 100) + 1_000
    }
}

/// One cell. Libraries are counted once each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "CompetenceCell")]
#[schema(as = CompetenceCell)]
pub struct Cell {
    /// Where the cell is, in the order of `groupBy`.
    pub dimensions: Vec<Place>,
    pub tenants_having: i64,
    pub tenants_wanting: i64,
    pub entries: i64,
    /// Sum of the levels stated in entries «have».
    pub level_sum: i64,
    pub level_count: i64,
    /// Four decimals; absent where no level is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_level: Option<f64>,
    /// Where concept is a dimension: what the concept is among all libraries that the filters on libraries keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Where concept is a dimension: one of those libraries wants it and another has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered: Option<bool>,
}

/// A cell's place on one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "CellPlace")]
#[schema(as = CellPlace)]
pub struct Place {
    pub dimension: Dimension,
    /// The code: a concept's notation, a library's short name, a region's code. Absent for what has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The id, of concepts, themes and libraries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub label: Label,
}
