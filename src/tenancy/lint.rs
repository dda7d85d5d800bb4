//! Does the database's wall stand? Asked at start; the node refuses to serve when it does not.

use sqlx::{PgPool, SqlitePool};

/// PostgreSQL minors below these have faults in row-level security: major, minor.
const FLOOR: [(i32, i32); 5] = [(14, 25), (15, 20), (16, 16), (17, 12), (18, 6)];

pub(super) async fn postgres(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    let mut findings = Vec::new();
    let version: i32 =
        sqlx::query_scalar("SELECT current_setting('server_version_num')::int").fetch_one(pool).await?;
    findings.extend(version_finding(version));
    for (what, sql) in CHECKS {
        let names: Vec<String> = sqlx::query_scalar(*sql).fetch_all(pool).await?;
        findings.extend(names.into_iter().map(|name| format!("{what}: {name}")));
    }
    Ok(findings)
}

pub(super) async fn sqlite(pool: &SqlitePool) -> sqlx::Result<Vec<String>> {
    let mut findings = Vec::new();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await?;
    if synchronous < 2 {
        findings.push("synchronous is below FULL: an acknowledged write may be lost".into());
    }
    let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(pool).await?;
    if keys != 1 {
        findings.push("foreign_keys is off".into());
    }
    Ok(findings)
}

fn version_finding(version: i32) -> Option<String> {
    let (major, minor) = (version / 10_000, version % 10_000);
    let good = match FLOOR.iter().find(|(m, _)| *m == major) {
        Some((_, floor)) => minor >= *floor,
        None => major > 18,
    };
    (!good).then(|| {
        format!("PostgreSQL {major}.{minor} has known faults in row-level security; use a newer minor")
    })
}

/// What must not be found, and the SQL that finds it.
const CHECKS: &[(&str, &str)] = &[
    (
        "the serving role is a superuser or may bypass row security",
        "SELECT rolname::text FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)",
    ),
    (
        "the serving role owns a table",
        "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND pg_get_userbyid(c.relowner) = current_user",
    ),
    (
        "row security is not enabled and forced",
        "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'seaql_migrations' \
         AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    ),
];
