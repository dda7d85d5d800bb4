//! Twenty copies of each of a thousand requests at once; some are given up half way, and in the middle the process is killed.

use std::{
    collections::{BTreeMap, HashSet},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream};
use reqwest::Method;
use serde_json::json;

use super::Process;
use crate::{
    harness::{Client, Kind, Postgres, Sqlite, rstest},
    walls::canaries::Dice,
};

const KEYS: usize = 1_000;
const COPIES: usize = 20;
/// Keys whose copies are under way at once.
const AT_ONCE: usize = 8;

/// What became of one copy.
enum End {
    Answer(u16, String),
    /// The client gave up.
    GivenUp,
    /// The connection broke.
    Broken,
}

async fn copy(client: &Client, key: usize, patience: Option<Duration>) -> End {
    let body = json!({"title": [{"language": "nb", "text": format!("prosjekt {key}")}]});
    let request = client.request(Method::POST, "/api/v1/projects").json(&body);
    let answer = async {
        let answer = request.header("idempotency-key", format!("key {key}")).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.text().await.ok()?))
    };
    let ended = match patience {
        Some(patience) => match tokio::time::timeout(patience, answer).await {
            Ok(ended) => ended,
            Err(_) => return End::GivenUp,
        },
        None => answer.await,
    };
    ended.map_or(End::Broken, |(status, text)| End::Answer(status, text))
}

#[derive(Default)]
struct Told {
    statuses: BTreeMap<u16, usize>,
    given_up: usize,
    broken: usize,
    asked_again: usize,
}

/// All copies of one request; afterwards it is asked until it is answered, as a client does.
async fn storm(client: &Client, key: usize) -> (usize, HashSet<String>, Told) {
    let mut dice = Dice(key as u64);
    let copies = (0..COPIES).map(|_| {
        // A third is given up, sooner or later.
        let patience = (dice.below(3) == 0).then(|| Duration::from_micros(dice.roll() % 60_000));
        copy(client, key, patience)
    });
    let mut told = Told::default();
    let mut answers = HashSet::new();
    let mut take = |end: End, told: &mut Told| match end {
        End::Answer(status, text) => {
            *told.statuses.entry(status).or_default() += 1;
            if status == 201 {
                answers.insert(text);
            }
            status == 201
        }
        End::GivenUp => {
            told.given_up += 1;
            false
        }
        End::Broken => {
            told.broken += 1;
            false
        }
    };
    for end in join_all(copies).await {
        take(end, &mut told);
    }
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        told.asked_again += 1;
        if take(copy(client, key, None).await, &mut told) {
            break;
        }
        assert!(Instant::now() < until, "key {key} is never answered");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (key, answers, told)
}

#[rstest]
#[ignore = "long: tests/run --long"]
#[actix_web::test]
async fn a_thousand_requests_twenty_times(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, mut process) = Process::start(kind, &Process::released()).await;
    let oslo = node.tenant("oslo").await;
    let client = process.client(&oslo);
    let began = Instant::now();
    let mut all = Told::default();
    let mut other = Vec::new();
    let mut done = 0;
    let mut gap = Duration::ZERO;
    let mut storms = stream::iter(0..KEYS).map(|key| storm(&client, key)).buffer_unordered(AT_ONCE);
    while let Some((key, answers, told)) = storms.next().await {
        for (status, times) in told.statuses {
            *all.statuses.entry(status).or_default() += times;
        }
        all.given_up += told.given_up;
        all.broken += told.broken;
        all.asked_again += told.asked_again;
        if answers.len() != 1 {
            other.push((key, answers));
        }
        done += 1;
        if done == KEYS / 2 {
            // While the copies of other keys are under way.
            gap = process.kill_and_start();
        }
    }
    let count = async |sql: &str| node.database.raw(sql).await[0].parse::<usize>().unwrap();
    let effects = count("SELECT CAST(count(*) AS text) FROM project").await;
    let kept = count("SELECT CAST(count(*) AS text) FROM idempotency WHERE response IS NOT NULL").await;
    let mut titles = HashSet::new();
    let mut after = String::new();
    loop {
        let page = oslo.get(&format!("/projects?first=100{after}")).await.ok();
        for project in page["items"].as_array().unwrap() {
            titles.insert(project["title"]["text"].to_string());
        }
        match page["nextCursor"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    println!(
        "{kind:?}: {KEYS} keys x {COPIES} copies in {:.0} s: {effects} effects, {} titles, {kept} answers kept; \
         answers by status {:?}, {} given up, {} broken off, {} asked again; killed once, {:.1} s nobody listened",
        began.elapsed().as_secs_f64(),
        titles.len(),
        all.statuses,
        all.given_up,
        all.broken,
        all.asked_again,
        gap.as_secs_f64(),
    );
    assert_eq!((effects, titles.len(), kept), (KEYS, KEYS, KEYS));
    assert!(other.is_empty(), "not one answer a key: {other:?}");
    assert!(all.given_up > KEYS && all.broken > 0, "the storm was none");
    assert!(all.statuses.keys().all(|status| [201, 409, 503].contains(status)), "{:?}", all.statuses);
}
