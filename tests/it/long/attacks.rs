//! GraphQL documents that must not run, asked of the release program: each is refused before anything runs, the process lives, and
//! whoever asks something ordinary meanwhile hardly notices.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::Process;
use crate::{
    graphql_limits::attacks,
    harness::{Client, Kind, Postgres, Sqlite, rstest},
};

/// Of each document, one after another.
const TIMES: usize = 50;
const CALLERS: usize = 8;
/// Between two requests of a caller: an ordinary load, and not all that the machine can do.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the load is measured, before the attacks and under them.
const WHILE: Duration = Duration::from_secs(10);
/// That attack at the same time.
const ATTACKERS: usize = 4;
/// Between two documents of an attacker: what the bound on an account lets through is far less.
const BREATH: Duration = Duration::from_millis(10);

fn percentile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share).round() as usize]
}

/// Milliseconds of ordinary questions.
async fn ordinary(client: &Client) -> Vec<f64> {
    let callers = (0..CALLERS).map(|n| {
        let client = client.clone();
        actix_web::rt::spawn(async move {
            tokio::time::sleep(PAUSE / CALLERS as u32 * n as u32).await;
            let (began, mut beat) = (Instant::now(), tokio::time::interval(PAUSE));
            let mut times = Vec::new();
            while began.elapsed() < WHILE {
                beat.tick().await;
                let asked = Instant::now();
                let answer =
                    client.request(Method::GET, "/api/v1/competences?first=20").send().await.unwrap();
                assert_eq!(answer.status(), 200);
                answer.bytes().await.unwrap();
                times.push(asked.elapsed().as_secs_f64() * 1_000.0);
            }
            times
        })
    });
    let callers: Vec<_> = callers.collect();
    join_all(callers).await.into_iter().flat_map(|times| times.unwrap()).collect()
}

#[rstest]
#[ignore = "long: tests/run --long"]
#[actix_web::test]
async fn documents_that_must_not_run(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, process) = Process::start(kind, &Process::released()).await;
    let oslo = process.client(&node.tenant("oslo").await);
    let mut slowest = (0.0, String::new());
    for (query, bound) in attacks() {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            let answer = oslo.graphql(&query, json!({ "n": 100 })).await;
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
            assert!([400, 413].contains(&answer.status.as_u16()), "{bound} {query:.120}: {}", answer.text);
        }
        let median = percentile(&mut times, 0.5);
        if median > slowest.0 {
            slowest =
                (median, format!("{bound}, at most {:.2} ms: {query:.60}", percentile(&mut times, 1.0)));
        }
    }
    let verdict = if slowest.0 <= 10.0 { "in bounds" } else { "TOO SLOW" };
    println!(
        "{kind:?}: forty documents, {TIMES} times each, all refused; the slowest takes {:.2} ms ({verdict}: 10 ms) ({})",
        slowest.0, slowest.1
    );

    let mut before = ordinary(&oslo).await;
    let over = Arc::new(AtomicBool::new(false));
    let sent = Arc::new(AtomicUsize::new(0));
    let attackers: Vec<_> = (0..ATTACKERS)
        .map(|n| {
            let (over, sent) = (over.clone(), sent.clone());
            let oslo = oslo.clone();
            actix_web::rt::spawn(async move {
                for (query, _) in attacks().into_iter().cycle().skip(n * 10) {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    let answer = oslo.graphql(&query, json!({ "n": 100 })).await;
                    assert!([400, 413].contains(&answer.status.as_u16()), "{}", answer.text);
                    sent.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(BREATH).await;
                }
            })
        })
        .collect();
    let mut under = ordinary(&oslo).await;
    over.store(true, Ordering::Relaxed);
    join_all(attackers).await.into_iter().for_each(|end| end.unwrap());
    let (quiet, loud) = (percentile(&mut before, 0.99), percentile(&mut under, 0.99));
    let verdict = if loud <= 2.0 * quiet { "in bounds" } else { "TOO MUCH" };
    println!(
        "{kind:?}: p99 of an ordinary question {quiet:.2} ms ({} asked), {loud:.2} ms under {:.0} such documents a second ({} asked): \
         {:.2} times ({verdict}: 2)",
        before.len(),
        sent.load(Ordering::Relaxed) as f64 / WHILE.as_secs_f64(),
        under.len(),
        loud / quiet,
    );
}
