//! The world as it was in the beginning, and the way back to it. Going back is most of the work of a matrix that writes, and so only
//! the tables that somebody wrote to are laid anew: the database itself notes which.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use tokio::sync::Mutex;

use crate::harness::Database;

/// One table: how it is emptied, and what goes into it.
struct Table {
    name: &'static str,
    clear: String,
    fill: Vec<String>,
}

/// A connection past all walls, held open.
enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

pub struct Pristine {
    /// Parents before children.
    tables: Vec<Table>,
    /// Once the database notes what is written to.
    link: Mutex<Option<Link>>,
}

/// Where the database notes it. Not the product's: it is made after the node has looked whether all its tables have their walls.
const NOTED: &str = "touched";

impl Pristine {
    /// Of rows by where they go: `INSERT INTO table (columns)`.
    pub fn new(rows: &[(String, Vec<String>)]) -> Self {
        let fill = |name: &str| {
            let those = rows.iter().filter(|(head, _)| head.split(' ').nth(2) == Some(name));
            those.map(|(head, rows)| format!("{head} VALUES {}", rows.join(", "))).collect::<Vec<_>>()
        };
        let tables = migration::tables::TABLES.iter().map(|table| table.name);
        // Those that everybody has come with the node.
        let tables = tables
            .filter(|name| !["region", "municipality", "concept_scheme", "concept_label"].contains(name))
            .map(|name| Table {
                name,
                clear: match name {
                    "concept" => "DELETE FROM concept WHERE proposed_by IS NOT NULL".to_owned(),
                    name => format!("DELETE FROM {name}"),
                },
                fill: fill(name),
            })
            .collect();
        let this = Self { tables, link: Mutex::default() };
        let filled: usize = this.tables.iter().map(|table| table.fill.len()).sum();
        assert_eq!(filled, rows.len(), "rows of a table that is none");
        this
    }

    fn sql(&self, which: impl Fn(&str) -> bool) -> String {
        let those: Vec<&Table> = self.tables.iter().filter(|table| which(table.name)).collect();
        let clear = those.iter().rev().map(|table| table.clear.clone());
        let fill = those.iter().flat_map(|table| table.fill.iter().cloned());
        clear.chain(fill).collect::<Vec<_>>().join("; ")
    }

    /// Everything, in a database that may hold anything.
    pub async fn lay(&self, database: &Database) {
        database.raw(&format!("BEGIN; {}; COMMIT", self.sql(|_| true))).await;
    }

    /// Everything that is not as it was.
    pub async fn restore(&self, database: &Database) {
        let mut link = self.link.lock().await;
        match &mut *link {
            None => {
                *link = Some(self.watch(database).await);
                drop(link);
                self.lay(database).await;
            }
            Some(Link::Sqlite(connection)) => {
                let noted = sqlx::query(AssertSqlSafe(format!("SELECT name FROM {NOTED}")));
                let noted: Vec<String> =
                    noted.fetch_all(&mut *connection).await.unwrap().iter().map(|row| row.get(0)).collect();
                let sql = self.sql(|name| noted.iter().any(|noted| noted == name));
                let sql = format!("BEGIN IMMEDIATE; {sql}; DELETE FROM {NOTED}; COMMIT");
                connection.execute(AssertSqlSafe(sql)).await.unwrap();
            }
            Some(Link::Postgres(connection)) => {
                let noted = sqlx::query(AssertSqlSafe(format!("SELECT DISTINCT name FROM {NOTED}.{NOTED}")));
                let noted: Vec<String> =
                    noted.fetch_all(&mut *connection).await.unwrap().iter().map(|row| row.get(0)).collect();
                let sql = self.sql(|name| noted.iter().any(|noted| noted == name));
                let sql = format!("BEGIN; {sql}; DELETE FROM {NOTED}.{NOTED}; COMMIT");
                connection.execute(AssertSqlSafe(sql)).await.unwrap();
            }
        }
    }

    /// Has the database note which tables are written to.
    async fn watch(&self, database: &Database) -> Link {
        let names = || self.tables.iter().map(|table| table.name);
        match database {
            Database::Sqlite(file) => {
                let mut connection = SqliteConnection::connect(&file.url()).await.unwrap();
                let mut sql = format!("CREATE TABLE {NOTED} (name TEXT NOT NULL);");
                for name in names() {
                    for verb in ["INSERT", "UPDATE", "DELETE"] {
                        sql.push_str(&format!(
                            "CREATE TRIGGER {NOTED}_{name}_{verb} AFTER {verb} ON {name} BEGIN \
                             INSERT INTO {NOTED} SELECT '{name}' \
                             WHERE NOT EXISTS (SELECT 1 FROM {NOTED} WHERE name = '{name}'); END;"
                        ));
                    }
                }
                // What goes out and comes in again may be looked up in between by nobody.
                sql.push_str("PRAGMA foreign_keys = OFF");
                connection.execute(AssertSqlSafe(sql)).await.unwrap();
                Link::Sqlite(connection)
            }
            Database::Postgres(database) => {
                let mut connection = PgConnection::connect(&database.superuser_url).await.unwrap();
                let mut sql = format!(
                    "CREATE SCHEMA {NOTED}; CREATE TABLE {NOTED}.{NOTED} (name text NOT NULL);
                     CREATE FUNCTION {NOTED}.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                     $$ BEGIN INSERT INTO {NOTED}.{NOTED} VALUES (TG_TABLE_NAME); RETURN NULL; END $$;"
                );
                for name in names() {
                    sql.push_str(&format!(
                        "CREATE TRIGGER {NOTED} AFTER INSERT OR UPDATE OR DELETE ON {name} \
                         FOR EACH STATEMENT EXECUTE FUNCTION {NOTED}.note();"
                    ));
                }
                // Its own statements fire no triggers, and so need no order and are not noted.
                sql.push_str("SET session_replication_role = replica");
                connection.execute(AssertSqlSafe(sql)).await.unwrap();
                Link::Postgres(connection)
            }
        }
    }
}
