//! A process that is told to stop says that it is not ready, answers what is asked meanwhile, and goes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::{
    harness::{Client, Kind, Postgres, Sqlite, rstest},
    long::Process,
};

const CALLERS: usize = 8;

/// Writes until it is said that the process is not ready, and then a little more. Gives how many were taken.
async fn write(client: &Client, n: usize, over: &AtomicBool) -> usize {
    let mut taken = 0;
    while !over.load(Ordering::Relaxed) {
        let entry =
            json!({"sourcePhrase": format!("ferdighet {n} {taken}"), "language": "nb", "stance": "have"});
        client.post("/competences", entry).await.made();
        taken += 1;
    }
    taken
}

#[rstest]
#[actix_web::test]
async fn nothing_is_lost_when_a_process_is_told_to_stop(#[values(Sqlite, Postgres)] kind: Kind) {
    let (node, mut process) = Process::start(kind, &Process::tested()).await;
    let oslo = node.tenant("oslo").await;
    let there = process.client(&oslo);
    let over = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..CALLERS)
        .map(|n| {
            let (there, over) = (there.clone(), over.clone());
            actix_web::rt::spawn(async move { write(&there, n, &over).await })
        })
        .collect();
    let ready = async || there.send(there.request(Method::GET, "/readyz")).await;
    assert_eq!(ready().await.text, "ready");
    process.terminate();
    let mut answer = ready().await;
    while answer.status == 200 {
        answer = ready().await;
    }
    answer.problem(503, "unavailable");
    // Whoever hands out requests has noticed now, and hands out no more to this one.
    over.store(true, Ordering::Relaxed);
    let taken: usize =
        join_all(callers).await.into_iter().map(|caller| caller.expect("no call failed")).sum();
    assert!(
        actix_web::web::block(move || process.ended()).await.unwrap(),
        "it says that something went wrong"
    );
    let count = node.database.raw("SELECT CAST(count(*) AS text) FROM competence_entry").await;
    assert_eq!(count[0].parse(), Ok(taken));
    assert!(taken >= CALLERS);
}
