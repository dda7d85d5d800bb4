//! Releases of sealed figures: more worlds than the run attacks, and how long a large release takes.

use std::{collections::BTreeSet, time::Instant};

use samvirke::aggregate::release::audit::{
    Audience, Contribution, History, Measure, Member, Mode, Rules, Snapshot, Tenant, Variable, releases,
};

use crate::release::{Chance, attack};

#[test]
#[ignore = "long: tests/run --long"]
fn two_hundred_worlds_give_nothing_away() {
    attack(200);
}

/// Concepts, libraries and releases, one a quarter.
const CONCEPTS: u64 = 300;
const LIBRARIES: u64 = 100;
const RELEASES: u64 = 4;

fn changes(chance: &mut Chance, given: &mut Vec<Contribution>) {
    for contribution in given.iter_mut() {
        if chance.per_cent(15) {
            contribution.variable.version += 1;
            contribution.value = chance.below(9);
        }
    }
    if chance.per_cent(30) && given.len() > 5 {
        let leaves = chance.below(given.len() as u64) as usize;
        given.remove(leaves);
    }
}

#[test]
#[ignore = "long: tests/run --long"]
fn how_long_a_release_of_a_large_consortium_takes() {
    let mut chance = Chance::new(7);
    let members: Vec<Member> = (0..LIBRARIES)
        .map(|n| Member {
            tenant: Tenant(u128::from(n)),
            regions: BTreeSet::from([format!("r{}", chance.below(6))]),
            kind: format!("k{}", chance.below(3)),
        })
        .collect();
    let mut given: Vec<Vec<Contribution>> = (0..CONCEPTS)
        .map(|_| {
            let (sealed, taking_part) = (chance.below(101), 20 + chance.below(81));
            let mut out = Vec::new();
            for member in &members {
                if chance.per_cent(taking_part) {
                    let value = chance.below(9) + if chance.per_cent(5) { chance.below(60) } else { 0 };
                    let mode = if chance.per_cent(sealed) { Mode::Sealed } else { Mode::Consortium };
                    let variable = Variable { tenant: member.tenant, version: 1 };
                    out.push(Contribution { variable, value, mode, band: None });
                }
            }
            out
        })
        .collect();
    let mut histories = vec![History::default(); given.len()];
    for quarter in 0..RELEASES {
        let as_of = format!("Q{quarter}");
        let questions: Vec<(Snapshot, &History)> = given
            .iter()
            .zip(&histories)
            .map(|(contributions, history)| {
                let (audience, measure) = (Audience::Consortium, Measure::Amount);
                (Snapshot { audience, as_of: &as_of, measure, members: &members, contributions }, history)
            })
            .collect();
        let start = Instant::now();
        let outcomes = releases(&Rules::default(), &questions, 2).unwrap();
        let took = start.elapsed().as_secs_f64();
        let cells =
            || outcomes.iter().flat_map(|outcome| &outcome.cells).filter(|c| c.sealed_contributors >= 3);
        let (all, told) = (cells().count(), cells().filter(|cell| cell.sealed.is_some()).count());
        println!("{as_of}: {took:.1} s, {told} of {all} cells with three or more sealed contributors told");
        assert!(told > 0);
        histories = outcomes.into_iter().map(|outcome| outcome.history).collect();
        given.iter_mut().for_each(|given| changes(&mut chance, given));
    }
}
