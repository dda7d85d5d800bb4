use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{ActiveEnum, Iterable};

pub use super::read::Gathered;
use super::{
    CubeDimension, CubeName,
    model::{Cube, CubePlaces},
    read::{self, Asked},
    tally::{self, Only},
};
use crate::{
    aggregate::{
        CubeDefinition,
        cube::definition::{MOST_CELLS, MOST_DIMENSIONS},
        period::Interval,
        service::today,
        table::NONE,
    },
    error::{Code, Result, Violations},
    funding::Currency,
    registry::tenant::TenantKind,
    tenancy::{AggregateTx, Extent, TenantScope},
    text::Languages,
};

/// So many codes of one dimension in a question.
const MOST_CODES: usize = 100;

/// A question to a cube.
#[derive(Clone, Debug)]
pub struct CubeAsk {
    pub cube: CubeName,
    pub group_by: Vec<CubeDimension>,
    pub only: Vec<CubePlaces>,
    pub as_of: Option<NaiveDate>,
}

/// Figures of a cube over what is shared there.
pub async fn aggregate(scope: &TenantScope, extent: &Extent, ask: CubeAsk) -> Result<Cube> {
    ask.check()?;
    let regions = ask.group_by.iter().chain(ask.only.iter().map(|places| &places.dimension));
    let regions = regions.into_iter().any(|of| *of == CubeDimension::Region);
    let as_of = ask.as_of.unwrap_or_else(today);
    let gathered = gather(scope, extent, ask.cube, regions, as_of).await?;
    let only = ask.only.into_iter().map(|places| {
        let as_told = |code: String| match places.dimension {
            CubeDimension::Pair => pair(&code).unwrap_or(code),
            _ => code,
        };
        (places.dimension, places.codes.into_iter().map(as_told).collect())
    });
    counted(&gathered, ask.cube, ask.group_by, &only.collect(), MOST_CELLS, scope.languages())
}

/// What a cube counts there: one snapshot.
pub async fn gather(
    scope: &TenantScope,
    extent: &Extent,
    cube: CubeName,
    regions: bool,
    as_of: NaiveDate,
) -> Result<Gathered> {
    let asked = Asked { extent, cube, regions, as_of, languages: scope.languages() };
    read::read(&scope.figures().read().await?, &asked).await
}

/// The totals of each cube whose rows the caller's token reaches, in the snapshot of other figures. Of applications by currency too.
pub async fn totals(
    tx: &AggregateTx,
    extent: &Extent,
    as_of: NaiveDate,
    languages: &Languages,
) -> Result<Vec<Cube>> {
    let mut out = Vec::new();
    for cube in CubeName::ALL.iter().copied() {
        let asked = Asked { extent, cube, regions: false, as_of, languages };
        let gathered = match read::read(tx, &asked).await {
            Err(error) if error.code == Code::Forbidden => continue,
            gathered => gathered?,
        };
        let mut total = counted(&gathered, cube, Vec::new(), &Only::new(), 1, languages)?;
        if cube.measures().iter().any(|measure| measure.money) {
            let by = vec![CubeDimension::Currency];
            total.cells.extend(counted(&gathered, cube, by, &Only::new(), MOST_CELLS, languages)?.cells);
        }
        out.push(total);
    }
    Ok(out)
}

/// The cube: REST, GraphQL and the tables of `/stat/v2` are all answered from here.
pub fn counted(
    gathered: &Gathered,
    cube: CubeName,
    group_by: Vec<CubeDimension>,
    only: &Only,
    most: usize,
    languages: &Languages,
) -> Result<Cube> {
    let mixed = tally::mixed(&group_by, only);
    Ok(Cube {
        cube,
        mixed,
        measures: cube.measures().iter().map(|measure| measure.word.to_owned()).collect(),
        cells: gathered.cells(&group_by, only, most)?,
        completeness: gathered.completeness(&group_by, only, languages),
        definition: cube.definition(),
        group_by,
    })
}

/// What a cube can be asked.
pub fn aggregate_definition(scope: &TenantScope, cube: CubeName) -> CubeDefinition {
    told(cube, scope.languages())
}

pub(super) fn told(cube: CubeName, languages: &Languages) -> CubeDefinition {
    let dimensions = cube.dimensions().iter().map(|of| of.word());
    CubeDefinition::of(cube.word(), dimensions, cube.measures().iter().map(|measure| measure.word), languages)
}

