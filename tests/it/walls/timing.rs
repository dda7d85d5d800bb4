//! Does the time of an answer tell hidden from absent? Pairs of requests, one for a record that is hidden from the
//! caller and one for an id that nobody has, in random order; figures are printed and nothing is asserted of them.
//! `tests/run --timing`; not part of the run.

#![allow(clippy::disallowed_methods, reason = "the tests' own setting is not one of the service's")]

use std::time::{Duration, Instant};

use samvirke::rest::BEAT;
use serde_json::json;
use uuid::Uuid;

use super::{
    canaries::Dice,
    cases::{self, Ask, Case},
    oracle::{self, Action, Actor, Expect, Lib, Rank, Visibility},
    product::{Operation, Product},
    world::World,
};
use crate::harness::{Client, Kind, Postgres, Sqlite, rstest};

const PAIRS: usize = 2_000;

/// What an eavesdropper may learn at most: half a chance is none.
const MOST: (f64, f64) = (0.3, 0.55);

/// Milliseconds of the hidden and of the absent.
#[derive(Default)]
struct Times {
    hidden: Vec<f64>,
    absent: Vec<f64>,
}

impl Times {
    fn median(of: &mut [f64]) -> f64 {
        of.sort_by(f64::total_cmp);
        of[of.len() / 2]
    }

    /// How often a hidden record takes longer than an absent one: the area under the curve of a classifier by
    /// threshold, 0.5 when time tells nothing. Turned round where the hidden are faster.
    fn auc(&self) -> f64 {
        let mut all: Vec<(f64, bool)> = self.hidden.iter().map(|t| (*t, true)).collect();
        all.extend(self.absent.iter().map(|t| (*t, false)));
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let ranks: f64 = all.iter().enumerate().filter(|(_, (_, h))| *h).map(|(n, _)| (n + 1) as f64).sum();
        let (h, a) = (self.hidden.len() as f64, self.absent.len() as f64);
        let auc = (ranks - h * (h + 1.0) / 2.0) / (h * a);
        auc.max(1.0 - auc)
    }

    /// The figures as a line.
    fn tell(mut self) -> String {
        let auc = self.auc();
        let (hidden, absent) = (Self::median(&mut self.hidden), Self::median(&mut self.absent));
        let difference = (hidden - absent).abs();
        let verdict = if difference <= MOST.0 && auc <= MOST.1 { "in bounds" } else { "TELLS" };
        format!(
            "hidden {hidden:.3} ms, absent {absent:.3} ms, difference {difference:.3} ms, AUC {auc:.3}: {verdict}"
        )
    }
}

async fn timed(
    product: &Product,
    client: &Client,
    operation: &Operation,
    call: &super::product::Call,
    delay: Duration,
) -> f64 {
    let begun = Instant::now();
    let answer = match (&operation.rest, &operation.graphql) {
        (Some(rest), _) => product.rest(client, rest, call).await,
        (None, Some(field)) => product.graphql(client, field, call).await,
        (None, None) => panic!("no face"),
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let taken = begun.elapsed().as_secs_f64() * 1_000.0;
    assert!(super::product::status_of(&answer) == 404, "{}", answer.text);
    taken
}

async fn measure(world: &World, product: &Product, case: &Case, delay: Duration) -> Option<Times> {
    let operation = product.operations.get(case.operation)?;
    // D is in another consortium: most of what A keeps is hidden from it.
    let actor = Actor::Of(Lib::D, Rank::Admin);
    let client = world.client(actor);
    let hidden: Vec<_> = world
        .of_kind(case.on)
        .filter(|(r, _)| r.owner != Lib::D && (case.only)(r))
        .filter(|(r, _)| {
            let record = oracle::Record { kind: case.kind, ..*r };
            oracle::may(actor, case.action, &record) == Expect::Hidden
        })
        .collect();
    if hidden.is_empty() {
        return None;
    }
    let mut dice = Dice(1);
    let mut times = Times::default();
    for pair in 0..PAIRS + 50 {
        let (record, id) = **dice.pick(&hidden);
        let mut order = [true, false];
        if dice.below(2) == 0 {
            order.reverse();
        }
        for is_hidden in order {
            let id = if is_hidden {
                id
            } else {
                Uuid::from_u128(id.as_u128() ^ u128::from(dice.roll() | 1) << 32)
            };
            let call = case.call(&Ask { world, record, id });
            let delay = if is_hidden { delay } else { Duration::ZERO };
            let taken = timed(product, &client, operation, &call, delay).await;
            // The first ones warm up.
            if pair >= 50 {
                if is_hidden { times.hidden.push(taken) } else { times.absent.push(taken) }
            }
        }
    }
    Some(times)
}

#[rstest]
#[actix_web::test]
async fn what_is_absent_is_said_at_its_own_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::paced(kind, Default::default(), false, BEAT).await;
    let client = world.client(Actor::Of(Lib::D, Rank::Admin));
    let hidden = world
        .records
        .iter()
        .find(|(r, _)| {
            r.kind == oracle::Kind::Competence && r.owner == Lib::A && r.visibility == Visibility::Private
        })
        .unwrap()
        .1;
    for id in [hidden, Uuid::now_v7()] {
        let begun = Instant::now();
        assert_eq!(client.get(&format!("/competences/{id}")).await.status, 404);
        assert!(begun.elapsed() >= BEAT, "REST");
        let begun = Instant::now();
        let answer = client.graphql("query ($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
        assert!(answer.text.contains("NOT_FOUND") && begun.elapsed() >= BEAT, "GraphQL: {}", answer.text);
    }
}

#[rstest]
#[actix_web::test]
#[ignore = "takes minutes: tests/run --timing"]
async fn hidden_takes_as_long_as_absent(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::paced(kind, Default::default(), false, BEAT).await;
    let product = Product::read(&world.node.app).await;
    let addressed = |case: &Case| matches!(case.action, Action::See | Action::Ask);
    println!(
        "{kind:?}, {PAIRS} pairs an operation, profile {}",
        if cfg!(debug_assertions) { "debug" } else { "release" }
    );
    let mut last = None;
    let only = std::env::var("SAMVIRKE_OPERATION").unwrap_or_default();
    let chosen = |case: &Case| addressed(case) && case.operation.contains(&only);
    for case in cases::all().into_iter().filter(chosen) {
        if let Some(times) = measure(&world, &product, &case, Duration::ZERO).await {
            println!("{kind:?} {} on {:?}: {}", case.operation, case.on, times.tell());
            last = Some(case);
        }
    }
    // The control: a millisecond must show.
    let case = last.expect("something is hidden");
    let times = measure(&world, &product, &case, Duration::from_millis(1)).await.expect("times");
    println!("{kind:?} control, {} and a millisecond: {}", case.operation, times.tell());
}
