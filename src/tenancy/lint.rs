//! Do the database's walls stand? Asked at start; the node refuses to serve when anything is found.
//!
//! [`postgres`] reads the catalogue as the serving role and finds whatever would let one tenant's rows reach another
//! past row-level security, [`sqlite`] looks at the connections themselves, [`durability`] asks whether an
//! acknowledged write survives the power going.

mod checks;

use migration::{sqlite as wall, tables::TABLES};
use sqlx::{PgPool, SqlitePool};

/// PostgreSQL minors below these have faults in row-level security: major, minor.
const FLOOR: [(i32, i32); 5] = [(14, 25), (15, 20), (16, 16), (17, 12), (18, 6)];

pub(super) async fn postgres(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    let mut findings = Vec::new();
    let version: i32 =
        sqlx::query_scalar("SELECT current_setting('server_version_num')::int").fetch_one(pool).await?;
    findings.extend(version_finding(version));
    for (what, sql) in checks::CHECKS {
        let names: Vec<String> = sqlx::query_scalar(*sql).fetch_all(pool).await?;
        findings.extend(names.into_iter().map(|name| format!("{what}: {name}")));
    }
    let keys: Vec<String> = sqlx::query_scalar(checks::KEYS).fetch_all(pool).await?;
    let open = keys.into_iter().filter(|key| !checks::KEYS_WITHOUT_TENANT.iter().any(|(k, _)| k == key));
    findings.extend(open.map(|key| format!("{}: {key}", checks::KEY_FINDING)));
    Ok(findings)
}

pub(super) async fn sqlite(write: &SqlitePool, read: &SqlitePool) -> sqlx::Result<Vec<String>> {
    let mut findings = Vec::new();
    for (pool, which, statements) in [(write, "writing", wall::writer()), (read, "reading", wall::reader())] {
        let mut connection = pool.acquire().await?;
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
        if synchronous < 2 {
            findings.push(format!("synchronous is below FULL on a {which} connection"));
        }
        let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *connection).await?;
        if keys != 1 {
            findings.push(format!("foreign_keys is off on a {which} connection"));
        }
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
        if journal != "wal" {
            findings.push(format!("journal_mode is not WAL on a {which} connection: {journal}"));
        }
        let laid: Vec<String> =
            sqlx::query_scalar("SELECT sql FROM temp.sqlite_schema WHERE type IN ('view', 'trigger')")
                .fetch_all(&mut *connection)
                .await?;
        for statement in statements {
            // SQLite keeps the text without the word TEMP.
            let kept = statement.replacen("CREATE TEMP ", "CREATE ", 1);
            if !laid.contains(&kept) {
                let name = kept.split(' ').nth(2).unwrap_or_default();
                findings.push(format!("the wall is not laid on a {which} connection: {name}"));
            }
        }
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
        )
        .fetch_all(&mut *connection)
        .await?;
        let known = |name: &str| name == "seaql_migrations" || TABLES.iter().any(|t| t.name == name);
        let strange = tables.into_iter().filter(|name| !known(name));
        findings.extend(strange.map(|name| format!("a table without a wall: {name}")));
    }
    Ok(findings)
}

/// What would let an acknowledged write be lost. Apart from the walls, because a cluster that is thrown away
/// (a test's) may waive it.
pub(super) async fn durability(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT name || ' is ' || setting FROM pg_settings \
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name",
    )
    .fetch_all(pool)
    .await
}

/// What is wrong with a server of this `server_version_num`.
pub fn version_finding(version: i32) -> Option<String> {
    let (major, minor) = (version / 10_000, version % 10_000);
    let good = match FLOOR.iter().find(|(m, _)| *m == major) {
        Some((_, floor)) => minor >= *floor,
        None => major > 18,
    };
    (!good).then(|| {
        format!("PostgreSQL {major}.{minor} has known faults in row-level security; use a newer minor")
    })
}
