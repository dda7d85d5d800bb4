//! Keys follow one another under two hundred requests a second, at two processes of a node: no request fails, and the tokens of a key
//! that is taken back are refused within ten seconds.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::Method;
use samvirke::auth::Keys;
use serde_json::{Value, json};

use super::Process;
use crate::harness::{Client, Kind, Postgres, Sqlite, rstest};

const CALLERS: usize = 60;
/// Between two requests of a caller: together they wish for three hundred a second.
const PAUSE: Duration = Duration::from_millis(200);
/// Of its own, for a token is signed anew this often.
const TOKEN_EVERY: usize = 10;
const ROTATIONS: usize = 12;
/// Between two rotations.
const REST: Duration = Duration::from_secs(5);

/// `samvirke key …`, as somebody at a terminal runs it.
fn key(program: &Path, folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.arg("key").args(arguments).env("SAMVIRKE_KEY_FILE", folder.join("node.key"));
    command.env_remove("SAMVIRKE_TEST_PG").env_remove("SAMVIRKE_PG_BIN");
    let output = command.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// With the connections of `at`.
async fn sign_in(at: &Client, issued: &Value) -> Result<Client, String> {
    let nobody = at.clone().with_token(None);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", word(&issued["account"]["clientId"])),
        ("client_secret", word(&issued["clientSecret"])),
    ];
    let request = nobody.request(Method::POST, "/oauth2/token").form(&form);
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body: Value = answer.json().await.map_err(|error| error.to_string())?;
    match body["access_token"].as_str() {
        Some(token) => Ok(nobody.with_token(Some(token.to_owned()))),
        None => Err(format!("{status}: {body}")),
    }
}

async fn ask(client: &Client) -> Result<(), String> {
    let answer = client.request(Method::GET, "/api/v1/me").send().await.map_err(|error| error.to_string())?;
    if answer.status() == 200 {
        Ok(())
    } else {
        Err(format!("{}: {:?}", answer.status(), answer.text().await))
    }
}

#[rstest]
#[ignore = "long: tests/run --long"]
#[actix_web::test]
async fn keys_rotate_under_load(#[values(Sqlite, Postgres)] kind: Kind) {
    let program = Process::released();
    let (node, process) = Process::start(kind, &program).await;
    let beside = process.beside();
    let oslo = node.tenant("oslo").await;
    let issued = oslo.post("/service-accounts", json!({"role": "admin", "label": "x"})).await.made();
    let places = [process.address(), beside.address()];
    let over = Arc::new(AtomicBool::new(false));
    let failed = Arc::new(Mutex::new(Vec::<String>::new()));
    let began = Instant::now();
    let callers = (0..CALLERS).map(|n| {
        let (over, failed, issued) = (over.clone(), failed.clone(), issued.clone());
        let (tenant, places) = (oslo.tenant, places.clone());
        actix_web::rt::spawn(async move {
            // Of its own, as every caller has: and none is made anew for a token, which would be the most of the work here.
            let places = places.map(|at| Client::new(&at, None, tenant));
            // Not all at the same moment.
            tokio::time::sleep(PAUSE / CALLERS as u32 * n as u32).await;
            let mut beat = tokio::time::interval(PAUSE);
            let (mut tokens, mut asked) = (0, 0);
            let mut clients = Vec::new();
            while !over.load(Ordering::Relaxed) {
                beat.tick().await;
                let end = if asked % TOKEN_EVERY == 0 {
                    tokens += 1;
                    // Signed at one process and shown to the other too, which may not know the key yet.
                    sign_in(&places[tokens % 2], &issued).await.map(|fresh| {
                        let token = fresh.token().map(str::to_owned);
                        clients = places.iter().map(|at| at.clone().with_token(token.clone())).collect();
                    })
                } else {
                    let client: &Client = &clients[asked % 2];
                    ask(client).await
                };
                asked += 1;
                if let Err(error) = end {
                    failed.lock().unwrap().push(error);
                    if clients.is_empty() {
                        break;
                    }
                }
            }
            (asked, tokens)
        })
    });
    let callers: Vec<_> = callers.collect();
    for _ in 0..ROTATIONS {
        tokio::time::sleep(REST).await;
        let (program, folder) = (program.clone(), process.folder().to_owned());
        actix_web::web::block(move || key(&program, &folder, &["rotate"])).await.unwrap();
    }
    tokio::time::sleep(REST).await;
    over.store(true, Ordering::Relaxed);
    let counts: Vec<(usize, usize)> =
        join_all(callers).await.into_iter().map(|caller| caller.unwrap()).collect();
    let seconds = began.elapsed().as_secs_f64();
    let (asked, tokens) = counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    let failed = failed.lock().unwrap().clone();
    println!(
        "{kind:?}: {ROTATIONS} rotations in {seconds:.0} s under {:.0} requests a second at two processes: {asked} requests, \
         {tokens} of them for tokens, {} failed",
        asked as f64 / seconds,
        failed.len(),
    );
    assert!(failed.is_empty(), "{:?}", &failed[..failed.len().min(5)]);

    // The drill: the key that signs now may be somebody else's.
    let [here, there] = places.map(|at| Client::new(&at, None, oslo.tenant));
    let fresh = sign_in(&here, &issued).await.unwrap();
    let there_too = there.clone().with_token(fresh.token().map(str::to_owned));
    ask(&fresh).await.unwrap();
    ask(&there_too).await.unwrap();
    let signing = Keys::open(&process.folder().join("node.key")).unwrap().kid();
    let began = Instant::now();
    key(&program, process.folder(), &["revoke", &signing]);
    let mut refused = Vec::new();
    for client in [&fresh, &there_too] {
        while ask(client).await.is_ok() {
            assert!(began.elapsed() < Duration::from_secs(60), "the token is still good");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        refused.push(format!("{:.1} s", began.elapsed().as_secs_f64()));
    }
    ask(&sign_in(&there, &issued).await.unwrap()).await.unwrap();
    println!(
        "{kind:?}: tokens of the key that was taken back are refused after {} (bound: 10 s)",
        refused.join(" and ")
    );
}
