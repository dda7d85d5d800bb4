//! The rows of a file.

use crate::{
    competence::Stance,
    error::Violations,
    tenancy::Visibility,
    text::{Lang, national},
};

/// The columns that a CSV may have.
const COLUMNS: [&str; 6] = ["phrase", "stance", "level", "holders", "note", "visibility"];

/// As the service has them; a row must not fail when others are written already.
const LONGEST_NOTE: usize = 2_000;
const MOST_HOLDERS: i64 = 100_000;

/// What holds for a row that says nothing else.
pub struct Defaults {
    pub stance: Stance,
    pub visibility: Visibility,
}

/// A row that says something.
#[derive(Debug)]
pub struct Row {
    /// As a spreadsheet counts: from 1, the header is one.
    pub number: usize,
    pub phrase: String,
    pub stance: Stance,
    pub level: Option<i64>,
    pub holders: Option<i64>,
    pub note: Option<String>,
    pub visibility: Visibility,
    /// Why it is refused.
    pub faults: Vec<String>,
}

#[derive(Debug)]
pub struct Rows(pub Vec<Row>);

impl Rows {
    pub fn good(&self) -> impl Iterator<Item = &Row> {
        self.0.iter().filter(|row| row.faults.is_empty())
    }
}

pub fn stance(text: &str) -> Result<Stance, String> {
    word(text).ok_or_else(|| "have, want".to_owned())
}

pub fn visibility(text: &str) -> Result<Visibility, String> {
    word(text).ok_or_else(|| "private, sealed, consortium, public".to_owned())
}

fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(text.trim().to_lowercase().into()).ok()
}

/// Reads a file: CSV when it is named so or its first line has a column `phrase`, else a list of lines.
pub fn rows(bytes: &[u8], named_csv: bool, defaults: &Defaults) -> Result<Rows, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| format!("is not UTF-8 (byte {}); save it as CSV UTF-8", e.valid_up_to()))?;
    // Spreadsheets write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().next().unwrap_or_default();
    let separator = separator(header);
    let columns: Vec<String> = header
        .split(char::from(separator))
        .map(|name| name.trim().trim_matches('"').to_lowercase())
        .collect();
    let rows = match columns.iter().any(|name| name == "phrase") {
        true => table(text, separator, &columns, defaults)?,
        false if named_csv => return Err(format!("has no column phrase, but {}", columns.join(", "))),
        false => lines(text, defaults),
    };
    if rows.is_empty() {
        return Err("has no entry".to_owned());
    }
    Ok(Rows(rows))
}

fn separator(header: &str) -> u8 {
    let most = [b';', b'\t', b','].into_iter().max_by_key(|c| header.bytes().filter(|b| b == c).count());
    most.filter(|c| header.bytes().any(|b| b == *c)).unwrap_or(b',')
}

fn lines(text: &str, defaults: &Defaults) -> Vec<Row> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(n, line)| Row::new(n + 1, line, defaults)).collect()
}

impl Row {
    fn new(number: usize, phrase: &str, defaults: &Defaults) -> Self {
        Self {
            number,
            // A line break in a cell would be another line of the list.
            phrase: phrase.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned(),
            stance: defaults.stance,
            level: None,
            holders: None,
            note: None,
            visibility: defaults.visibility,
            faults: Vec::new(),
        }
    }
}

fn table(text: &str, separator: u8, columns: &[String], defaults: &Defaults) -> Result<Vec<Row>, String> {
    // Silently leaving out a column would lose what somebody wrote in it.
    for (n, name) in columns.iter().enumerate() {
        if !COLUMNS.contains(&name.as_str()) {
            return Err(format!("has a column «{name}»; there are {}", COLUMNS.join(", ")));
        }
        if columns.iter().take(n).any(|before| before == name) {
            return Err(format!("has the column {name} twice"));
        }
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // The reader passes over empty lines; a spreadsheet counts them.
    let (mut number, mut line) = (0, 0);
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let begins = record.position().map_or(0, csv::Position::line);
        let empty = text.lines().skip(line).take((begins as usize).saturating_sub(line + 1));
        number += 1 + empty.filter(|l| l.trim().is_empty()).count();
        line = begins as usize;
        if number == 1 || record.iter().all(str::is_empty) {
            continue;
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|column| column == name)?;
            record.get(at).filter(|text| !text.is_empty())
        };
        let mut row = Row::new(number, cell("phrase").unwrap_or_default(), defaults);
        if record.len() > columns.len() {
            row.faults.push(format!("{} cells, but {} columns", record.len(), columns.len()));
        }
        fill(&mut row, cell);
        rows.push(row);
    }
    Ok(rows)
}

