//! How a line is parted.

/// The parts of a line, verbatim, in order. Slash, comma and semicolon part it, outside parentheses. «&» and «og» do
/// not: «kat & klass» is one thing.
pub fn parts(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0u32);
    for (at, c) in line.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '/' | ',' | ';' if depth == 0 => {
                parts.push(&line[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&line[start..]);
    parts.retain_mut(|part| {
        *part = part.trim();
        !part.is_empty()
    });
    parts
}

/// «prosjektarbeid og -ledelse» is two things: its halves, verbatim. None when the part is no such pair.
pub fn pair(part: &str) -> Option<[&str; 2]> {
    [" og -", " och -", " ja -", " and -"].iter().find_map(|joint| {
        let (first, _) = part.split_once(joint)?;
        let second = part.get(first.len() + joint.len() - 1..)?;
        Some([first.trim(), second.trim()])
    })
}

#[cfg(test)]
mod tests {
    use super::{pair, parts};

    #[test]
    fn composite_lines_are_parted_and_pairs_known() {
        assert_eq!(parts("samsøk / medieutnyttelse / fjernlån"), ["samsøk", "medieutnyttelse", "fjernlån"]);
        assert_eq!(
            parts("merkevarebygging, tjenestemarkedsføring"),
            ["merkevarebygging", "tjenestemarkedsføring"]
        );
        assert_eq!(parts("kat & klass"), ["kat & klass"]);
        assert_eq!(parts("kurs (web, musikk)"), ["kurs (web, musikk)"]);
        assert!(parts(" / , ;").is_empty());
        assert_eq!(pair("prosjektarbeid og -ledelse"), Some(["prosjektarbeid", "-ledelse"]));
        assert_eq!(pair("kat & klass"), None);
    }
}
