//! What is over its time goes, a batch at a time; what is not stays, whatever somebody tells the database.

use std::process::Command;

use samvirke::tenancy;
use serde_json::json;

use crate::harness::{Client, Database, Kind, Postgres, Sqlite, TestNode, rstest};

/// Tables with a term: its hours, and the times that begin it.
const TERMS: [(&str, i64, &[&str]); 3] = [
    ("idempotency", 24, &["created_at"]),
    ("event", 90 * 24, &["at"]),
    ("service_account", 180 * 24, &["expires_at", "revoked_at"]),
];

/// A time so many hours ago, as this database writes it.
fn ago(kind: Kind, hours: i64) -> String {
    match kind {
        Sqlite => format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-{hours} hours')"),
        Postgres => format!("now() - interval '{hours} hours'"),
    }
}

async fn count(node: &TestNode, table: &str) -> usize {
    node.database.raw(&format!("SELECT '' FROM {table}")).await.len()
}

/// A library with a row in every table that has a term.
async fn library(node: &TestNode, slug: &str) -> Client {
    let library = node.tenant(slug).await;
    for n in 0..3 {
        let keyed = library.clone().with_key(&format!("key {n}"));
        keyed
            .post("/service-accounts", json!({"role": "viewer", "label": format!("Konto {n}")}))
            .await
            .made();
    }
    library
}

#[rstest]
#[actix_web::test]
async fn rows_go_when_their_time_is_over_and_not_before(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let libraries = [library(&node, "oslo").await, library(&node, "bergen").await];
    for (table, hours, since) in TERMS {
        for column in since {
            let before = count(&node, table).await;
            assert!(before >= 3, "{table}");
            // One hour left: nothing goes.
            node.database.raw(&format!("UPDATE {table} SET {column} = {}", ago(kind, hours - 1))).await;
            tenancy::sweep(&node.app.db).await.unwrap();
            assert_eq!(count(&node, table).await, before, "{table}.{column} went before its time");
            // One row over its time.
            let key = if table == "idempotency" { "key" } else { "id" };
            let over = format!(
                "UPDATE {table} SET {column} = {} WHERE ({key}, tenant_id) IN (SELECT {key}, tenant_id FROM {table} LIMIT 1)",
                ago(kind, hours + 1)
            );
            node.database.raw(&over).await;
            let swept = tenancy::sweep(&node.app.db).await.unwrap();
            let rows = swept.iter().find(|swept| swept.table == table).unwrap().rows;
            assert_eq!((rows, count(&node, table).await), (1, before - 1), "{table}.{column}");
        }
    }
    for library in libraries {
        library.get("/tenants").await.ok();
    }
}

/// Whoever is blocked must not come back as somebody new.
#[rstest]
#[actix_web::test]
async fn who_came_no_more_is_forgotten_and_who_is_blocked_is_not(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = library(&node, "oslo").await;
    node.principals(oslo.tenant, 3).await;
    let all = oslo.get("/principals").await.ok();
    let path = format!("/principals/{}/block", all["items"][0]["id"].as_str().unwrap());
    oslo.post_from(&path, 1, json!(null)).await.ok();
    let seen = async |hours| {
        let sql = format!("UPDATE principal SET last_seen_at = {}", ago(kind, hours));
        node.database.raw(&sql).await;
        tenancy::sweep(&node.app.db).await.unwrap();
        count(&node, "principal").await
    };
    assert_eq!((seen(365 * 24 - 1).await, seen(365 * 24 + 1).await), (3, 1));
    let left = oslo.get("/principals").await.ok();
    assert_eq!(left["items"][0]["id"], all["items"][0]["id"]);
    // The block itself was written down; no token lives as long as that is kept.
    assert_eq!(count(&node, "revocation").await, 1);
    node.database.raw(&format!("UPDATE revocation SET at = {}", ago(kind, 49))).await;
    tenancy::sweep(&node.app.db).await.unwrap();
    assert_eq!(count(&node, "revocation").await, 0);
}

