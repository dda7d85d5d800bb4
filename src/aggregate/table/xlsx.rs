//! The cube as a spreadsheet: the lines and columns of the CSV, with numbers as numbers, and a sheet that says what they
//! are. Text is written as text, so that nothing in it becomes a formula.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::{Field, Table};
use crate::{
    aggregate::CubeDefinition,
    error::{Error, Result},
};

/// Columns are so wide, in characters.
const WIDTH: u32 = 18;

fn row(n: usize) -> Result<u32> {
    u32::try_from(n).map_err(Error::internal)
}

fn column(n: usize) -> Result<u16> {
    u16::try_from(n).map_err(Error::internal)
}

pub fn xlsx(table: &Table, definition: &CubeDefinition) -> Result<Vec<u8>> {
    let names = table.header();
    let about = &table.completeness;
    let figures = [&about.definition, &about.source, &about.licence].map(|label| label.text.clone());
    let mut told: Vec<[String; 3]> = ["definition", "source", "licence"]
        .into_iter()
        .zip(figures)
        .map(|(name, text)| [name.to_owned(), String::new(), text])
        .collect();
    let parts = definition.dimensions.iter().filter(|part| names.contains(&part.code));
    for part in parts.chain(&definition.measures) {
        told.push([part.code.clone(), part.name.text.clone(), part.definition.text.clone()]);
    }
    workbook(&[names], table.rows(), told)
}

/// Lines of text as a head with lines of fields below it, and a second sheet that says what they are. The same figures are
/// the same bytes: nothing in it tells when it was made.
pub fn workbook(
    head: &[Vec<String>],
    lines: impl Iterator<Item = Vec<Field>>,
    about: Vec<[String; 3]>,
) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(Error::internal)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold();

    let sheet = book.add_worksheet().set_name("figures").map_err(Error::internal)?;
    for (n, names) in head.iter().enumerate() {
        for (at, name) in names.iter().enumerate() {
            sheet.write_string_with_format(row(n)?, column(at)?, name, &bold).map_err(Error::internal)?;
            sheet.set_column_width(column(at)?, WIDTH).map_err(Error::internal)?;
        }
    }
    sheet.set_freeze_panes(row(head.len())?, 0).map_err(Error::internal)?;
    for (n, line) in lines.enumerate() {
        for (at, field) in line.into_iter().enumerate() {
            write(sheet, row(n + head.len())?, column(at)?, field)?;
        }
    }

    let sheet = book.add_worksheet().set_name("about").map_err(Error::internal)?;
    for (n, line) in about.into_iter().enumerate() {
        for (at, text) in line.into_iter().enumerate() {
            write(sheet, row(n)?, column(at)?, Field::Text(text))?;
        }
    }
    book.save_to_buffer().map_err(Error::internal)
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, field: Field) -> Result<()> {
    match field {
        Field::Text(text) => sheet.write_string(row, column, text),
        // Below 2^53, where a spreadsheet's numbers are exact.
        Field::Count(count) => sheet.write_number(row, column, count as f64),
        Field::Decimal(decimal) => sheet.write_number(row, column, decimal),
        Field::Flag(flag) => sheet.write_boolean(row, column, flag),
        Field::Empty => return Ok(()),
    }
    .map(|_| ())
    .map_err(Error::internal)
}
