//! CREATE TABLE and CREATE INDEX for either database, from one declaration.

use sea_orm_migration::sea_orm::DbBackend;

use crate::table::Table;

/// Statements that make the table and its indexes.
pub fn create(table: &Table, backend: DbBackend) -> Vec<String> {
    let mut lines: Vec<String> = table
        .columns()
        .map(|c| {
            let null = if c.null { "" } else { " NOT NULL" };
            format!("{} {}{null}", c.name, sql_type(c.kind, backend))
        })
        .collect();
    lines.push(format!("PRIMARY KEY ({})", table.key.join(", ")));
    lines.extend(table.uniques.iter().map(|u| format!("UNIQUE ({})", u.join(", "))));
    lines.extend(table.checks.iter().map(|c| format!("CHECK ({c})")));
    lines.extend(table.references.iter().map(|r| {
        format!("FOREIGN KEY ({}) REFERENCES {} ({})", r.columns.join(", "), r.table, r.to.join(", "))
    }));
    let mut statements = vec![format!("CREATE TABLE {} (\n  {}\n)", table.name, lines.join(",\n  "))];
    statements.extend(table.indexes.iter().map(|columns| {
        format!(
            "CREATE INDEX {}_{} ON {} ({})",
            table.name,
            columns.join("_"),
            table.name,
            columns.join(", ")
        )
    }));
    statements
}

fn sql_type(kind: &str, backend: DbBackend) -> &'static str {
    match (kind, backend == DbBackend::Postgres) {
        ("uuid", true) => "uuid",
        ("uuid", false) => "blob",
        ("int", _) => "bigint",
        ("bool", _) => "boolean",
        ("real", true) => "double precision",
        ("real", false) => "real",
        ("json", true) => "jsonb",
        ("time", true) => "timestamptz",
        _ => "text",
    }
}