fn fill<'a>(row: &mut Row, cell: impl Fn(&str) -> Option<&'a str>) {
    if row.phrase.is_empty() {
        row.faults.push("phrase: nothing there".to_owned());
    }
    let mut faults = Vec::new();
    let mut bad = |column: &str, text: &str, wanted: &str| {
        faults.push(format!("{column}: «{}» is none of {wanted}", national::masked(text)))
    };
    if let Some(text) = cell("stance") {
        match stance(text) {
            Ok(stance) => row.stance = stance,
            Err(wanted) => bad("stance", text, &wanted),
        }
    }
    if let Some(text) = cell("visibility") {
        match visibility(text) {
            Ok(visibility) => row.visibility = visibility,
            Err(wanted) => bad("visibility", text, &wanted),
        }
    }
    if let Some(text) = cell("level") {
        match text.parse().ok().filter(|level| (1..=4).contains(level)) {
            Some(level) => row.level = Some(level),
            None => bad("level", text, "1, 2, 3, 4"),
        }
    }
    if let Some(text) = cell("holders") {
        match text.parse().ok().filter(|holders| (0..=MOST_HOLDERS).contains(holders)) {
            Some(holders) => row.holders = Some(holders),
            None => bad("holders", text, "0 to 100,000"),
        }
    }
    row.faults.append(&mut faults);
    row.note = cell("note").map(str::to_owned);
    let mut violations = Violations::default();
    violations.text_if("note", row.note.as_deref(), LONGEST_NOTE);
    let found = violations.done().err().map(|error| error.violations).unwrap_or_default();
    row.faults.extend(found.iter().map(|fault| format!("note: {}", fault.detail(Lang::En))));
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: Defaults = Defaults { stance: Stance::Have, visibility: Visibility::Private };

    #[test]
    fn a_spreadsheet_of_semicolons_is_read_and_its_rows_are_counted_as_it_counts() {
        let file = "\u{feff}Phrase;Level;Holders;Note;Stance;Visibility\r\nmusikk;3;2;\"to linjer\nnotat\";;\r\n\r\n;;;;;\r\n\
                    \"kat & klass\";5;x;;wish;all\r\n";
        let Rows(rows) = rows(file.as_bytes(), true, &DEFAULTS).unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 5]);
        let musikk = &rows[0];
        assert_eq!((musikk.phrase.as_str(), musikk.level, musikk.holders), ("musikk", Some(3), Some(2)));
        assert_eq!(musikk.note.as_deref(), Some("to linjer\nnotat"));
        let faults: Vec<&str> = rows[1].faults.iter().map(|f| f.split(':').next().unwrap()).collect();
        assert_eq!(faults, ["stance", "visibility", "level", "holders"]);
    }

    #[test]
    fn a_plain_list_keeps_its_commas_and_its_places() {
        let file = "biblioteksystemer\n\nmerkevarebygging, tjenestemarkedsføring\n";
        let Rows(rows) = rows(file.as_bytes(), false, &DEFAULTS).unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(rows[1].phrase, "merkevarebygging, tjenestemarkedsføring");
    }

    #[test]
    fn a_file_that_cannot_be_understood_says_why() {
        let why = |bytes: &[u8], csv| rows(bytes, csv, &DEFAULTS).unwrap_err();
        assert!(why(b"phrase\nst\xf8tte", true).contains("UTF-8"));
        assert!(why(b"ferdighet,niva\nmusikk,3", true).contains("no column phrase"));
        assert!(why(b"phrase,niva\nmusikk,3", true).contains("niva"));
        assert!(why(b"phrase,phrase\nmusikk,3", true).contains("twice"));
        assert!(why(b" \n", false).contains("no entry"));
        assert!(why(b"phrase\n", true).contains("no entry"));
    }
}
