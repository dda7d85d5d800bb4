//! What becomes of a library's rows when it leaves the node for good, and of what names somebody when that person is
//! forgotten: one line a table, so that a new table without one fails its test by name.
//!
//! Only the eraser does it, and the database lets it only where an erasure stands in the table `erasure`: for a library
//! one that two have asked for, and whose time has come.

/// One kind of rows of a table.
pub struct Leaving {
    pub table: &'static str,
    /// The column that names the library.
    pub of: &'static str,
    pub what: Leaves,
}

pub enum Leaves {
    /// The row goes.
    Gone,
    /// The row stays for others' sake, and these columns become this SQL; `{id}` is the library's id.
    Emptied(&'static [(&'static str, &'static str)]),
}

use Leaves::{Emptied, Gone};

const fn gone(table: &'static str) -> Leaving {
    Leaving { table, of: "tenant_id", what: Gone }
}

/// What a library that is not there any more is called, where others' rows name it.
const NAMES: &str = r#"'{"nb":"Slettet bibliotek","nn":"Sletta bibliotek","sv":"Raderat bibliotek","da":"Slettet bibliotek","fi":"Poistettu kirjasto","en":"Removed library"}'"#;

pub const LEAVING: &[Leaving] = &[
    Leaving {
        table: "tenant",
        of: "id",
        what: Emptied(&[
            ("slug", "'removed-{id}'"),
            ("names", NAMES),
            ("isil", "NULL"),
            ("parent_id", "NULL"),
            ("municipality_count", "NULL"),
            ("status", "'removed'"),
            ("version", "version + 1"),
        ]),
    },
    gone("tenant_area"),
    gone("service_account"),
    gone("invitation"),
    gone("principal"),
    gone("seat"),
    Leaving { table: "membership", of: "tenant_id", what: Emptied(&[("status", "'left'")]) },
    gone("work_group_member"),
    gone("tenant_profile"),
    gone("competence_entry"),
    gone("competence_mark"),
    gone("competence_history"),
    gone("competence_sighting"),
    Leaving { table: "competence_sighting", of: "subject_id", what: Gone },
    gone("concept_definition"),
    gone("statement"),
    gone("endorsement"),
    Leaving { table: "endorsement", of: "owner_id", what: Gone },
    gone("project"),
    gone("contact"),
    gone("project_seat"),
    Leaving { table: "project_seat", of: "owner_id", what: Gone },
    gone("project_participant"),
    Leaving {
        table: "project_participant",
        of: "participant_id",
        what: Emptied(&[("status", "'left'"), ("stood", "NULL")]),
    },
    gone("project_transition"),
    gone("product"),
    gone("product_seat"),
    Leaving { table: "product_seat", of: "contributor_id", what: Gone },
    gone("product_credit"),
    Leaving { table: "product_credit", of: "contributor_id", what: Gone },
    // For a project that another led, it stands on when that goes.
    gone("funding_application"),
    gone("agreement"),
    gone("agreement_text"),
    gone("agreement_seat"),
    Leaving { table: "agreement_seat", of: "party_id", what: Gone },
    gone("agreement_signature"),
    Leaving { table: "agreement_signature", of: "owner_id", what: Gone },
    gone("commitment"),
    gone("commitment_seat"),
    Leaving { table: "commitment_seat", of: "partner_id", what: Gone },
    gone("commitment_step"),
    gone("reminder"),
    Leaving { table: "reminder", of: "owner_id", what: Gone },
    gone("activity"),
    gone("activity_registration"),
    Leaving { table: "activity_registration", of: "owner_id", what: Gone },
    gone("activity_evaluation"),
    Leaving { table: "activity_evaluation", of: "owner_id", what: Gone },
    gone("attendance"),
    gone("note"),
    gone("ballot"),
    gone("figure_rules_vote"),
    // The sums that it is in are out: that it is in them is remembered, and not with what.
    Leaving { table: "figure_value", of: "tenant_id", what: Emptied(&[("amount", "NULL")]) },
    gone("event"),
    Leaving {
        table: "audit_record",
        of: "tenant_id",
        what: Emptied(&[
            ("salt", "NULL"),
            ("principal", "NULL"),
            ("request_id", "NULL"),
            ("purpose", "NULL"),
        ]),
    },
    gone("audit_sight"),
    gone("idempotency"),
];

/// Tables whose rows stay as they are, and why.
pub const STAYS: &[(&str, &str)] = &[
    ("region", "a public register"),
    ("municipality", "a public register"),
    ("concept_scheme", "a public register"),
    ("concept", "a public register, or of all members of the consortium"),
    ("concept_label", "a public register"),
    ("concept_mark", "of a public register"),
    ("revocation", "its tokens must be refused; goes by its term"),
    ("used_assertion", "good once; goes within hours, and holds numbers alone"),
    ("consortium", "of all its members"),
    ("work_group", "of all members of the consortium"),
    ("occasion", "of all members of the consortium"),
    ("organisation", "of all members of the consortium"),
    ("strength_claim", "of all members of the consortium"),
    ("meeting_series", "of all members of the consortium"),
    ("meeting", "of all members of the consortium"),
    ("exercise", "of all members of the consortium"),
    ("exercise_turn", "of all members of the consortium; a number"),
    ("priority_round", "of all members of the consortium"),
    ("proposal", "of all members of the consortium, as its minutes are"),
    ("turnout", "says that somebody voted, and not who"),
    ("priority_result", "published, of all members of the consortium"),
    ("figure_rules", "decided on by the members of the consortium"),
    ("figure_release", "published, of all members of the consortium"),
    ("figure_cell", "published sums"),
    ("figure_document", "published sums, signed"),
    ("figure_past", "published sums, and of how many values each is"),
    ("erasure", "what was removed must be removed again from a backup that is brought back"),
];

/// Where a table names somebody who signed in.
pub struct Naming {
    pub table: &'static str,
    pub column: &'static str,
    pub what: Leaves,
}

/// What becomes of a row that names somebody who is to be forgotten.
pub const NAMING: &[Naming] = &[
    Naming { table: "idempotency", column: "principal", what: Gone },
    Naming { table: "competence_history", column: "principal", what: Emptied(&[("principal", "''")]) },
    Naming { table: "agreement_signature", column: "principal", what: Emptied(&[("principal", "''")]) },
    Naming {
        table: "audit_record",
        column: "principal",
        what: Emptied(&[
            ("salt", "NULL"),
            ("principal", "NULL"),
            ("request_id", "NULL"),
            ("purpose", "NULL"),
        ]),
    },
];

/// A library's erasure that two have asked for and whose time has come.
const DUE: &str = "EXISTS (SELECT 1 FROM erasure WHERE erasure.tenant_id = {me} AND erasure.kind = 'tenant' \
    AND erasure.confirmed_at IS NOT NULL AND erasure.cancelled_at IS NULL AND erasure.due_at < {hours:0})";

/// Those who are to be forgotten, by the column that has their number.
const FORGOTTEN: &str =
    "(SELECT erasure.{by} FROM erasure WHERE erasure.tenant_id = {me} AND erasure.kind = 'principal')";

/// What the eraser may see and do with a table's rows: remove those that go, change those that stay, see both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    See,
    Empty,
    Remove,
}

