//! PostgreSQL's row-level security from the declared rules.
//!
//! Policies ask STABLE functions wrapped in `(SELECT ...)`: an IMMUTABLE one would hand one tenant's
//! rows to the next through a cached plan, a bare one would run for every row.

use crate::{
    carrying::or_carried,
    leaving::{Touch, or_leaving},
    merging::{self, or_merging},
    table::{Table, Words, fill},
    terms::{Sweep, Term, or_over},
};

pub const WORDS: Words = Words {
    me: "(SELECT samvirke_tenant())",
    duty: "(SELECT samvirke_duty())",
    client: "(SELECT samvirke_client())",
    accepted: "samvirke_accepted({r}.consortium_id, {r}.role)",
    ago: "(now() - interval '{n} hours')",
    merged: "EXISTS (SELECT 1 FROM concept WHERE concept.replaced_by IS NOT NULL AND \
        (strpos({r}.{column}::text, concept.id::text) > 0 OR strpos({r}.{column}::text, concept.replaced_by::text) > 0))",
};

/// The role that serves requests. It owns nothing and may bypass nothing.
pub const SERVING_ROLE: &str = "samvirke_app";

/// Functions that policies ask, and the rights of the schema.
pub fn prelude() -> Vec<String> {
    // An unset setting is NULL, and '' after a transaction that had set it: both mean "nobody".
    let setting = |name: &str, kind: &str| {
        format!(
            "CREATE FUNCTION samvirke_{name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE \
             RETURN nullif(current_setting('samvirke.{name}', true), '')::{kind}"
        )
    };
    vec![
        setting("tenant", "uuid"),
        setting("duty", "text"),
        setting("client", "text"),
        // A function, because a policy may not come back to its own table: a seat asks the memberships, and they ask
        // the seats. It runs with the caller's rights: one's own membership is always readable.
        "CREATE FUNCTION samvirke_accepted(consortium uuid, seat_role text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE \
         RETURN EXISTS (SELECT 1 FROM membership m WHERE m.tenant_id = samvirke_tenant() AND m.consortium_id = consortium \
         AND m.role = seat_role AND m.status = 'active')"
            .into(),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC".into(),
        format!("GRANT USAGE ON SCHEMA public TO {SERVING_ROLE}"),
        // The serving role checks at start that no migration is waiting.
        format!("GRANT SELECT ON seaql_migrations TO {SERVING_ROLE}"),
        "ALTER TABLE seaql_migrations ENABLE ROW LEVEL SECURITY".into(),
        "CREATE POLICY seaql_migrations_read ON seaql_migrations FOR SELECT USING (true)".into(),
    ]
}

/// ENABLE, FORCE, one policy per command that somebody may use, and the matching grants.
pub fn wall(table: &Table) -> Vec<String> {
    let name = table.name;
    let rule = |text: &str| fill(text, name, &WORDS);
    let mut out = vec![
        format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"),
    ];
    let wall = &table.wall;
    let mut grant = |command: &str, clause: String| {
        out.push(format!("CREATE POLICY {name}_{} ON {name} FOR {command} {clause}", command.to_lowercase()));
        // Where nobody but the broom changes a row, it changes what it is to empty and nothing else.
        let columns = match Term::of(name) {
            Some(term) if command == "UPDATE" && wall.update.is_empty() => {
                format!(" ({})", term.erases.join(", "))
            }
            _ => String::new(),
        };
        out.push(format!("GRANT {command}{columns} ON {name} TO {SERVING_ROLE}"));
    };
    let read = or_leaving(or_over(wall.read, name, Sweep::See), name, Touch::See);
    let update = or_leaving(or_over(wall.update, name, Sweep::Empty), name, Touch::Empty);
    let delete = or_leaving(or_over(wall.delete, name, Sweep::Remove), name, Touch::Remove);
    let read = or_merging(read, name, merging::Touch::See);
    let update = or_merging(update, name, merging::Touch::Change);
    let delete = or_merging(delete, name, merging::Touch::Remove);
    if !read.is_empty() {
        grant("SELECT", format!("USING ({})", rule(&read)));
    }
    let insert = or_merging(or_carried(wall.insert, name), name, merging::Touch::Add);
    if !insert.is_empty() {
        grant("INSERT", format!("WITH CHECK ({})", rule(&insert)));
    }
    if !update.is_empty() {
        grant("UPDATE", format!("USING ({0}) WITH CHECK ({0})", rule(&update)));
    }
    if !delete.is_empty() {
        grant("DELETE", format!("USING ({})", rule(&delete)));
    }
    out
}
