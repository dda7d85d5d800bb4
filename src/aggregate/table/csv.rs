//! The cube as a table: RFC 4180, UTF-8, a header line. A text that a spreadsheet would take for a formula is
//! preceded by an apostrophe.

use super::{Field, Table};
use crate::error::{Error, Result};

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = CsvSeparator)]
pub enum Separator {
    #[default]
    Comma,
    /// As spreadsheets in the Nordic countries expect.
    Semicolon,
}

pub fn csv(table: &Table, separator: Separator) -> Result<Vec<u8>> {
    let delimiter = match separator {
        Separator::Comma => b',',
        Separator::Semicolon => b';',
    };
    delimited(&[table.header()], table.rows(), delimiter)
}

/// Lines of text as a head, and lines of fields below it.
pub fn delimited(
    head: &[Vec<String>],
    lines: impl Iterator<Item = Vec<Field>>,
    delimiter: u8,
) -> Result<Vec<u8>> {
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(::csv::Terminator::CRLF)
        // A title stands alone on its line.
        .flexible(true)
        .from_writer(Vec::new());
    for line in head {
        writer.write_record(line.iter().map(|text| harmless(text))).map_err(Error::internal)?;
    }
    for line in lines {
        // Only text can be taken for a formula: numbers are ours.
        let fields = line.into_iter().map(|field| match field {
            Field::Text(text) => harmless(&text),
            other => other.text(),
        });
        writer.write_record(fields).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(|e| Error::internal(e.into_error()))
}

/// A text that no spreadsheet takes for a formula, nor any part of it: one that is set to another separator parts it there.
fn harmless(text: &str) -> String {
    // A hyphen alone is what has no code.
    if text == "-" {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') {
            out.push('\'');
        }
        out.push(c);
        begins = matches!(c, ',' | ';' | '\t' | '\r' | '\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aggregate::{
            CompetenceCube, Label,
            cube::{Cell, Dimension, Place, tabled},
            facts::made_up::Maker,
        },
        text::Languages,
    };

    #[test]
    fn a_table_is_quoted_and_starts_no_formula() {
        let languages = Languages::accept(None);
        let place = Place {
            dimension: Dimension::Tenant,
            code: Some("a".into()),
            id: None,
            label: Label::plain("=HYPERLINK(\"http://x\";\"y\")", &languages),
        };
        let facts = Maker::new(&["a"]).facts;
        let cube = CompetenceCube {
            group_by: vec![Dimension::Tenant],
            cells: vec![Cell { dimensions: vec![place], mean_level: Some(2.3333), ..Cell::default() }],
            completeness: facts.completeness("about.competences", chrono::NaiveDate::default(), &languages),
            definition: String::new(),
        };
        let table = tabled(&cube);
        let text = String::from_utf8(csv(&table, Separator::Semicolon).unwrap()).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("tenant;tenantLabel;tenantsHaving;"), "{text}");
        assert!(
            lines[1].starts_with("a;\"'=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\";0;0;0;0;0;2.3333;;;"),
            "{text}"
        );
        assert_eq!(harmless("lån;=1+1,-2"), "lån;'=1+1,'-2");
        assert_eq!(harmless("for-lag; -, a=b"), "for-lag; -, a=b");
        let comma = String::from_utf8(csv(&table, Separator::Comma).unwrap()).unwrap();
        assert!(comma.starts_with("tenant,tenantLabel,tenantsHaving,"));
    }
}
