//! The field register says something of every column that a node's database has, and of no other.

use std::collections::BTreeSet;

use samvirke::privacy::fields;

use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

#[rstest]
#[actix_web::test]
async fn every_column_of_the_database_is_in_the_register(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let columns = match kind {
        Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        Postgres => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    // The migrations' own.
    let ours = |name: &String| !name.starts_with("seaql_migrations") && !name.starts_with("sqlite_");
    let there: BTreeSet<String> = node.database.raw(columns).await.into_iter().filter(ours).collect();
    let said: BTreeSet<String> =
        fields::fields().iter().map(|field| format!("{}.{}", field.table, field.column)).collect();
    assert!(there.len() > 200, "{}", there.len());
    let (lacking, idle): (Vec<_>, Vec<_>) =
        (there.difference(&said).collect(), said.difference(&there).collect());
    assert!(lacking.is_empty() && idle.is_empty(), "without a row: {lacking:?}; without a column: {idle:?}");
}
