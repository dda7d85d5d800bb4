//! What a consortium holds and does together, in figures: for an application, for owners, for a newspaper.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Class, Completeness, Label,
    facts::{Facts, count},
    figure::{Cube, CubeDimension, CubeName},
    landscape::{self, LandscapeTotals},
    model::weight,
    regions::Regions,
    words,
};
use crate::{registry::tenant::TenantKind, tenancy::Weigh, text::Languages};

/// What a consortium holds and does together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct JointWeight {
    /// Active members by kind of library; kinds without any are left out.
    pub members: Vec<JointMembers>,
    /// The countries that they are in, in the order of their codes.
    pub countries: Vec<String>,
    /// How many regions they serve today, each once.
    pub regions: i64,
    /// How many concepts the landscape has, and how many are common, unique, lacking and covered.
    pub competences: LandscapeTotals,
    /// The totals of each cube whose rows the caller's token reaches, cube by cube in the order of their measures.
    pub figures: Vec<JointFigure>,
    pub completeness: Completeness,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct JointMembers {
    pub kind: TenantKind,
    pub label: Label,
    pub tenants: i64,
}

/// A total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct JointFigure {
    pub cube: CubeName,
    /// The measure, as the cube's definition has it.
    pub measure: String,
    pub name: Label,
    pub unit: Label,
    /// The currency of an amount of money, which is in its smallest units: there is a figure for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    pub value: i64,
}

impl Weigh for JointWeight {
    fn bytes(&self) -> usize {
        weight(self)
    }
}

pub fn joint(
    facts: &Facts,
    regions: &Regions,
    cubes: &[Cube],
    completeness: Completeness,
    languages: &Languages,
) -> JointWeight {
    use sea_orm::{ActiveEnum, Iterable};
    let kinds = TenantKind::iter().filter_map(|kind| {
        let tenants = facts.members.values().filter(|member| member.kind == kind).count();
        let label = words::word(&format!("kind.{}", kind.to_value()), languages);
        (tenants > 0).then(|| JointMembers { kind, label, tenants: count(tenants) })
    });
    let mut countries: Vec<String> = facts.members.values().map(|member| member.country.clone()).collect();
    countries.sort_unstable();
    countries.dedup();
    let served = facts.members.values().flat_map(|member| regions.on(member.id, completeness.as_of));
    let served: std::collections::BTreeSet<String> = served.collect();
    JointWeight {
        members: kinds.collect(),
        countries,
        regions: count(served.len()),
        competences: totals(facts),
        figures: cubes.iter().flat_map(|cube| figures(cube, languages)).collect(),
        completeness,
    }
}

fn totals(facts: &Facts) -> LandscapeTotals {
    let mut totals = LandscapeTotals::default();
    for (_, standing) in landscape::standings(facts).into_values() {
        totals.add(Class::by_holders(standing.have.len()), standing.covered());
    }
    totals
}

/// Of one cube: of each measure the total, and of money one for each currency.
fn figures(cube: &Cube, languages: &Languages) -> Vec<JointFigure> {
    let mut out = Vec::new();
    for (at, measure) in cube.cube.measures().iter().enumerate() {
        let name = words::label_of_cube("measure", cube.cube.word(), measure.word, "name", languages);
        let unit = words::word(&format!("unit.{}", measure.unit), languages);
        for cell in &cube.cells {
            let place = cell.places.iter().find(|place| place.dimension == CubeDimension::Currency);
            // Of money the cells by currency are told, and of all else the one without.
            if place.is_some() != measure.money {
                continue;
            }
            out.push(JointFigure {
                cube: cube.cube,
                measure: measure.word.to_owned(),
                name: name.clone(),
                unit: unit.clone(),
                currency: place.and_then(|place| place.code.clone()),
                value: cell.values.get(at).copied().flatten().unwrap_or_default(),
            });
        }
    }
    out
}
