//! From facts to cells. No database: what comes in is what the audience may count.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    CubeDimension,
    definition::Measure,
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

/// May one cell meet amounts of several currencies? They are divided by it, or one is chosen; otherwise they might.
pub fn mixed(by: &[CubeDimension], only: &Only) -> bool {
    let one = only.get(&CubeDimension::Currency).is_some_and(|codes| codes.len() == 1);
    !one && !by.contains(&CubeDimension::Currency)
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

/// The cells of some facts, each of which brings to these measures; at most so many.
pub fn cells(
    facts: &[Fact],
    measures: &[Measure],
    by: &[CubeDimension],
    only: &Only,
    most: usize,
) -> Result<Vec<CubeCell>> {
    let empty = || vec![HashMap::new(); measures.len()];
    let mixed = mixed(by, only);
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
        values: tally
            .gathered
            .iter()
            .zip(measures)
            .map(|(amounts, of)| (!(of.money && mixed)).then(|| amounts.values().sum()))
            .collect(),
    };
    Ok(tallies.into_values().map(cell).collect())
}

fn place(dimension: CubeDimension, spot: &Spot) -> CubePlace {
    CubePlace { dimension, code: spot.code.clone(), id: spot.id.clone(), label: spot.label.clone() }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{CubeName, fact::Amount},
        CubeDimension::*,
        *,
    };
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

    fn cells(facts: &[Fact], by: &[CubeDimension], only: &Only) -> Result<Vec<CubeCell>> {
        super::cells(facts, CubeName::Projects.measures(), by, only, MOST_CELLS)
    }

    fn told(cells: &[CubeCell]) -> Vec<(String, Vec<i64>)> {
        let code = |p: &CubePlace| p.code.clone().unwrap_or(NONE.to_owned());
        let codes = |c: &CubeCell| c.places.iter().map(code).collect::<Vec<_>>().join("/");
        cells.iter().map(|cell| (codes(cell), cell.values.iter().copied().flatten().collect())).collect()
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
        let total = cells(&all, &[], &Only::default()).unwrap();
        assert_eq!(told(&total), expected([("", [3, 2, 4])]));
        let by = cells(&all, &[Theme], &Only::default()).unwrap();
        assert_eq!(told(&by), expected([("t:x", [1, 2, 2]), ("t:y", [2, 2, 3]), ("-", [1, 1, 1])]));
        assert_eq!(told(&cells(&[], &[], &Only::default()).unwrap()), expected([("", [0, 0, 0])]));
        assert_eq!(told(&cells(&[], &[Theme], &Only::default()).unwrap()), []);
    }

    #[test]
    fn what_is_not_asked_for_is_not_counted() {
        let only = |of: CubeDimension, codes: &[&str]| {
            Only::from([(of, codes.iter().map(|code| (*code).to_owned()).collect())])
        };
        let all = some();
        let a = cells(&all, &[Theme], &only(Tenant, &["a"])).unwrap();
        assert_eq!(told(&a), expected([("t:x", [1, 1, 1]), ("t:y", [1, 1, 1]), ("-", [1, 1, 1])]));
        // Of a thing with two themes only the asked one is told.
        let x = cells(&all, &[Theme, Tenant], &only(Theme, &["t:x", "-"])).unwrap();
        assert_eq!(told(&x), expected([("t:x/a", [1, 1, 1]), ("t:x/b", [1, 1, 1]), ("-/a", [1, 1, 1])]));
    }

    #[test]
    fn amounts_of_several_currencies_are_never_added() {
        let application = |n: u128, currency: &str, theme: &str, amount: i64| {
            let of = Uuid::from_u128(n);
            let amounts = vec![
                Amount::one(of),
                Amount::one(Uuid::from_u128(99)),
                Amount { of, number: amount },
                Amount { of, number: 0 },
                Amount { of, number: 0 },
            ];
            let spots = BTreeMap::from([(Currency, spots(&[currency])), (Theme, spots(&[theme]))]);
            Fact { by: None, amounts, spots }
        };
        let all = [
            application(1, "NOK", "t:x", 5),
            application(2, "SEK", "t:x", 7),
            application(3, "SEK", "t:y", 11),
        ];
        let ask = |by: &[CubeDimension], only: &[&str]| {
            let only = (!only.is_empty())
                .then(|| (Currency, only.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>()));
            let only: Only = only.into_iter().collect();
            let cells = super::cells(&all, CubeName::Funding.measures(), by, &only, MOST_CELLS).unwrap();
            cells.iter().map(|cell| (cell.values[0].unwrap(), cell.values[2])).collect::<Vec<_>>()
        };
        assert_eq!(ask(&[], &[]), [(3, None)]);
        assert_eq!(ask(&[Theme], &[]), [(2, None), (1, None)]);
        assert_eq!(ask(&[Theme], &["NOK", "SEK"]), [(2, None), (1, None)]);
        assert_eq!(ask(&[Currency], &[]), [(1, Some(5)), (2, Some(18))]);
        assert_eq!(ask(&[Theme], &["SEK"]), [(1, Some(7)), (1, Some(11))]);
        assert_eq!(ask(&[Theme, Currency], &["NOK", "SEK"]), [(1, Some(5)), (1, Some(7)), (1, Some(11))]);
        // One that nobody has is one.
        assert_eq!(ask(&[], &["DKK"]), [(0, Some(0))]);
    }

    #[test]
    fn too_fine_a_question_is_refused() {
        let codes: Vec<String> = (0..=MOST_CELLS).map(|n| n.to_string()).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let fine = [part(1, "a", 1, &codes)];
        assert!(cells(&fine, &[Theme], &Only::default()).is_err());
        assert!(
            super::cells(&fine, CubeName::Projects.measures(), &[Theme], &Only::default(), MOST_CELLS + 1)
                .is_ok()
        );
    }
}
