//! Marks: what stands for rows of one table that are read together, such as all that a library has, and is another one after each
//! change of them.
//!
//! Whoever keeps what was made of such rows asks for the mark alone, in the transaction in which it reads the rest, and reads the
//! rows of a library anew when its mark is another one. The database sets it itself, in the transaction that changes the rows: no
//! way of writing can forget to. Where a whole table is emptied there are none left, and every library is read. It is taken by
//! chance and not counted up, so that none comes back with an older copy of the database.

use sea_orm_migration::sea_orm::DbBackend;

/// Rows of a table that are marked together, and the table that holds the marks.
pub struct Marked {
    pub table: &'static str,
    pub marks: &'static str,
    /// The column of the marks that says which rows one stands for.
    pub key: &'static str,
    /// What stands there, of a row {r}; {node}: one mark alone.
    pub of: &'static str,
    /// The rows that are marked.
    pub those: &'static str,
}

pub const MARKED: &[Marked] = &[
    Marked {
        table: "competence_entry",
        marks: "competence_mark",
        key: "tenant_id",
        of: "{r}.tenant_id",
        those: "true",
    },
    // Those that everybody reads: what is only proposed, or a consortium's own, is read each time.
    Marked {
        table: "concept",
        marks: "concept_mark",
        key: "id",
        of: "{node}",
        those: "({r}.consortium_id IS NULL AND {r}.status IN ('accepted', 'deprecated'))",
    },
];

/// The triggers that set marks.
pub fn triggers(backend: DbBackend) -> Vec<String> {
    MARKED
        .iter()
        .flat_map(|marked| if backend == DbBackend::Postgres { postgres(marked) } else { sqlite(marked) })
        .collect()
}

/// Once for each statement, as whoever runs it: a library's own mark is its own to set.
fn postgres(Marked { table, marks, key, of, those }: &Marked) -> Vec<String> {
    let function = |name: &str, body: String| {
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
        )
    };
    let fill = |text: &str, rows: &str| {
        text.replace("{r}", rows).replace("{node}", "'00000000-0000-0000-0000-000000000000'::uuid")
    };
    let keys =
        |rows: &str| format!("SELECT {} AS key FROM {rows} WHERE {}", fill(of, rows), fill(those, rows));
    let set = |keys: String| {
        format!(
            "INSERT INTO {marks} ({key}, mark) SELECT of.key, gen_random_uuid() FROM (SELECT DISTINCT key FROM ({keys}) all_of) of \
             ON CONFLICT ({key}) DO UPDATE SET mark = excluded.mark"
        )
    };
    // A library that goes has none left, and gets none.
    let reset = format!("UPDATE {marks} SET mark = gen_random_uuid() WHERE {key} IN ({})", keys("touched"));
    let moved = set(format!("{} UNION ALL {}", keys("touched"), keys("before")));
    let trigger = |event: &str, rows: &str, function: &str| {
        format!(
            "CREATE TRIGGER {marks}_{} AFTER {event} ON {table} {rows} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
            event.to_lowercase()
        )
    };
    let names = ["set", "move", "reset", "clear"].map(|what| format!("{marks}_{what}"));
    let [sets, moves, resets, clears] = &names;
    vec![
        function(sets, set(keys("touched"))),
        function(moves, moved),
        function(resets, reset),
        function(clears, format!("TRUNCATE {marks}")),
        trigger("INSERT", "REFERENCING NEW TABLE AS touched", sets),
        trigger("UPDATE", "REFERENCING OLD TABLE AS before NEW TABLE AS touched", moves),
        trigger("DELETE", "REFERENCING OLD TABLE AS touched", resets),
        trigger("TRUNCATE", "", clears),
    ]
}

fn sqlite(Marked { table, marks, key, of, those }: &Marked) -> Vec<String> {
    let trigger = |event: &str, body: String| {
        format!("CREATE TRIGGER {marks}_{} AFTER {event} ON {table} BEGIN {body}; END", event.to_lowercase())
    };
    let fill = |text: &str, row: &str| text.replace("{r}", row).replace("{node}", "zeroblob(16)");
    let set = format!(
        "INSERT INTO {marks} ({key}, mark) SELECT {}, randomblob(16) WHERE {} \
         ON CONFLICT ({key}) DO UPDATE SET mark = excluded.mark",
        fill(of, "NEW"),
        fill(those, "NEW")
    );
    let reset = format!(
        "UPDATE {marks} SET mark = randomblob(16) WHERE {key} = {} AND {}",
        fill(of, "OLD"),
        fill(those, "OLD")
    );
    let moved = format!(
        "{set}; {reset} AND NOT ({} = {} AND {})",
        fill(of, "OLD"),
        fill(of, "NEW"),
        fill(those, "NEW")
    );
    vec![trigger("INSERT", set), trigger("UPDATE", moved), trigger("DELETE", reset)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::TABLES;

    #[test]
    fn whoever_goes_takes_the_mark_along_before_its_rows() {
        let place = |name: &str| TABLES.iter().position(|table| table.name == name);
        for Marked { table, marks, .. } in MARKED {
            // The eraser goes through the tables from the end.
            assert!(place(table) < place(marks), "{marks} stands after {table}");
        }
    }
}
