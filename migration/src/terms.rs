//! How long rows are kept that have a term: from then on the database lets the broom, and the broom alone, take them.
//! What is younger it cannot remove, whatever it is told.

/// A kind of rows that go when their time is over.
pub struct Term {
    pub table: &'static str,
    pub hours: u32,
    /// When the time began. Of several, the earliest that is there.
    pub since: &'static [&'static str],
    /// Rows in which this column says something stay, however old.
    pub unless: Option<&'static str>,
    /// Columns that are emptied then; with none the row goes.
    pub erases: &'static [&'static str],
}

const DAY: u32 = 24;

pub const TERMS: &[Term] = &[
    Term { table: "idempotency", hours: DAY, since: &["created_at"], unless: None, erases: &[] },
    Term { table: "event", hours: 90 * DAY, since: &["at"], unless: None, erases: &[] },
    // Who acted. What was done stays, for a chain has no gap.
    Term {
        table: "audit_record",
        hours: 2 * 365 * DAY,
        since: &["at"],
        unless: None,
        erases: &["salt", "principal", "request_id", "purpose"],
    },
    // Long enough to ask who it was that signed in; then the label and the client id go. The audit knows its number.
    Term {
        table: "service_account",
        hours: 180 * DAY,
        since: &["expires_at", "revoked_at"],
        unless: None,
        erases: &[],
    },
    Term {
        table: "invitation",
        hours: 180 * DAY,
        since: &["expires_at", "used_at", "revoked_at"],
        unless: None,
        erases: &[],
    },
    // A consent is over when it is over.
    Term { table: "contact", hours: 0, since: &["consent_until"], unless: None, erases: &[] },
    // No token lives for half a day.
    Term { table: "revocation", hours: 2 * DAY, since: &["at"], unless: None, erases: &[] },
    // Over by itself when the clocks that differ most say so.
    Term { table: "used_assertion", hours: 1, since: &["expires_at"], unless: None, erases: &[] },
    // Whoever is blocked stays, or would be let in again as somebody new.
    Term {
        table: "principal",
        hours: 365 * DAY,
        since: &["last_seen_at"],
        unless: Some("blocked_at"),
        erases: &[],
    },
    Term { table: "audit_sight", hours: 2 * 365 * DAY, since: &["last_at"], unless: None, erases: &[] },
];

/// What the broom does to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    See,
    Empty,
    Remove,
}

impl Term {
    /// The term of a table.
    pub fn of(table: &str) -> Option<&'static Term> {
        TERMS.iter().find(|term| term.table == table)
    }

    fn sweeps(&self, what: Sweep) -> bool {
        match what {
            Sweep::See => true,
            Sweep::Empty => !self.erases.is_empty(),
            Sweep::Remove => self.erases.is_empty(),
        }
    }

    /// What else must hold of a row that goes; its columns are named with `prefix`.
    pub fn but(&self, prefix: &str) -> String {
        self.unless.map_or_else(String::new, |column| format!(" AND {prefix}{column} IS NULL"))
    }

    /// The rule for the rows whose time is over, in the words of [`crate::table::Wall`].
    fn over(&self) -> String {
        let since: Vec<String> =
            self.since.iter().map(|column| format!("{{r}}.{column} < {{hours:{}}}", self.hours)).collect();
        format!("({{duty}} = 'broom' AND ({}){})", since.join(" OR "), self.but("{r}."))
    }
}

/// A table's rule, and the broom's.
pub fn or_over(rule: &str, table: &str, what: Sweep) -> String {
    match (Term::of(table).filter(|term| term.sweeps(what)).map(Term::over), rule) {
        (None, rule) => rule.to_owned(),
        (Some(over), "") => over,
        (Some(over), rule) => format!("({rule}) OR {over}"),
    }
}
