//! From facts to cells. No database: what comes in is what the audience may count.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    CubeDimension,
    fact::{Fact, Spot},
    model::{CubeCell, CubePlace},
};
use crate::{
    aggregate::table::NONE,
    error::{Result, Violations},
};

/// The codes that are asked for, of the dimensions that are not asked for whole.
pub type Only = BTreeMap<CubeDimension, BTreeSet<String>>;

/// Is this place asked for?
pub fn asked(only: &Only, dimension: CubeDimension, spot: &Spot) -> bool {
    only.get(&dimension).is_none_or(|codes| codes.contains(spot.code.as_deref().unwrap_or(NONE)))
}

/// Does it stand somewhere that is asked for, on every dimension?
pub fn counted(spots: &BTreeMap<CubeDimension, Vec<Arc<Spot>>>, only: &Only) -> bool {
    only.keys().all(|of| spots.get(of).into_iter().flatten().any(|spot| asked(only, *of, spot)))
}

/// What a cell has gathered: for each measure the amounts, by what they belong to.
struct Tally<'f> {
    places: Vec<&'f Arc<Spot>>,
    gathered: Vec<HashMap<Uuid, i64>>,
}

/// The order of places: by code, and last what has none.
fn key(spot: &Spot) -> (bool, Option<&str>) {
    (spot.code.is_none(), spot.code.as_deref())
}

/// The cells of some facts, each of which brings to so many measures; at most so many.
pub fn cells(
    facts: &[Fact],
    measures: usize,
    by: &[CubeDimension],
    only: &Only,
    most: usize,
) -> Result<Vec<CubeCell>> {
    let empty = || vec![HashMap::new(); measures];
    let mut tallies: BTreeMap<Vec<(bool, Option<&str>)>, Tally<'_>> = BTreeMap::new();
    if by.is_empty() {
        tallies.insert(Vec::new(), Tally { places: Vec::new(), gathered: empty() });
    }
    for fact in facts.iter().filter(|fact| counted(&fact.spots, only)) {
        let mut combinations: Vec<Vec<&Arc<Spot>>> = vec![Vec::new()];
        for dimension in by {
            let spots = fact.spots.get(dimension).map(Vec::as_slice).unwrap_or_default();
            let spots = spots.iter().filter(|spot| asked(only, *dimension, spot));
            let longer = |spot| {
                combinations
                    .iter()
                    .map(move |before| before.iter().copied().chain([spot]).collect::<Vec<_>>())
            };
            combinations = spots.flat_map(longer).collect();
        }
        for places in combinations {
            let place = places.iter().map(|spot| key(spot)).collect();
            let tally = tallies.entry(place).or_insert_with(|| Tally { places, gathered: empty() });
            for (gathered, amount) in tally.gathered.iter_mut().zip(&fact.amounts) {
                gathered.insert(amount.of, amount.number);
            }
        }
        if tallies.len() > most {
            let mut violations = Violations::default();
            violations.add_with("groupBy", "too_fine", &[("max", &most.to_string())]);
            violations.done()?;
        }
    }
    let cell = |tally: Tally<'_>| CubeCell {
        places: tally.places.iter().zip(by).map(|(spot, dimension)| place(*dimension, spot)).collect(),
        values: tally.gathered.iter().map(|amounts| amounts.values().sum()).collect(),
    };
    Ok(tallies.into_values().map(cell).collect())
}

fn place(dimension: CubeDimension, spot: &Spot) -> CubePlace {
    CubePlace { dimension, code: spot.code.clone(), id: spot.id.clone(), label: spot.label.clone() }
}

#[cfg(test)]
mod tests {
    use super::{super::fact::Amount, CubeDimension::*, *};
    use crate::{
        aggregate::{Label, cube::definition::MOST_CELLS},
        text::Languages,
    };

