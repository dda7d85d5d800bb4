//! Marks: what stands for all rows of one table that a library has, and is another one after each change of them.
//!
//! Whoever keeps what was made of such rows asks for the mark alone, in the transaction in which it reads the rest, and reads the
//! rows of a library anew when its mark is another one. The database sets it itself, in the transaction that changes the rows: no
//! way of writing can forget to. Where a whole table is emptied there are none left, and every library is read. It is taken by
//! chance and not counted up, so that none comes back with an older copy of the database.

use sea_orm_migration::sea_orm::DbBackend;

/// A table whose rows are marked, and the table that holds the marks.
pub struct Marked {
    pub table: &'static str,
    pub marks: &'static str,
}

pub const MARKED: &[Marked] = &[Marked { table: "competence_entry", marks: "competence_mark" }];

/// The triggers that set marks.
pub fn triggers(backend: DbBackend) -> Vec<String> {
    MARKED
        .iter()
        .flat_map(|marked| if backend == DbBackend::Postgres { postgres(marked) } else { sqlite(marked) })
        .collect()
}

/// Once for each statement, as whoever runs it: a library's own mark is its own to set.
fn postgres(Marked { table, marks }: &Marked) -> Vec<String> {
    let function = |name: &str, body: String| {
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
        )
    };
    let set = format!(
        "INSERT INTO {marks} (tenant_id, mark) SELECT tenant_id, gen_random_uuid() FROM (SELECT DISTINCT tenant_id FROM touched) of \
         ON CONFLICT (tenant_id) DO UPDATE SET mark = excluded.mark"
    );
    // A library that goes has none left, and gets none.
    let reset = format!(
        "UPDATE {marks} SET mark = gen_random_uuid() WHERE tenant_id IN (SELECT tenant_id FROM touched)"
    );
    let moved = set.replace("FROM touched", "FROM touched UNION SELECT tenant_id FROM before");
    let trigger = |event: &str, rows: &str, function: &str| {
        format!(
            "CREATE TRIGGER {marks}_{} AFTER {event} ON {table} {rows} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
            event.to_lowercase()
        )
    };
    let names = ["set", "move", "reset", "clear"].map(|what| format!("{marks}_{what}"));
    let [sets, moves, resets, clears] = &names;
    vec![
        function(sets, set),
        function(moves, moved),
        function(resets, reset),
        function(clears, format!("TRUNCATE {marks}")),
        trigger("INSERT", "REFERENCING NEW TABLE AS touched", sets),
        trigger("UPDATE", "REFERENCING OLD TABLE AS before NEW TABLE AS touched", moves),
        trigger("DELETE", "REFERENCING OLD TABLE AS touched", resets),
        trigger("TRUNCATE", "", clears),
    ]
}

fn sqlite(Marked { table, marks }: &Marked) -> Vec<String> {
    let trigger = |event: &str, body: String| {
        format!("CREATE TRIGGER {marks}_{} AFTER {event} ON {table} BEGIN {body}; END", event.to_lowercase())
    };
    let set = format!(
        "INSERT INTO {marks} (tenant_id, mark) VALUES (NEW.tenant_id, randomblob(16)) \
         ON CONFLICT (tenant_id) DO UPDATE SET mark = excluded.mark"
    );
    let reset = format!("UPDATE {marks} SET mark = randomblob(16) WHERE tenant_id = OLD.tenant_id");
    let moved = format!("{set}; {reset} AND OLD.tenant_id <> NEW.tenant_id");
    vec![trigger("INSERT", set), trigger("UPDATE", moved), trigger("DELETE", reset)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::TABLES;

    #[test]
    fn whoever_goes_takes_the_mark_along_before_its_rows() {
        let place = |name: &str| TABLES.iter().position(|table| table.name == name);
        for Marked { table, marks } in MARKED {
            // The eraser goes through the tables from the end.
            assert!(place(table) < place(marks), "{marks} stands after {table}");
        }
    }
}
