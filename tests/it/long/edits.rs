//! Many clients change few records, each from the version that it has seen: no change is lost, and no two are made from one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::Process;
use crate::{
    harness::{Client, Kind, Postgres, Sqlite, rstest},
    walls::canaries::Dice,
};

const CLIENTS: usize = 32;
const EDITS: usize = 500;
const RECORDS: usize = 50;

type Statuses = Arc<Mutex<BTreeMap<u16, usize>>>;

/// Adds one to a record's number, until it was taken. Gives how often.
async fn edit(client: &Client, path: &str, statuses: &Statuses) {
    loop {
        let seen = client.get(path).await;
        let (version, holders) = match seen.status.as_u16() {
            200 => {
                let seen = seen.json();
                (seen["version"].as_i64().unwrap(), seen["holders"].as_i64().unwrap())
            }
            status => {
                *statuses.lock().unwrap().entry(status).or_default() += 1;
                continue;
            }
        };
        let request = client.request(Method::PATCH, &format!("/api/v1{path}"));
        let request = request.header("if-match", format!("\"{version}\""));
        let answer = client.send(request.json(&json!({"holders": holders + 1}))).await;
        let status = answer.status.as_u16();
        *statuses.lock().unwrap().entry(status).or_default() += 1;
        if status == 200 {
            let now = answer.json();
            assert_eq!((&now["version"], &now["holders"]), (&json!(version + 1), &json!(holders + 1)));
            return;
        }
    }
}

#[rstest]
#[ignore = "long: tests/run --long"]
#[actix_web::test]
async fn no_edit_is_lost(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, process) = Process::start(kind, &Process::released()).await;
    let oslo = node.tenant("oslo").await;
    let mut paths = Vec::new();
    for n in 0..RECORDS {
        let input = json!({"sourcePhrase": format!("ferdighet {n}"), "language": "nb", "stance": "have",
            "visibility": "private", "holders": 0});
        let made = oslo.post("/competences", input).await.made();
        paths.push(format!("/competences/{}", made["id"].as_str().unwrap()));
    }
    let first: i64 = total(&oslo, &paths).await.iter().map(|(version, _)| version).sum();
    let statuses = Statuses::default();
    let began = Instant::now();
    let clients = (0..CLIENTS).map(|n| {
        let (client, paths, statuses) = (process.client(&oslo), paths.clone(), statuses.clone());
        actix_web::rt::spawn(async move {
            let mut dice = Dice(n as u64);
            for _ in 0..EDITS {
                edit(&client, &paths[dice.below(paths.len())], &statuses).await;
            }
        })
    });
    for client in join_all(clients).await {
        client.unwrap();
    }
    let seconds = began.elapsed().as_secs_f64();
    let now = total(&oslo, &paths).await;
    let (versions, holders) = now.iter().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    let statuses = statuses.lock().unwrap().clone();
    let asked: usize = statuses.values().sum();
    let accepted = statuses[&200];
    let busy = statuses.get(&503).copied().unwrap_or_default();
    println!(
        "{kind:?}: {CLIENTS} clients x {EDITS} edits over {RECORDS} records in {seconds:.0} s: {accepted} accepted, the numbers \
         add up to {holders}, lost {}; changes by status {statuses:?}; 503: {:.3} %",
        accepted as i64 - holders,
        100.0 * busy as f64 / asked as f64,
    );
    assert_eq!(accepted, CLIENTS * EDITS);
    assert_eq!((holders, versions - first), (accepted as i64, accepted as i64), "edits are lost");
    assert!(statuses.keys().all(|status| [200, 412, 503].contains(status)), "{statuses:?}");
    assert!(statuses[&412] > 0, "nobody met anybody: the test shows nothing");
    assert!(busy * 1000 <= asked, "more than one in a thousand was told to come back");
}

/// Every record's version and number.
async fn total(client: &Client, paths: &[String]) -> Vec<(i64, i64)> {
    let mut out = Vec::new();
    for path in paths {
        let row: Value = client.get(path).await.ok();
        out.push((row["version"].as_i64().unwrap(), row["holders"].as_i64().unwrap()));
    }
    out
}
