//! The field register, printed to `schema/fields.txt`. A column without a purpose fails its test by name, and so does a
//! purpose without its column.

mod rows;

use migration::{tables::TABLES, terms::TERMS};

pub use rows::ROWS;

/// Who sees a column, at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Everybody who signed in.
    Everybody,
    /// Those that the row's visibility and the sharing of its library let see it.
    Row,
    /// The members of the consortium.
    Members,
    /// The library itself.
    Own,
    /// Nobody; the service alone works with it.
    Nobody,
}

/// What makes the row go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A public register: replaced by its newer edition.
    Register,
    /// As long as the library is here, or until it removes the row.
    Library,
    /// As long as the consortium is here.
    Consortium,
    /// The term of the table, see `migration::terms`.
    Term,
    /// The chain: a row stays, and what says who acted is erased from it when the term is over.
    Chain,
}

/// Whether the export of a library has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    Yes,
    /// Public, or not the library's own.
    NotOwn,
    /// A secret, of no use to anybody else.
    Secret,
}

/// A table's columns with what each is for.
pub struct Row {
    pub table: &'static str,
    pub seen: Seen,
    pub kept: Kept,
    pub export: Export,
    pub columns: &'static [(&'static str, &'static str)],
    /// Columns that nobody sees and nobody gets.
    pub secret: &'static [&'static str],
}

/// What is for the same everywhere.
const COMMON: &[(&str, &str)] = &[
    ("id", "the row's address"),
    ("tenant_id", "the library that it belongs to"),
    ("consortium_id", "the consortium that it belongs to, or is shared in"),
    ("version", "a change says what it was made from"),
    ("created_at", "order, and age"),
    ("updated_at", "order, and age"),
    ("visibility", "who may see the row"),
];

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub table: &'static str,
    pub column: &'static str,
    /// None: nobody has said what it is for.
    pub purpose: Option<&'static str>,
    pub seen: Seen,
    pub kept: Kept,
    pub export: Export,
}

/// Every declared column, with what the register says of it.
pub fn fields() -> Vec<Field> {
    let mut out = Vec::new();
    for table in TABLES {
        let row = ROWS.iter().find(|row| row.table == table.name);
        for text in table.columns {
            let column = text.split(' ').next().unwrap_or_default();
            let said = |list: &[(&'static str, &'static str)]| {
                list.iter().find(|(name, _)| *name == column).map(|(_, purpose)| *purpose)
            };
            let secret = row.is_some_and(|row| row.secret.contains(&column));
            out.push(Field {
                table: table.name,
                column,
                purpose: row.and_then(|row| said(row.columns).or_else(|| said(COMMON))),
                seen: if secret { Seen::Nobody } else { row.map_or(Seen::Nobody, |row| row.seen) },
                kept: row.map_or(Kept::Library, |row| row.kept),
                export: if secret { Export::Secret } else { row.map_or(Export::Secret, |row| row.export) },
            });
        }
    }
    out
}

/// Whether a column goes into the export of its library.
pub fn exported(table: &str, column: &str) -> bool {
    fields().iter().any(|f| f.table == table && f.column == column && f.export == Export::Yes)
}

impl Field {
    /// Whether the broom empties the column and leaves the row.
    fn is_erased(&self) -> bool {
        TERMS.iter().any(|term| term.table == self.table && term.erases.contains(&self.column))
    }

    fn term(&self) -> String {
        match self.kept {
            Kept::Register => "register".into(),
            Kept::Library => "library".into(),
            Kept::Consortium => "consortium".into(),
            Kept::Chain if !self.is_erased() => "chain".into(),
            Kept::Term | Kept::Chain => {
                let hours = TERMS.iter().find(|term| term.table == self.table).map_or(0, |term| term.hours);
                if hours > 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
            }
        }
    }
}

/// The register as text, for `schema/fields.txt`.
pub fn table() -> String {
    let mut out = format!("{:<44} {:<10} {:<11} {:<7} purpose\n", "field", "seen by", "kept for", "export");
    for field in fields() {
        let seen = match field.seen {
            Seen::Everybody => "everybody",
            Seen::Row => "row says",
            Seen::Members => "members",
            Seen::Own => "own",
            Seen::Nobody => "nobody",
        };
        let export = match field.export {
            Export::Yes => "yes",
            Export::NotOwn => "-",
            Export::Secret => "never",
        };
        let name = format!("{}.{}", field.table, field.column);
        let purpose = field.purpose.unwrap_or("?");
        out.push_str(&format!("{name:<44} {seen:<10} {:<11} {export:<7} {purpose}\n", field.term()));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_column_is_without_purpose_and_no_purpose_without_column() {
        let fields = fields();
        let nameless: Vec<_> = fields.iter().filter(|f| f.purpose.is_none()).collect();
        assert!(nameless.is_empty(), "{nameless:#?}");
        let known: BTreeSet<_> = fields.iter().map(|f| (f.table, f.column)).collect();
        for row in ROWS {
            for column in row.columns.iter().map(|(name, _)| name).chain(row.secret) {
                assert!(known.contains(&(row.table, *column)), "{}.{column}", row.table);
            }
        }
        let tables: BTreeSet<_> = ROWS.iter().map(|row| row.table).collect();
        assert_eq!(tables.len(), ROWS.len(), "a table twice");
        assert_eq!(tables, TABLES.iter().map(|table| table.name).collect());
    }

    #[test]
    fn a_term_is_kept_by_the_broom_and_the_broom_by_a_term() {
        let said: BTreeSet<_> =
            ROWS.iter().filter(|r| matches!(r.kept, Kept::Term | Kept::Chain)).map(|r| r.table).collect();
        assert_eq!(said, TERMS.iter().map(|term| term.table).collect());
    }
}
