//! The report's own words, in the languages of the service: `words.json`.

use chrono::NaiveDate;

use crate::text::{Languages, Words};

static WORDS: Words = Words::new(|| Words::read(include_str!("words.json")));

/// The word under this key; the key itself where there is none.
pub fn word(key: &str, languages: &Languages) -> String {
    WORDS.say(key, languages)
}

/// An EDTF date in words: `2010-22` as summer 2010, `2010-06-01~` as around 1 June.
pub fn date(edtf: &str, languages: &Languages) -> String {
    if let Some((from, to)) = edtf.split_once('/') {
        let end = |part: &str| if part == ".." { String::new() } else { date(part, languages) };
        return format!("{} – {}", end(from), end(to)).trim().to_owned();
    }
    let bare = edtf.trim_end_matches(['~', '?', '%']);
    let said = exactly(bare, languages);
    match edtf.strip_prefix(bare).unwrap_or_default() {
        "~" => word("about_date", languages).replace("{date}", &said),
        "?" | "%" => word("unsure_date", languages).replace("{date}", &said),
        _ => said,
    }
}

fn exactly(bare: &str, languages: &Languages) -> String {
    let mut parts = bare.splitn(3, '-');
    let year = parts.next().unwrap_or_default();
    match (parts.next(), parts.next()) {
        (Some(month), None) => {
            let kind = if month > "12" { "season" } else { "month" };
            word(&format!("{kind}.{month}"), languages).replace("{year}", year)
        }
        (Some(_), Some(_)) => bare.parse().map_or_else(|_| bare.to_owned(), day),
        _ => year.to_owned(),
    }
}

/// As all six languages write a day in figures without taking it for another.
pub fn day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_in_six_languages() {
        assert_eq!(WORDS.lacking(40), [""; 0]);
    }

    #[test]
    fn dates_are_said_as_roughly_as_they_are_known() {
        let nb = Languages::accept(Some("nb"));
        for (edtf, said) in [
            ("2010", "2010"),
            ("2010-05", "mai 2010"),
            ("2010-22", "sommeren 2010"),
            ("2010-06-01~", "rundt 2010-06-01"),
            ("2010?", "kanskje 2010"),
            ("2005/2009", "2005 – 2009"),
            ("2010-05/..", "mai 2010 –"),
        ] {
            assert_eq!(date(edtf, &nb), said);
        }
    }
}
