//! The node's keys change while it serves, and nobody notices; one that may be somebody else's is taken back, and is refused.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use samvirke::{
    audit::service,
    auth::{Keys, keys},
    when,
};
use serde_json::{Value, json};

use crate::{
    audit::{
        admin,
        command::verify,
        tampering::{Forger, relink},
        write,
    },
    harness::{Client, Kind, Postgres, Sqlite, TestNode, rstest},
};

/// A folder that goes with its value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("samvirke-keys-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Where the command line of the other tests looks too.
    fn file(&self) -> PathBuf {
        self.0.join("node.key")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `samvirke key …`, as somebody at a terminal runs it, and what it said.
async fn key(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvirke"));
    command.arg("key").args(arguments).env("SAMVIRKE_KEY_FILE", folder.join("node.key"));
    command.current_dir(folder).env_remove("SAMVIRKE_TEST_PG").env_remove("SAMVIRKE_PG_BIN");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

async fn key_ids(client: &Client) -> Vec<String> {
    let set = client.send(client.request(reqwest::Method::GET, "/.well-known/jwks.json")).await.ok();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn sign_in(at: &str, issued: &Value, tenant: samvirke::id::TenantId) -> Client {
    let nobody = Client::new(at, None, tenant);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", word(&issued["account"]["clientId"])),
        ("client_secret", word(&issued["clientSecret"])),
    ];
    let token = nobody.send(nobody.request(reqwest::Method::POST, "/oauth2/token").form(&form)).await.ok();
    Client::new(at, token["access_token"].as_str().map(str::to_owned), tenant)
}

/// A node of two processes on one key file, both of which serve and look after the file.
async fn two_processes(kind: Kind, folder: &Folder) -> (TestNode, String) {
    let keys = Keys::open(&folder.file()).unwrap();
    let node = TestNode::keyed(kind, keys.clone()).await;
    let others = Keys::open(&folder.file()).unwrap();
    let beside = node.process_beside(others.clone()).await;
    for keys in [keys, others] {
        actix_web::rt::spawn(keys.watch());
    }
    (node, beside)
}

#[rstest]
#[actix_web::test]
async fn nobody_notices_that_another_key_follows(#[values(Sqlite, Postgres)] kind: Kind) {
    const ROTATIONS: usize = 4;
    const CALLERS: usize = 8;
    let folder = Folder::new();
    let (node, beside) = two_processes(kind, &folder).await;
    let oslo = node.tenant("oslo").await;
    for n in 0..3 {
        write(&oslo, &format!("a{n}")).await;
    }
    let issued = oslo.post("/service-accounts", json!({"role": "admin", "label": "x"})).await.made();
    let oldest = sign_in(&node.address, &issued, oslo.tenant).await;
    let page = oldest.get("/audit/records?first=1").await.ok();
    let next = format!("/audit/records?first=1&after={}", page["nextCursor"].as_str().unwrap());
    let second = oldest.get(&next).await.ok();

    let (over, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let callers = (0..CALLERS).map(|n| {
        let (over, calls, issued, tenant) = (over.clone(), calls.clone(), issued.clone(), oslo.tenant);
        let places = [node.address.clone(), beside.clone()];
        let oldest = oldest.clone();
        actix_web::rt::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                // A token of one process at the other, which may not know the key yet.
                let fresh = sign_in(&places[n % 2], &issued, tenant).await;
                let there = Client::new(&places[(n + 1) % 2], fresh.token().map(str::to_owned), tenant);
                for who in [&there, &fresh, &oldest, &there] {
                    who.get("/me").await.ok();
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    let mut signing = key_ids(&oldest).await;
    assert_eq!(signing.len(), 1);
    for _ in 0..ROTATIONS {
        let before = calls.load(Ordering::Relaxed);
        let (good, said) = key(&folder.0, &["rotate"]).await;
        assert!(good && said.contains("signs"), "{said}");
        // Until it was in use for a while.
        while calls.load(Ordering::Relaxed) < before + 10 * CALLERS {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.expect("no call failed");
    }
    println!("{kind:?}: {} calls during {ROTATIONS} rotations, 0 failed", calls.load(Ordering::Relaxed));

    // Both processes show all that may be out, the one that signs first.
    let there = Client::new(&beside, oldest.token().map(str::to_owned), oslo.tenant);
    for client in [&oldest, &there] {
        // A process looks at the file every two seconds.
        for _ in 0..100 {
            signing = key_ids(client).await;
            if signing.len() == ROTATIONS + 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert_eq!(signing.len(), ROTATIONS + 1);
    assert_eq!(key_ids(&there).await, signing);
    let fresh = sign_in(&beside, &issued, oslo.tenant).await;
    let header = fresh.token().unwrap().split('.').next().unwrap().to_owned();
    use base64::Engine;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["kid"], json!(signing[0]), "the last one signs, and not the first");
    // A list that was begun before goes on.
    assert_eq!(oldest.get(&next).await.ok(), second);
    assert_eq!(there.get(&next).await.ok(), second);
}

#[rstest]
#[actix_web::test]
async fn an_old_key_is_refused_when_its_tokens_are_over_and_still_tells_of_tampering(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let folder = Folder::new();
    let node = TestNode::keyed(kind, Keys::open(&folder.file()).unwrap()).await;
    let oslo = node.tenant("oslo").await;
    for n in 0..4 {
        write(&oslo, &format!("a{n}")).await;
    }
    let kept = service::checkpoint(&admin(&node, &oslo)).await.unwrap();
    std::fs::write(folder.0.join("kept.json"), serde_json::to_vec(&kept).unwrap()).unwrap();
    oslo.get("/me").await.ok();
    let first = node.app.tokens.keys().kid();
    // Long enough ago that every token of it is over; this one, which was made since, stands for one of a thief's.
    let now = when::now();
    let second = keys::rotate(&folder.file(), now - chrono::Duration::hours(11)).unwrap();
    node.app.tokens.keys().refresh().unwrap();
    oslo.get("/me").await.ok();
    let third = keys::rotate(&folder.file(), now - chrono::Duration::hours(13)).unwrap();
    node.app.tokens.keys().refresh().unwrap();
    let anew = node.client(oslo.tenant, samvirke::auth::Role::Admin);
    assert_eq!(key_ids(&anew).await, [third.clone(), first.clone()], "the second is over, the first is not");
    oslo.get("/me").await.ok();
    // The first one's end comes too.
    let text = std::fs::read_to_string(folder.file()).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    for key in file["earlier"].as_array_mut().unwrap() {
        key["until"] = json!(now - chrono::Duration::seconds(1));
    }
    std::fs::write(folder.file(), file.to_string()).unwrap();
    node.app.tokens.keys().refresh().unwrap();
    oslo.get("/me").await.problem(401, "invalid_token");
    anew.get("/me").await.ok();
    assert_eq!(key_ids(&anew).await, [third]);
    let (_, said) = key(&folder.0, &["list"]).await;
    for kid in [&first, &second] {
        assert!(
            said.lines().any(|line| line.starts_with(kid.as_str()) && line.contains("checkpoints")),
            "{said}"
        );
    }

    // A checkpoint of the first is as good as ever, and finds what was written anew.
    let (good, said) = verify(&node, &folder.0, &["--checkpoint", "kept.json"]).await;
    assert!(good && said.contains("oslo: 4 entries, good, held against 1 checkpoints"), "{said}");
    let forger = Forger::new(&node, oslo.tenant).await;
    let mut rows = forger.read().await;
    let whole = rows.clone();
    rows[1].principal = Some("somebody else".into());
    relink(&mut rows, 1);
    forger.put(rows).await;
    assert!(verify(&node, &folder.0, &[]).await.0, "by itself the chain does not tell");
    let (good, said) = verify(&node, &folder.0, &["--checkpoint", "kept.json"]).await;
    assert!(!good && said.contains("entry 4 is not the one that was signed"), "{said}");
    forger.put(whole).await;
}

#[rstest]
#[actix_web::test]
async fn a_key_that_was_taken_back_vouches_for_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let folder = Folder::new();
    let (node, beside) = two_processes(kind, &folder).await;
    let oslo = node.tenant("oslo").await;
    write(&oslo, "a").await;
    let issued = oslo.post("/service-accounts", json!({"role": "admin", "label": "x"})).await.made();
    let site = sign_in(&node.address, &issued, oslo.tenant).await;
    let there = Client::new(&beside, site.token().map(str::to_owned), oslo.tenant);
    site.get("/me").await.ok();
    there.get("/me").await.ok();
    let mark = site.get("/audit/checkpoint").await.ok();
    std::fs::write(folder.0.join("kept.json"), mark.to_string()).unwrap();

    let kid = node.app.tokens.keys().kid();
    assert!(!key(&folder.0, &["revoke", "nobody"]).await.0);
    let (good, said) = key(&folder.0, &["revoke", &kid]).await;
    assert!(good && said.contains("REVOKED"), "{said}");
    for client in [&site, &there] {
        refused_within_ten_seconds(client).await;
    }
    let anew = sign_in(&beside, &issued, oslo.tenant).await;
    anew.get("/me").await.ok();
    Client::new(&node.address, anew.token().map(str::to_owned), oslo.tenant).get("/me").await.ok();
    assert!(!key_ids(&anew).await.contains(&kid));

    // What it signed is marked, and does not count; what is signed since does.
    let (good, said) = verify(&node, &folder.0, &["--checkpoint", "kept.json"]).await;
    assert!(good && said.contains("MARKED: kept.json is signed with the key"), "{said}");
    assert!(said.contains("oslo: 2 entries, good; no checkpoint"), "{said}");
    assert!(said.contains("Without a checkpoint this is not found"), "{said}");
    let mark = anew.get("/audit/checkpoint").await.ok();
    std::fs::write(folder.0.join("new.json"), mark.to_string()).unwrap();
    let (good, said) = verify(&node, &folder.0, &["--checkpoint", "new.json"]).await;
    assert!(good && said.contains("held against 1 checkpoint") && !said.contains("MARKED"), "{said}");
}

async fn refused_within_ten_seconds(client: &Client) {
    for _ in 0..100 {
        let answer = client.get("/me").await;
        if answer.status == 401 {
            answer.problem(401, "invalid_token");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the token is still good");
}