impl Leaves {
    fn touched(&self, touch: Touch) -> bool {
        match touch {
            Touch::See => true,
            Touch::Empty => matches!(self, Emptied(_)),
            Touch::Remove => matches!(self, Gone),
        }
    }
}

/// A table's rule, and the eraser's.
pub fn or_leaving(rule: String, table: &str, touch: Touch) -> String {
    let mut rules: Vec<String> = Vec::new();
    for leaving in LEAVING.iter().filter(|l| l.table == table && l.what.touched(touch)) {
        rules.push(format!("({{duty}} = 'erase' AND {{r}}.{} = {{me}} AND {DUE})", leaving.of));
    }
    for naming in NAMING.iter().filter(|n| n.table == table && n.what.touched(touch)) {
        let column = naming.column;
        let forgotten = FORGOTTEN.replace("{by}", "named");
        // Emptied it names nobody.
        rules.push(format!(
            "({{duty}} = 'erase' AND {{r}}.tenant_id = {{me}} AND (coalesce({{r}}.{column}, '') = '' OR {{r}}.{column} IN {forgotten}))"
        ));
    }
    if table == "principal" && touch != Touch::Empty {
        let forgotten = FORGOTTEN.replace("{by}", "subject");
        rules.push(format!("({{duty}} = 'erase' AND {{r}}.tenant_id = {{me}} AND {{r}}.id IN {forgotten})"));
    }
    match rule.is_empty() {
        true => {}
        // The eraser speaks for the library, and may not do what that may.
        false if touch != Touch::See && table != "erasure" => {
            rules.insert(0, format!("(coalesce({{duty}}, '') <> 'erase' AND ({rule}))"));
        }
        false => rules.insert(0, format!("({rule})")),
    }
    rules.join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::TABLES;

    #[test]
    fn every_table_says_what_becomes_of_its_rows() {
        for table in TABLES {
            let goes = LEAVING.iter().any(|l| l.table == table.name);
            let stays = STAYS.iter().any(|(name, _)| *name == table.name);
            assert!(goes != stays, "{}: in LEAVING or in STAYS", table.name);
        }
        for name in LEAVING.iter().map(|l| l.table).chain(STAYS.iter().map(|(name, _)| *name)) {
            assert!(TABLES.iter().any(|t| t.name == name), "{name} is no table");
        }
    }

    #[test]
    fn whatever_names_somebody_is_forgotten() {
        for table in TABLES {
            for column in table.columns().filter(|c| c.name == "principal") {
                assert!(
                    NAMING.iter().any(|n| n.table == table.name && n.column == column.name),
                    "{}.{}",
                    table.name,
                    column.name
                );
            }
        }
    }
}
