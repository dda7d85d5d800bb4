//! Whoever merges concepts speaks for libraries that have asked for nothing: the database lets it touch what names a concept
//! that was merged, and nothing else.

use migration::{merging::FOLLOW, tables::TABLES};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{
    oracle::Lib,
    world::{World, tenant},
};
use crate::harness::{Kind, Postgres, Sqlite, rstest};

/// Runs SQL as the merger, in the name of a library or of nobody, past the product. The rows that it gave; none where it was
/// refused.
async fn rows(world: &World, lib: Option<Lib>, sql: &str) -> Vec<String> {
    let me = lib.map(tenant);
    match world.kind() {
        Postgres => {
            let mut connection = PgConnection::connect(&world.node.database.url()).await.unwrap();
            let me = me.map(|me| me.to_string()).unwrap_or_default();
            let set = format!("SET samvirke.tenant = '{me}'; SET samvirke.duty = 'merge'");
            connection.execute(AssertSqlSafe(set)).await.unwrap();
            sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
                .fetch_all(&mut connection)
                .await
                .unwrap_or_default()
        }
        Sqlite => {
            let me = me.map_or("NULL".to_owned(), |me| format!("x'{}'", me.simple()));
            let write = !sql.starts_with("SELECT");
            let sql = format!("UPDATE temp.who SET tenant = {me}, duty = 'merge'; {sql}");
            world.node.app.db.unscoped(write, &sql).await.unwrap_or_default()
        }
    }
}

#[rstest]
#[actix_web::test]
async fn the_merger_touches_what_was_merged_and_nothing_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let world = World::new(kind, Default::default(), false).await;
    // Nothing was merged: there is nothing that it may see without a library, or change in the name of one.
    for (table, _) in FOLLOW {
        let seen = rows(&world, None, &format!("SELECT 'row' FROM {table}")).await;
        assert_eq!(seen, Vec::<String>::new(), "{table}");
    }
    for table in TABLES {
        let (name, key) = (table.name, table.key[0]);
        // It ends a state of an entry that followed, and the library's entries and the concepts are other ones then.
        if !["competence_history", "competence_mark", "concept_mark"].contains(&name) {
            let changed = format!("UPDATE {name} SET {key} = {key} RETURNING 'row'");
            assert_eq!(rows(&world, Some(Lib::A), &changed).await, Vec::<String>::new(), "{name} changed");
        }
        let removed = format!("DELETE FROM {name} RETURNING 'row'");
        assert_eq!(rows(&world, Some(Lib::A), &removed).await, Vec::<String>::new(), "{name} removed");
    }
    // The control: one is merged, and what names it may follow; of that library alone.
    world.node.database.raw("UPDATE concept SET status = 'deprecated', replaced_by = (SELECT id FROM concept WHERE notation = 'c:games') WHERE notation = 'c:music'").await;
    let seen = rows(&world, None, "SELECT 'row' FROM competence_entry").await;
    assert!(seen.len() > 7, "{}", seen.len());
    let all = rows(&world, Some(Lib::A), "UPDATE competence_entry SET level = level RETURNING 'row'").await;
    let of_one = match kind {
        // It reads what it returns by the rule of reading, and its trigger refuses the first row that is another's.
        Sqlite => 0,
        Postgres => 2,
    };
    assert_eq!(all.len(), of_one, "its entries on the two");
    let other = rows(&world, Some(Lib::A), "UPDATE ballot SET nonce = nonce RETURNING 'row'").await;
    assert_eq!(other, Vec::<String>::new());
}