    fn spots(codes: &[&str]) -> Vec<Arc<Spot>> {
        let spot = |code: &&str| Spot {
            code: (*code != NONE).then(|| (*code).to_owned()),
            id: None,
            label: Label::plain(code, &Languages::accept(None)),
        };
        codes.iter().map(|code| Arc::new(spot(code))).collect()
    }

    /// One part in a project, which brings the project, the library and itself.
    fn part(project: u128, tenant: &str, number: u128, themes: &[&str]) -> Fact {
        let library = u128::from(*tenant.as_bytes().first().unwrap());
        let amounts = [project, library, number].map(|id| Amount::one(Uuid::from_u128(id)));
        let spots = BTreeMap::from([(Theme, spots(themes)), (Tenant, spots(&[tenant]))]);
        Fact { by: None, amounts: amounts.to_vec(), spots }
    }

    fn cells(facts: &[Fact], measures: usize, by: &[CubeDimension], only: &Only) -> Result<Vec<CubeCell>> {
        super::cells(facts, measures, by, only, MOST_CELLS)
    }

    fn told(cells: &[CubeCell]) -> Vec<(String, Vec<i64>)> {
        let code = |p: &CubePlace| p.code.clone().unwrap_or(NONE.to_owned());
        let codes = |c: &CubeCell| c.places.iter().map(code).collect::<Vec<_>>().join("/");
        cells.iter().map(|cell| (codes(cell), cell.values.clone())).collect()
    }

    fn expected<const N: usize>(cells: [(&str, [i64; 3]); N]) -> Vec<(String, Vec<i64>)> {
        cells.into_iter().map(|(code, values)| (code.to_owned(), values.to_vec())).collect()
    }

    fn some() -> [Fact; 4] {
        [
            part(1, "a", 11, &["t:x", "t:y"]),
            part(1, "b", 12, &["t:x", "t:y"]),
            part(2, "a", 13, &["-"]),
            part(3, "b", 14, &["t:y"]),
        ]
    }

    #[test]
    fn a_thing_is_counted_once_in_each_place() {
        let all = some();
        let total = cells(&all, 3, &[], &Only::default()).unwrap();
        assert_eq!(told(&total), expected([("", [3, 2, 4])]));
        let by = cells(&all, 3, &[Theme], &Only::default()).unwrap();
        assert_eq!(told(&by), expected([("t:x", [1, 2, 2]), ("t:y", [2, 2, 3]), ("-", [1, 1, 1])]));
        assert_eq!(told(&cells(&[], 3, &[], &Only::default()).unwrap()), expected([("", [0, 0, 0])]));
        assert_eq!(told(&cells(&[], 3, &[Theme], &Only::default()).unwrap()), []);
    }

    #[test]
    fn what_is_not_asked_for_is_not_counted() {
        let only = |of: CubeDimension, codes: &[&str]| {
            Only::from([(of, codes.iter().map(|code| (*code).to_owned()).collect())])
        };
        let all = some();
        let a = cells(&all, 3, &[Theme], &only(Tenant, &["a"])).unwrap();
        assert_eq!(told(&a), expected([("t:x", [1, 1, 1]), ("t:y", [1, 1, 1]), ("-", [1, 1, 1])]));
        // Of a thing with two themes only the asked one is told.
        let x = cells(&all, 3, &[Theme, Tenant], &only(Theme, &["t:x", "-"])).unwrap();
        assert_eq!(told(&x), expected([("t:x/a", [1, 1, 1]), ("t:x/b", [1, 1, 1]), ("-/a", [1, 1, 1])]));
    }

    #[test]
    fn too_fine_a_question_is_refused() {
        let codes: Vec<String> = (0..=MOST_CELLS).map(|n| n.to_string()).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let fine = [part(1, "a", 1, &codes)];
        assert!(cells(&fine, 3, &[Theme], &Only::default()).is_err());
        assert!(super::cells(&fine, 3, &[Theme], &Only::default(), MOST_CELLS + 1).is_ok());
    }
}
