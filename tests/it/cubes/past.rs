//! A past by chance for all that was made today: since when it is there, and how it stood before it became what it is.

use std::collections::HashMap;

use samvirke::id::ConsortiumId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    aggregates::Dice,
    harness::{Kind, TestNode},
};

/// What was so on the first of June 2022.
#[derive(Clone, Debug)]
pub enum Then {
    Absent,
    /// There, and shown to nobody else.
    Hidden,
    /// What a list of it would have said: state, visibility and consortium.
    Shown(Value),
}

/// By the row's id. What is not in it stood then as it does now.
pub type Past = HashMap<String, Then>;

struct Kept {
    table: &'static str,
    id: &'static str,
    /// The name of its state in a list, and what that may be.
    state: Option<(&'static str, &'static [&'static str])>,
    /// Whom it is shown to: nothing of its own; for all its library's consortia; or for the one that it names.
    shown: Shown,
}

#[derive(PartialEq)]
enum Shown {
    Beside,
    Anywhere,
    Placed,
    /// To its consortium, always.
    There,
}

const KEPT: [Kept; 8] = [
    Kept { table: "statement", id: "id", state: None, shown: Shown::Anywhere },
    Kept {
        table: "project",
        id: "project_id",
        state: Some(("state", &["idea", "planned", "active", "cancelled"])),
        shown: Shown::Placed,
    },
    Kept {
        table: "project_participant",
        id: "id",
        state: Some(("status", &["invited", "accepted", "accepted", "left"])),
        shown: Shown::Beside,
    },
    Kept {
        table: "commitment",
        id: "id",
        state: Some(("status", &["open", "moved", "done", "dropped"])),
        shown: Shown::Anywhere,
    },
    Kept {
        table: "activity",
        id: "id",
        state: Some(("state", &["planned", "open", "closed", "held", "cancelled"])),
        shown: Shown::Anywhere,
    },
    Kept {
        table: "funding_application",
        id: "id",
        state: Some(("state", &["planned", "applied", "granted", "rejected", "withdrawn"])),
        shown: Shown::Placed,
    },
    Kept {
        table: "agreement",
        id: "id",
        state: Some(("state", &["in_force", "in_force", "terminated"])),
        shown: Shown::Placed,
    },
    Kept {
        table: "priority_round",
        id: "id",
        state: Some(("phase", &["draft", "proposing", "voting", "closed"])),
        shown: Shown::There,
    },
];

/// When what is here since long was made.
pub const LONG: &str = "2021-03-04";
/// Between the two days that are asked about.
pub const BETWEEN: &str = "2024-01-01";

fn time(kind: Kind, day: &str) -> String {
    match kind {
        Kind::Sqlite => format!("'{day}T12:00:00+00:00'"),
        Kind::Postgres => format!("timestamptz '{day}T12:00:00Z'"),
    }
}

fn uuid(kind: Kind, id: Uuid) -> String {
    match kind {
        Kind::Sqlite => format!("x'{}'", id.simple()),
        Kind::Postgres => format!("'{id}'"),
    }
}

/// Gives everything one, past the service. `consortia`: those that a row may have been for.
pub async fn age(
    node: &TestNode,
    kind: Kind,
    consortia: [ConsortiumId; 2],
    members: &[Uuid],
    dice: &mut Dice,
) -> Past {
    let mut past = Past::new();
    for kept in &KEPT {
        let Kept { table, id, .. } = kept;
        let text = if kind == Kind::Sqlite { format!("lower(hex({id}))") } else { format!("{id}::text") };
        let owner = if kind == Kind::Sqlite { "lower(hex(tenant_id))" } else { "tenant_id::text" };
        // A round is its consortium's, and has no library.
        let owner = if *table == "priority_round" { "''" } else { owner };
        let sql = format!("SELECT {text} || ' ' || {owner} FROM {table} ORDER BY 1");
        let mut all = vec![format!("UPDATE {table} SET created_at = {}", time(kind, LONG))];
        for row in node.database.raw(&sql).await {
            let (row, owner) = row.split_once(' ').unwrap();
            let row: Uuid = row.parse().unwrap();
            let mine = members.iter().any(|member| owner.parse() == Ok(*member));
            let Some((then, stood)) = became(kept, consortia, mine, dice) else { continue };
            let set = match stood {
                Some(stood) => format!("stood = '{stood}'"),
                None => format!("created_at = {}", time(kind, BETWEEN)),
            };
            all.push(format!("UPDATE {table} SET {set} WHERE {id} = {}", uuid(kind, row)));
            past.insert(row.to_string(), then);
        }
        node.database.raw(&all.join(";")).await;
    }
    for (table, column) in [
        ("endorsement", "at"),
        ("agreement_signature", "at"),
        ("activity_registration", "created_at"),
        ("proposal", "created_at"),
    ] {
        node.database.raw(&format!("UPDATE {table} SET {column} = {}", time(kind, LONG))).await;
    }
    past
}

/// What a row was, and what is kept of that: nothing where it was not there.
fn became(
    kept: &Kept,
    [one, other]: [ConsortiumId; 2],
    mine: bool,
    dice: &mut Dice,
) -> Option<(Then, Option<Value>)> {
    let until = format!("{BETWEEN}T12:00:00Z");
    let mut then = json!({});
    let mut shown = json!({});
    match dice.roll(8) {
        0..=3 => return None,
        4 if kept.shown != Shown::There => return Some((Then::Absent, None)),
        5 if [Shown::Anywhere, Shown::Placed].contains(&kept.shown) => {
            return Some((Then::Hidden, Some(json!([{"until": until}]))));
        }
        _ => {}
    }
    if let Some((name, words)) = kept.state {
        then[name] = (*dice.pick(words)).into();
        shown["state"] = then[name].clone();
    }
    let mut consortium = None;
    match kept.shown {
        Shown::Beside => shown["everybody"] = true.into(),
        Shown::There => consortium = Some(one),
        Shown::Anywhere | Shown::Placed => {
            let everybody = dice.roll(2) == 0;
            if kept.state.is_some() && mine {
                consortium = *dice.pick(&[Some(one), Some(other), None]);
            }
            // Nobody sees what is for no consortium and not everybody's.
            let everybody = everybody || kept.shown == Shown::Placed && consortium.is_none();
            then["visibility"] = if everybody { "public" } else { "consortium" }.into();
            shown["everybody"] = everybody.into();
            if let Some(consortium) = consortium {
                then["consortiumId"] = json!(consortium);
            }
        }
    }
    if let Some(consortium) = consortium {
        shown["consortium"] = json!(consortium);
    }
    Some((Then::Shown(then), Some(json!([{"until": until, "shown": shown}]))))
}

/// A row as a list would have told it then; None: not at all.
pub fn then(past: &Past, id: &Value, row: &Value) -> Option<Value> {
    match past.get(id.as_str().unwrap()) {
        None => Some(row.clone()),
        Some(Then::Absent | Then::Hidden) => None,
        Some(Then::Shown(was)) => {
            let mut row = row.clone();
            if was.get("visibility").is_some() {
                row.as_object_mut().unwrap().remove("consortiumId");
            }
            row.as_object_mut().unwrap().extend(was.as_object().unwrap().clone());
            Some(row)
        }
    }
}