impl CubeAsk {
    fn check(&self) -> Result<()> {
        let mut violations = Violations::default();
        violations.day("asOf", self.as_of);
        if self.group_by.len() > MOST_DIMENSIONS {
            violations.add_with("groupBy", "too_many", &[("max", &MOST_DIMENSIONS.to_string())]);
        }
        self.each_once("groupBy", "", self.group_by.iter(), &mut violations);
        self.each_once("only", "/dimension", self.only.iter().map(|one| &one.dimension), &mut violations);
        for (n, one) in self.only.iter().enumerate() {
            let at = format!("only/{n}/codes");
            match one.codes.len() {
                0 => violations.add(&at, "empty_list"),
                1..=MOST_CODES => {
                    for (m, code) in one.codes.iter().enumerate() {
                        if let Some(allowed) = one.dimension.unlike(code) {
                            violations.add_with(
                                &format!("{at}/{m}"),
                                "unknown_place",
                                &[("allowed", &allowed)],
                            );
                        }
                    }
                }
                _ => violations.add_with(&at, "too_many", &[("max", &MOST_CODES.to_string())]),
            }
        }
        violations.done()
    }

    /// Each of the cube's own, and once.
    fn each_once<'a>(
        &self,
        at: &str,
        end: &str,
        all: impl Iterator<Item = &'a CubeDimension>,
        violations: &mut Violations,
    ) {
        let mut met = BTreeSet::new();
        for (n, of) in all.enumerate() {
            let at = format!("{at}/{n}{end}");
            if !self.cube.dimensions().contains(of) {
                violations.add_with(&at, "unknown_dimension", &[("allowed", &self.cube.allowed())]);
            } else if !met.insert(*of) {
                violations.add(&at, "duplicate");
            }
        }
    }
}

impl CubeDimension {
    /// Where all codes are known or have one shape: what they look like, if this is none of them. What an open list has not, nobody
    /// has: that is no fault.
    fn unlike(self, code: &str) -> Option<String> {
        let shaped =
            |interval: Interval, example: &str| (!interval.is_code(code)).then(|| example.to_owned());
        match self {
            _ if code == NONE => None,
            Self::Year => shaped(Interval::Year, "2026"),
            Self::Quarter => shaped(Interval::Quarter, "2026-Q3"),
            Self::Month => shaped(Interval::Month, "2026-09"),
            Self::Kind | Self::LeadKind => {
                let kinds: Vec<String> = TenantKind::iter().map(|kind| kind.to_value()).collect();
                (!kinds.iter().any(|kind| kind == code)).then(|| kinds.join(", "))
            }
            Self::Currency => {
                let known: Vec<String> = Currency::iter().map(|one| one.to_value()).collect();
                (!known.iter().any(|one| one == code)).then(|| known.join(", "))
            }
            Self::Country => {
                let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
                (!is_code).then(|| "NO".to_owned())
            }
            Self::Pair => pair(code).is_none().then(|| "akershus+ostfold".to_owned()),
            _ => None,
        }
    }
}

/// A pair as it is told: two short names in their order. In an address a plus sign is a space.
fn pair(code: &str) -> Option<String> {
    let (a, b) = code.split_once(['+', ' '])?;
    let slug = |name: &str| !name.is_empty() && !name.contains(['+', ' ']);
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    (slug(a) && slug(b)).then(|| format!("{a}+{b}"))
}

impl CubeName {
    /// The names of its dimensions, for who asked by another.
    pub fn allowed(self) -> String {
        self.dimensions().iter().map(|of| of.word()).collect::<Vec<_>>().join(", ")
    }
}

/// The dimensions named in a list with commas between.
pub fn dimensions(cube: CubeName, list: &str) -> Result<Vec<CubeDimension>> {
    let mut violations = Violations::default();
    let mut out = Vec::new();
    for (n, word) in list.split(',').map(str::trim).filter(|word| !word.is_empty()).enumerate() {
        match CubeDimension::parse(word) {
            Some(of) => out.push(of),
            None => {
                let allowed = [("allowed", &*cube.allowed())];
                violations.add_with(&format!("groupBy/{n}"), "unknown_dimension", &allowed);
            }
        }
    }
    violations.done().map(|()| out)
}

/// The places named in a list with commas between, each as `dimension:code`.
pub fn places(cube: CubeName, list: &str) -> Result<Vec<CubePlaces>> {
    let mut violations = Violations::default();
    let mut out: Vec<CubePlaces> = Vec::new();
    for (n, place) in list.split(',').map(str::trim).filter(|place| !place.is_empty()).enumerate() {
        let (word, code) = place.split_once(':').unwrap_or((place, ""));
        let at = format!("only/{n}");
        let Some(dimension) = CubeDimension::parse(word) else {
            violations.add_with(&at, "unknown_dimension", &[("allowed", &cube.allowed())]);
            continue;
        };
        if code.is_empty() {
            violations.add(&at, "dimension_code");
            continue;
        }
        let code = code.to_owned();
        match out.iter_mut().find(|one| one.dimension == dimension) {
            Some(one) => one.codes.push(code),
            None => out.push(CubePlaces { dimension, codes: vec![code] }),
        }
    }
    violations.done().map(|()| out)
}
