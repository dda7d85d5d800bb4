//! How a list is read: its lines, and how a line is parted.

use unicode_normalization::UnicodeNormalization;

/// Words that join two things.
const JOINTS: [&str; 5] = ["og", "och", "ja", "and", "&"];
/// What stands before the words in a list: «• musikk».
const MARKS: [char; 9] = ['-', '–', '—', '*', '+', '•', '·', '▪', '◦'];

/// The lines that say something, each with its number from 1 and without the mark of a list before it. Lines without a
/// letter or digit (empty ones, rules) are counted and passed over.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().enumerate().filter(|(_, line)| says(line)).map(|(n, line)| (n + 1, unmarked(line)))
}

fn says(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// «- musikk», «3. musikk» and «3) musikk» are «musikk»; «-ledelse» and «3 språk» are themselves.
fn unmarked(line: &str) -> &str {
    let line = line.trim();
    let mark = line.strip_prefix(MARKS).or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == line.len() { None } else { rest.strip_prefix(['.', ')']) }
    });
    match mark {
        Some(rest) if rest.starts_with(char::is_whitespace) && says(rest) => rest.trim_start(),
        _ => line,
    }
}

/// The parts of a line, verbatim, in order, each with what stands before it. Slash, comma, semicolon and tabulator part
/// it, outside parentheses.
pub fn parts(line: &str) -> Vec<(Option<char>, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut before) = (0, 0u32, None);
    for (at, c) in line.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '/' | ',' | ';' | '\t' | '\r' if depth == 0 => {
                parts.push((before, &line[start..at]));
                start = at + c.len_utf8();
                before = Some(c);
            }
            _ => {}
        }
    }
    parts.push((before, &line[start..]));
    parts.retain_mut(|(_, part)| {
        *part = part.trim();
        says(part)
    });
    parts
}

/// The things that «og» and its like join in a part, verbatim: one when there is no joint, or when a half is no word of
/// its own («barne- og ungdomsarbeid»).
pub fn joined(part: &str) -> Vec<&str> {
    let mut halves = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0u32);
    for word in part.split(' ') {
        if depth == 0 && JOINTS.iter().any(|joint| word.eq_ignore_ascii_case(joint)) {
            halves.push(&part[start..at]);
            start = at + word.len();
        }
        for c in word.chars() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at += word.len() + 1;
    }
    halves.push(&part[start..]);
    let halves: Vec<&str> = halves.into_iter().map(str::trim).collect();
    if halves.iter().any(|half| !says(half) || half.ends_with('-')) { vec![part] } else { halves }
}

/// «prosjektarbeid og -ledelse» names two things for certain.
pub fn is_pair(halves: &[&str]) -> bool {
    halves.iter().skip(1).any(|half| half.starts_with('-'))
}

/// A phrase for comparing: two that differ in letter case or white space alone are one.
pub fn said(phrase: &str) -> String {
    let lower: String = phrase.nfc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{is_pair, joined, lines, parts, said};

    fn texts(line: &str) -> Vec<&str> {
        parts(line).into_iter().map(|(_, part)| part).collect()
    }

    #[test]
    fn a_line_is_parted_where_its_text_parts_it() {
        assert_eq!(texts("samsøk / medieutnyttelse / fjernlån"), ["samsøk", "medieutnyttelse", "fjernlån"]);
        assert_eq!(
            texts("merkevarebygging, tjenestemarkedsføring"),
            ["merkevarebygging", "tjenestemarkedsføring"]
        );
        assert_eq!(texts("musikk; spill\tfilm"), ["musikk", "spill", "film"]);
        assert_eq!(texts("kat & klass"), ["kat & klass"]);
        assert_eq!(texts("kurs (web, musikk), film"), ["kurs (web, musikk)", "film"]);
        assert_eq!(texts("musikk, , –, "), ["musikk"]);
        assert_eq!(parts("a, b / c").iter().map(|p| p.0).collect::<Vec<_>>(), [None, Some(','), Some('/')]);
        assert!(parts(" / , ;").is_empty());
    }

    #[test]
    fn joints_are_words_of_the_languages() {
        assert_eq!(joined("musikk og spill"), ["musikk", "spill"]);
        assert_eq!(joined("musik och spel & film"), ["musik", "spel", "film"]);
        assert_eq!(joined("musiikki ja pelit"), ["musiikki", "pelit"]);
        assert_eq!(joined("prosjektarbeid og -ledelse"), ["prosjektarbeid", "-ledelse"]);
        assert!(is_pair(&joined("prosjektarbeid og -ledelse")) && !is_pair(&joined("musikk og spill")));
        for one in
            ["barne- og ungdomsarbeid", "kurs (web og musikk)", "jazz", "R&D", "og musikk", "logg og ", "år"]
        {
            assert_eq!(joined(one), [one]);
        }
    }

    #[test]
    fn lines_keep_the_numbers_of_the_list_and_lose_its_marks() {
        let text = "\u{feff}• musikk\r\n\n-----\n 3. spill \n3 språk\n-ledelse\n12) film\n- \n2010";
        let read: Vec<_> = lines(text).collect();
        let expected =
            [(1, "musikk"), (4, "spill"), (5, "3 språk"), (6, "-ledelse"), (7, "film"), (9, "2010")];
        assert_eq!(read, expected);
        assert_eq!(lines(" \n / \n").count(), 0);
    }

    #[test]
    fn phrases_are_compared_without_case_and_spaces() {
        assert_eq!(said("Egne  Greier "), said("egne greier"));
        assert_eq!(said("a\u{30a}r"), said("år"));
        assert_ne!(said("egne greier"), said("egnegreier"));
    }
}
