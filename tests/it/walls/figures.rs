//! A consortium's figures are made of what its members share with it and of nothing else: the pairs of concept and
//! library that the landscape shows are exactly those that the domain says, the same for every member who asks.

use std::collections::BTreeSet;

use super::{
    oracle::{self, Actor, Consortium, Lib, Rank},
    world::{LIBS, World, consortium, tenant},
};
use crate::harness::{Kind, Postgres, Sqlite, rstest};

/// What is shared in a consortium: of every library, what it shows to consortia and to everybody.
fn shared(which: Consortium) -> BTreeSet<(String, String)> {
    let sharers = LIBS.into_iter().filter(|lib| oracle::shares(*lib, which));
    let pair =
        |lib: Lib, concept| (migration::registers::concept_id(concept).to_string(), tenant(lib).to_string());
    sharers.flat_map(|lib| ["c:web", "c:games"].map(|concept| pair(lib, concept))).collect()
}

/// Who is shown something else in the figures of the whole node than what every library shows to everybody; or anything at all of two
/// consortia in which nobody has a seat in both.
async fn wide(world: &World) -> Vec<String> {
    let expected: BTreeSet<String> = LIBS.into_iter().map(|lib| tenant(lib).to_string()).collect();
    let path = "/aggregates/competences?groupBy=concept,tenant&stance=have";
    let both =
        format!("{path}&consortiumIds={},{}", consortium(Consortium::One), consortium(Consortium::Two));
    let mut faults = Vec::new();
    for lib in LIBS {
        let client = world.client(Actor::Of(lib, Rank::Viewer));
        let cube = client.get(path).await.ok();
        let cells = cube["cells"].as_array().unwrap().iter();
        let shown: Vec<(&str, &str)> = cells
            .map(|cell| (&cell["dimensions"][0]["code"], &cell["dimensions"][1]["id"]))
            .map(|(concept, tenant)| (concept.as_str().unwrap(), tenant.as_str().unwrap()))
            .collect();
        let whose: BTreeSet<String> = shown.iter().map(|(_, tenant)| (*tenant).to_owned()).collect();
        if whose != expected || shown.iter().any(|(concept, _)| *concept != "c:games") {
            faults.push(format!("the node's figures by {lib:?}: {shown:?}"));
        }
        let answer = client.get(&both).await;
        if answer.status != 404 {
            faults.push(format!("two consortia by {lib:?}: {}", answer.text));
        }
    }
    faults
}

/// Members to whom the landscape shows something else.
pub async fn faults(world: &World) -> Vec<String> {
    let mut faults = wide(world).await;
    for which in [Consortium::One, Consortium::Two] {
        for lib in LIBS.into_iter().filter(|lib| oracle::seat(*lib, which).is_some()) {
            let client = world.client(Actor::Of(lib, Rank::Viewer));
            let path = format!("/consortia/{}/landscape", consortium(which));
            let landscape = client.get(&path).await.ok();
            let themes = landscape["themes"].as_array().unwrap().iter();
            let concepts = themes.flat_map(|theme| theme["concepts"].as_array().unwrap());
            let shown: BTreeSet<(String, String)> = concepts
                .flat_map(|row| {
                    let concept = row["concept"]["id"].as_str().unwrap().to_owned();
                    let holders = row["have"].as_array().unwrap().iter();
                    holders.map(move |h| (concept.clone(), h["tenant"]["id"].as_str().unwrap().to_owned()))
                })
                .collect();
            let expected = shared(which);
            if shown != expected {
                let differ: Vec<_> = shown.symmetric_difference(&expected).take(3).collect();
                faults.push(format!("landscape of {which:?} by {lib:?}: {differ:?}"));
            }
        }
    }
    faults
}

#[rstest]
#[actix_web::test]
async fn figures_are_made_of_what_is_shared(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Default::default(), false).await;
    assert_eq!(faults(&world).await, Vec::<String>::new());
    assert!(!shared(Consortium::One).is_empty());
}
