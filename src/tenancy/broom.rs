//! Removes rows whose time is over, of every library, a few at a time. It is nobody's request: it knows no tenant, and
//! the database lets it see and remove nothing that is younger than the declared term (`migration::terms`).

use std::time::Duration;

use migration::terms::{TERMS, Term};
use sea_orm::{ConnectionTrait, Value};

use super::{
    Db,
    db::{Duty, Who},
    fault::{failed, unavailable},
};
use crate::{error::Result, when};

/// How many rows one transaction removes at most: nobody waits long for a broom.
const BATCH: u64 = 500;

/// Between two batches others write.
const BREATH: Duration = Duration::from_millis(20);

/// What was removed from a table, or emptied in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    pub table: &'static str,
    pub rows: u64,
}

/// Goes through every table that has a term.
pub async fn sweep(db: &Db) -> Result<Vec<Swept>> {
    let mut swept = Vec::new();
    for term in TERMS {
        let mut rows = 0;
        loop {
            let batch = remove(db, term).await?;
            rows += batch;
            if batch < BATCH {
                break;
            }
            tokio::time::sleep(BREATH).await;
        }
        swept.push(Swept { table: term.table, rows });
    }
    Ok(swept)
}

/// One batch, in a transaction of its own.
async fn remove(db: &Db, term: &Term) -> Result<u64> {
    let who = Who { tenant: None, duty: Duty::Broom, client: None };
    let conn = db.begin_write(who).await?;
    let backend = conn.get_database_backend();
    let table = migration::tables::TABLES.iter().find(|table| table.name == term.table);
    let key = table.map(|table| table.key.join(", ")).unwrap_or_default();
    let bound = if backend == sea_orm::DbBackend::Postgres { "$1" } else { "?1" };
    let over: Vec<String> = term.since.iter().map(|column| format!("{column} < {bound}")).collect();
    let over = format!("({}){}", over.join(" OR "), term.but(""));
    // The names are the declaration's own; the time is bound.
    let (what, left) = match term.erases {
        [] => (format!("DELETE FROM {}", term.table), String::new()),
        [first, ..] => {
            let empty: Vec<String> = term.erases.iter().map(|column| format!("{column} = NULL")).collect();
            (format!("UPDATE {} SET {}", term.table, empty.join(", ")), format!("AND {first} IS NOT NULL"))
        }
    };
    let sql = format!(
        "{what} WHERE ({key}) IN (SELECT {key} FROM {} WHERE {over} {left} LIMIT {BATCH})",
        term.table
    );
    let before = when::now() - chrono::Duration::hours(i64::from(term.hours));
    let statement = sea_orm::Statement::from_sql_and_values(backend, sql, [Value::from(before)]);
    let done = conn.execute_raw(statement).await.map_err(failed)?;
    conn.commit().await.map_err(unavailable)?;
    Ok(done.rows_affected())
}
