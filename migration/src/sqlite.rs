//! SQLite's second wall, laid per connection: SQLite has no row-level security.
//!
//! A reader gets temp views that shadow the tables (temp names are found first), so the same SQL sees
//! only what the rules allow. A writer cannot have them (a view cannot be written), it gets temp triggers
//! that refuse rows which the rules do not allow. Reads inside a write stand on the first wall alone.

use crate::{
    carrying::or_carried,
    leaving::{Touch, or_leaving},
    merging::{self, or_merging},
    table::{Table, Words, fill},
    tables::TABLES,
    terms::{Sweep, or_over},
};

pub const WORDS: Words = Words {
    me: "(SELECT who.tenant FROM temp.who)",
    duty: "(SELECT who.duty FROM temp.who)",
    client: "(SELECT who.client FROM temp.who)",
    accepted: "EXISTS (SELECT 1 FROM membership WHERE membership.tenant_id = {me} AND membership.consortium_id = \
        {r}.consortium_id AND membership.role = {r}.role AND membership.status = 'active')",
    // As times are kept, RFC 3339 in UTC: their order as text is their order in time.
    ago: "strftime('%Y-%m-%dT%H:%M:%S', 'now', '-{n} hours')",
    merged: "EXISTS (SELECT 1 FROM concept WHERE concept.replaced_by IS NOT NULL AND \
        (instr(replace({r}.{column}, '-', ''), lower(hex(concept.id))) > 0 OR instr(replace({r}.{column}, '-', ''), lower(hex(concept.replaced_by))) > 0))",
};

/// The one-row table that says who is calling on this connection.
pub const WHO: &str =
    "CREATE TEMP TABLE who (k INTEGER PRIMARY KEY CHECK (k = 1), tenant BLOB, duty TEXT, client TEXT);
    INSERT INTO temp.who VALUES (1, NULL, NULL, NULL);";

/// What to run on a new reading connection, after [`WHO`].
pub fn reader() -> Vec<String> {
    TABLES
        .iter()
        .map(|t| {
            let read = or_leaving(or_over(t.wall.read, t.name, Sweep::See), t.name, Touch::See);
            let rule = rule(&or_merging(read, t.name, merging::Touch::See), t.name);
            format!("CREATE TEMP VIEW {0} AS SELECT * FROM main.{0} WHERE {rule}", t.name)
        })
        .collect()
}

/// What to run on a new writing connection, after [`WHO`].
pub fn writer() -> Vec<String> {
    TABLES.iter().flat_map(|t| [insert(t), update(t), delete(t)]).collect()
}

fn refuse(name: &str, command: &str, table: &str, allowed: String) -> String {
    format!(
        "CREATE TEMP TRIGGER {table}_{name} BEFORE {command} ON main.{table} WHEN ({allowed}) IS NOT TRUE \
         BEGIN SELECT RAISE(ABORT, 'samvirke: wall'); END"
    )
}

fn rule(text: &str, row: &str) -> String {
    if text.is_empty() { "false".into() } else { format!("({})", fill(text, row, &WORDS)) }
}

fn insert(t: &Table) -> String {
    let added = or_merging(or_carried(t.wall.insert, t.name), t.name, merging::Touch::Add);
    refuse("insert", "INSERT", t.name, rule(&added, "NEW"))
}

fn update(t: &Table) -> String {
    let update = or_leaving(or_over(t.wall.update, t.name, Sweep::Empty), t.name, Touch::Empty);
    let update = or_merging(update, t.name, merging::Touch::Change);
    refuse("update", "UPDATE", t.name, format!("{} AND {}", rule(&update, "OLD"), rule(&update, "NEW")))
}

fn delete(t: &Table) -> String {
    let delete = or_leaving(or_over(t.wall.delete, t.name, Sweep::Remove), t.name, Touch::Remove);
    let delete = or_merging(delete, t.name, merging::Touch::Remove);
    refuse("delete", "DELETE", t.name, rule(&delete, "OLD"))
}
