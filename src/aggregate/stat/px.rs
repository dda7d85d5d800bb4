//! An answer as a PX file, as statistics offices pass tables on: the PX file format of 2013, in UTF-8.
//!
//! The format has no sign for a quotation mark inside a text, and a variable's values are told apart by their texts alone: so
//! marks become apostrophes, and of texts that occur twice each is followed by its code.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{
    dataset::About,
    grid::Sheet,
    list::table_id,
    variable::{Column, Value, Variable},
};
use crate::{
    aggregate::{table::Field, words},
    text::Languages,
};

/// Where a figure should stand and there is none.
const ABSENT: &str = "\"..\"";
/// A name of a table or of a subject is at most this long.
const LONGEST_NAME: usize = 20;
/// So many characters of a text stand on one line; the format has lines of 256.
const LONGEST_LINE: usize = 200;

/// A text as the format has it: in pieces where it is long.
fn quoted(text: &str) -> String {
    let plain: Vec<char> = text
        .chars()
        .map(|c| match c {
            '"' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    if plain.is_empty() {
        return "\"\"".to_owned();
    }
    let pieces = plain.chunks(LONGEST_LINE).map(|piece| format!("\"{}\"", piece.iter().collect::<String>()));
    pieces.collect::<Vec<_>>().join("\n")
}

fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(quoted).collect::<Vec<_>>().join(",\n")
}

/// The texts of a variable's values, each of which occurs once.
fn texts(values: &[Value]) -> Vec<String> {
    let mut many: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        *many.entry(&value.label).or_default() += 1;
    }
    let told = |value: &Value| match many.get(value.label.as_str()) {
        Some(1) => value.label.clone(),
        _ => format!("{} ({})", value.label, value.code),
    };
    values.iter().map(told).collect()
}

/// A file that is written keyword by keyword.
struct File(String);

impl File {
    fn say(&mut self, keyword: &str, told: impl std::fmt::Display) {
        // Writing to a text does not fail.
        let _ = write!(self.0, "{keyword}={told};\r\n");
    }

    fn text(&mut self, keyword: &str, text: &str) {
        self.say(keyword, quoted(text));
    }
}

pub fn px(sheet: &Sheet, values: &[Field], about: &About, languages: &Languages) -> Vec<u8> {
    let complete = about.completeness;
    let named: Vec<(&Column, String)> =
        sheet.columns.iter().map(|column| (column, column.variable.name(about.cube, languages))).collect();
    let (side, top) = named.split_at(sheet.stub.min(named.len()));
    let mut file = File(String::new());
    file.text("CHARSET", "ANSI");
    file.text("AXIS-VERSION", "2013");
    file.text("CODEPAGE", "utf-8");
    file.text("LANGUAGE", languages.first().tag());
    file.text("CREATION-DATE", &format!("{} 00:00", complete.as_of.format("%Y%m%d")));
    let decimals = named.iter().flat_map(|(column, _)| &column.values);
    let decimals = decimals.filter_map(|value| value.unit.as_ref()).map(|unit| unit.decimals).max();
    file.say("DECIMALS", decimals.unwrap_or_default());
    file.say("SHOWDECIMALS", 0);
    file.text("MATRIX", &table_id(about.cube, about.extent).chars().take(LONGEST_NAME).collect::<String>());
    // Libraries are counted once in each cell, so that cells do not add up.
    file.say("AGGREGALLOWED", "NO");
    let contents = words::word(&format!("title.{}", about.cube.word()), languages).text;
    file.text("SUBJECT-CODE", about.cube.word());
    file.text("SUBJECT-AREA", &contents);
    file.text("TITLE", &about.title);
    file.text("CONTENTS", &contents);
    let unit =
        |column: &Column| column.values.iter().find_map(|value| Some(value.unit.as_ref()?.label.clone()));
    file.text("UNITS", &named.iter().find_map(|(column, _)| unit(column)).unwrap_or_default());
    for (keyword, part) in [("STUB", side), ("HEADING", top)] {
        if !part.is_empty() {
            file.say(keyword, list(part.iter().map(|(_, name)| name.as_str())));
        }
    }
    if let Some((_, name)) = named.iter().find(|(column, _)| column.variable == Variable::Contents) {
        file.text("CONTVARIABLE", name);
    }
    for (column, name) in &named {
        file.say(
            &format!("VALUES({})", quoted(name)),
            list(texts(&column.values).iter().map(String::as_str)),
        );
    }
    for (column, name) in &named {
        file.say(&format!("CODES({})", quoted(name)), list(column.values.iter().map(|v| v.code.as_str())));
    }
    for (column, name) in &named {
        for (value, text) in column.values.iter().zip(texts(&column.values)) {
            let Some(unit) = &value.unit else { continue };
            file.text(&format!("UNITS({})", quoted(&text)), &unit.label);
            if unit.decimals > 0 {
                file.say(&format!("PRECISION({},{})", quoted(name), quoted(&text)), unit.decimals);
            }
        }
    }
    file.text("SOURCE", &complete.source.text);
    file.text("NOTE", &format!("{} {}", complete.definition.text, complete.licence.text));
    file.0.push_str("DATA=\r\n");
    let width = top.iter().map(|(column, _)| column.values.len()).product::<usize>().max(1);
    for line in values.chunks(width) {
        let cells: Vec<String> = line.iter().map(cell).collect();
        file.0.push_str(&cells.join(" "));
        file.0.push_str("\r\n");
    }
    file.0.push_str(";\r\n");
    file.0.into_bytes()
}

fn cell(field: &Field) -> String {
    match field {
        Field::Count(count) => count.to_string(),
        Field::Decimal(decimal) => decimal.to_string(),
        Field::Text(_) | Field::Flag(_) | Field::Empty => ABSENT.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_no_marks_and_no_long_lines() {
        assert_eq!(quoted("\"Lån\"\r\nog mer"), "\"'Lån'  og mer\"");
        let long = quoted(&"å".repeat(450));
        let lines: Vec<&str> = long.split('\n').collect();
        assert_eq!(lines.iter().map(|line| line.chars().count()).collect::<Vec<_>>(), [202, 202, 52]);
    }

    #[test]
    fn what_is_called_the_same_is_told_apart() {
        let value = |code: &str, label: &str| Value {
            code: code.to_owned(),
            label: label.to_owned(),
            note: None,
            unit: None,
        };
        let all = [value("a", "Musikk"), value("b", "Musikk"), value("c", "Film")];
        assert_eq!(texts(&all), ["Musikk (a)", "Musikk (b)", "Film"]);
    }
}
