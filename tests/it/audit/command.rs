//! `samvirke audit verify`, as somebody at a terminal runs it.

use std::{path::Path, process::Command};

use samvirke::{
    audit::{AuditCheckpoint, service},
    auth::Keys,
};

use super::{admin, tampering::Forger, write};
use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

/// Whether it succeeded, and what it said.
pub async fn verify(node: &TestNode, folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvirke"));
    command
        .args(["audit", "verify"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("SAMVIRKE_TEST_PG")
        .env_remove("SAMVIRKE_PG_BIN")
        .env("SAMVIRKE_DATABASE_URL", node.database.url())
        .env("SAMVIRKE_KEY_FILE", folder.join("node.key"))
        // The scratch server forces nothing to disk.
        .env("SAMVIRKE_ALLOW_UNSAFE_DURABILITY", "true");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[rstest]
#[actix_web::test]
async fn the_command_names_the_first_bad_entry(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    node.tenant("bergen").await;
    for n in 0..4 {
        write(&oslo, &format!("a{n}")).await;
    }
    let folder = std::env::temp_dir().join(format!("samvirke-audit-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let keys = Keys::open(&folder.join("node.key")).unwrap();
    let theirs = service::checkpoint(&admin(&node, &oslo)).await.unwrap();
    let kept =
        AuditCheckpoint::sign(&keys, oslo.tenant, theirs.sequence, theirs.hash.clone(), theirs.at).unwrap();
    for (name, mark) in [("kept.json", &kept), ("other.json", &theirs)] {
        std::fs::write(folder.join(name), serde_json::to_vec(mark).unwrap()).unwrap();
    }

    let (good, said) = verify(&node, &folder, &[]).await;
    assert!(good && said.contains("oslo: 4 entries, good; no checkpoint"), "{said}");
    assert!(said.contains("(the node): ") && said.contains("bergen: 0 entries"), "{said}");
    assert!(said.contains("Without a checkpoint this is not found: entries cut off"), "{said}");
    let (good, said) = verify(&node, &folder, &["--tenant", "oslo", "--checkpoint", "kept.json"]).await;
    assert!(good && said.contains("held against 1 checkpoint"), "{said}");
    assert!(!said.contains("Without a checkpoint"), "{said}");
    // Another node's key, and another library's checkpoint.
    let (good, said) = verify(&node, &folder, &["--checkpoint", "other.json"]).await;
    assert!(!good && said.contains("oslo: BAD: the checkpoint is not one of this chain"), "{said}");
    let (good, said) = verify(&node, &folder, &["--tenant", "bergen", "--checkpoint", "kept.json"]).await;
    assert!(!good && said.contains("BAD: kept.json is of a library"), "{said}");

    let forger = Forger::new(&node, oslo.tenant).await;
    let whole = forger.read().await;
    let mut rows = whole.clone();
    rows[1].action = "serviceAccount.removed".into();
    forger.put(rows).await;
    let (good, said) = verify(&node, &folder, &[]).await;
    assert!(!good && said.contains("oslo: BAD: entry 2 was altered"), "{said}");
    let mut rows = whole;
    rows.truncate(2);
    forger.put(rows).await;
    assert!(verify(&node, &folder, &[]).await.0);
    let (good, said) = verify(&node, &folder, &["--checkpoint", "kept.json"]).await;
    assert!(!good && said.contains("entry 4 was signed and is not there, the chain ends at 2"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}