/// Who acted is forgotten after two years; what was done stays, and the chain stays whole.
#[rstest]
#[actix_web::test]
async fn the_audit_forgets_who_and_keeps_what(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    library(&node, "oslo").await;
    let who = async || {
        node.database
            .raw("SELECT principal FROM audit_record WHERE salt IS NOT NULL AND principal IS NOT NULL")
            .await
            .len()
    };
    let (before, rows) = (who().await, count(&node, "audit_record").await);
    assert!(before >= 4);
    let hours = 2 * 365 * 24;
    node.database.raw(&format!("UPDATE audit_record SET at = {} WHERE seq = 1", ago(kind, hours - 1))).await;
    tenancy::sweep(&node.app.db).await.unwrap();
    assert_eq!(who().await, before, "went before its time");
    node.database.raw(&format!("UPDATE audit_record SET at = {} WHERE seq = 2", ago(kind, hours + 1))).await;
    let old = node.database.raw("SELECT principal FROM audit_record WHERE seq = 2").await.len();
    let swept = tenancy::sweep(&node.app.db).await.unwrap();
    let audit = swept.iter().find(|swept| swept.table == "audit_record").unwrap();
    assert!(old > 0 && audit.rows == old as u64, "{audit:?}");
    assert_eq!((who().await, count(&node, "audit_record").await), (before - old, rows));
    // The second time there is nothing left to forget.
    let swept = tenancy::sweep(&node.app.db).await.unwrap();
    assert_eq!(swept.iter().find(|swept| swept.table == "audit_record").unwrap().rows, 0);
}

#[rstest]
#[actix_web::test]
async fn many_rows_go_in_batches(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = library(&node, "oslo").await;
    let id = match kind {
        Sqlite => format!("x'{}'", oslo.tenant.0.simple()),
        Postgres => format!("'{}'::uuid", oslo.tenant.0),
    };
    let (numbers, random) = match kind {
        Sqlite => (
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1234) SELECT n FROM n",
            "randomblob(16)",
        ),
        Postgres => ("SELECT generate_series(1, 1234) AS n", "gen_random_uuid()"),
    };
    let insert = format!(
        "INSERT INTO event (tenant_id, id, seq, kind, subject_kind, subject_id, visibility, version, at) \
         SELECT {id}, {random}, n + 1000, 'x', 'x', {random}, 'private', 1, {} FROM ({numbers}) AS numbers",
        ago(kind, 91 * 24)
    );
    let young = count(&node, "event").await;
    node.database.raw(&insert).await;
    let swept = tenancy::sweep(&node.app.db).await.unwrap();
    assert_eq!(swept.iter().find(|swept| swept.table == "event").unwrap().rows, 1234);
    assert_eq!(count(&node, "event").await, young);
}

/// The second wall: nobody but the broom removes a log's rows, and the broom none that are young.
#[rstest]
#[actix_web::test]
async fn the_database_keeps_what_is_young_from_the_broom_itself(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = library(&node, "oslo").await;
    node.database.raw(&format!("UPDATE event SET at = {}", ago(kind, 91 * 24))).await;
    for (duty, table) in [
        ("member", "event"),
        ("operator", "event"),
        ("broom", "audit_record"),
        ("broom", "competence_entry"),
        ("broom", "tenant"),
    ] {
        let before = count(&node, table).await;
        let tenant = oslo.tenant.0;
        let sql = match &node.database {
            Database::Sqlite(_) => format!(
                "BEGIN; UPDATE temp.who SET tenant = x'{}', duty = '{duty}'; DELETE FROM {table}; COMMIT",
                tenant.simple()
            ),
            Database::Postgres(_) => format!(
                "BEGIN; SET LOCAL samvirke.tenant = '{tenant}'; SET LOCAL samvirke.duty = '{duty}'; DELETE FROM {table}; COMMIT"
            ),
        };
        let done = node.app.db.unscoped(true, &sql).await;
        if done.is_err() {
            let _ = node.app.db.unscoped(true, "ROLLBACK").await;
        }
        assert_eq!(count(&node, table).await, before, "{duty} removed from {table}");
    }
    assert!(tenancy::sweep(&node.app.db).await.unwrap().iter().any(|s| s.table == "event" && s.rows > 0));
}

#[rstest]
#[actix_web::test]
async fn the_command_tells_what_it_removed(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    library(&node, "oslo").await;
    node.database.raw(&format!("UPDATE idempotency SET created_at = {}", ago(kind, 25))).await;
    let said = command(&node).await;
    let line = said.lines().find(|line| line.starts_with("idempotency")).unwrap();
    assert_eq!(line.split_whitespace().nth(1), Some("3"), "{said}");
}

/// What `samvirke retention` says.
pub async fn command(node: &TestNode) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvirke"));
    command
        .arg("retention")
        .current_dir(std::env::temp_dir())
        .env_remove("SAMVIRKE_TEST_PG")
        .env_remove("SAMVIRKE_PG_BIN")
        .env("SAMVIRKE_DATABASE_URL", node.database.url())
        .env("SAMVIRKE_KEY_FILE", std::env::temp_dir().join(format!("{}.key", uuid::Uuid::new_v4())))
        .env("SAMVIRKE_ALLOW_UNSAFE_DURABILITY", "true");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}
