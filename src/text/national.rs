//! National identity numbers in free text: Norway's fødselsnummer and D-number, Sweden's personnummer and
//! samordningsnummer, Denmark's CPR number, Finland's henkilötunnus. The service has no use for one, so no text that
//! holds one is taken in.
//!
//! Digits are read in groups, because people write them in groups. A group is never cut: an ISBN or an account number
//! does not hold an identity number merely because eleven of its digits would make one. What can be checked is checked
//! (the date, and the check digits where the country has them), so that about one in a thousand other numbers of the
//! same length is taken for one; what was refused can be written in another way, what was kept cannot be taken back.

/// Whether a national identity number stands in the text.
pub fn stands_in(text: &str) -> bool {
    !found(text).is_empty()
}

/// The text with what was found made unreadable, for an answer that shows a caller its own line.
pub fn masked(text: &str) -> String {
    let found = found(text);
    let hidden = |n: usize| found.iter().any(|(from, to)| (*from..*to).contains(&n));
    text.chars().enumerate().map(|(n, c)| if hidden(n) && !c.is_whitespace() { '•' } else { c }).collect()
}

/// One character as it is read: the digits of other keyboards and of mathematics, raised, ringed or wide, dashes and spaces of
/// every kind.
fn plain(c: char) -> char {
    match unadorned(c) {
        c @ ('٠'..='٩' | '۰'..='۹') => digit(c),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '－' => '-',
        // Whatever else is set between the parts of a number.
        '_' | '·' | '•' | '∙' | '・' | ':' | '~' => '.',
        '\n' | '\r' => '\n',
        c if c.is_whitespace() => ' ',
        c => c.to_ascii_uppercase(),
    }
}

/// A digit without its dress: what it is compatible to.
fn unadorned(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let mut all = Vec::new();
    unicode_normalization::char::decompose_compatible(c, |part| all.push(part));
    match all.as_slice() {
        // Ten in a ring is no digit, nor is a half.
        [digit] if digit.is_ascii_digit() => *digit,
        _ => c,
    }
}

fn digit(c: char) -> char {
    let zero = match c {
        '٠'..='٩' => '٠',
        _ => '۰',
    };
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
}

/// Characters that nobody sees, and that would cut a number in two.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}')
        // What only dresses the character before it.
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
        || unicode_normalization::char::is_combining_mark(c)
}

/// Digits that stand together.
struct Group {
    digits: Vec<u32>,
    /// Place of the first character, and after the last one, in the text.
    from: usize,
    to: usize,
    /// What stands between the group before and this one; None where that is more than a separator.
    gap: Option<String>,
    /// Begins a telephone number: `+46 …`.
    plus: bool,
}

/// From which character to which.
type Span = (usize, usize);

fn found(text: &str) -> Vec<Span> {
    // Most texts have no number at all.
    if text.chars().filter(|c| plain(*c).is_ascii_digit()).nth(8).is_none() {
        return Vec::new();
    }
    let read: Vec<(usize, char)> =
        text.chars().enumerate().filter(|(_, c)| !unseen(*c)).map(|(n, c)| (n, plain(c))).collect();
    let groups = groups(&read);
    let mut found = finnish(&read);
    for (n, first) in groups.iter().enumerate() {
        let mut digits: Vec<u32> = Vec::new();
        let mut shape: Vec<usize> = Vec::new();
        for group in groups.get(n..).unwrap_or_default() {
            if !shape.is_empty() && group.gap.is_none() {
                break;
            }
            digits.extend(&group.digits);
            shape.push(group.digits.len());
            if digits.len() > 12 {
                break;
            }
            let sign = group.gap.as_deref().unwrap_or_default();
            // «01.01.2024-05.12.2025»: days beside each other are no number.
            let next = groups.get(n + shape.len());
            let dated = shape.len() > 2 && (first.hangs_on() || next.is_some_and(Group::hangs_on));
            if !first.is_telephone(&digits)
                && (norwegian(&digits)
                    || !dated && (swedish(&digits, &shape) || danish(&digits, &shape, sign)))
            {
                found.push((first.from, group.to));
            }
        }
    }
    found
}

impl Group {
    /// Joined to the group before by more than a space.
    fn hangs_on(&self) -> bool {
        self.gap.as_deref().is_some_and(|gap| gap.contains(['-', '.', '/']))
    }

    /// A Nordic number with its country's code.
    fn is_telephone(&self, digits: &[u32]) -> bool {
        self.plus && (matches!(digits, [4, 5..=7, ..]) || matches!(digits, [3, 5, 4 | 8, ..]))
    }
}

/// At most this many characters may separate two groups of one number.
const WIDEST_GAP: usize = 3;

fn groups(read: &[(usize, char)]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut gap = String::new();
    let mut before = '\n';
    for (place, c) in read {
        match c.to_digit(10) {
            Some(digit) if before.is_ascii_digit() => {
                if let Some(group) = groups.last_mut() {
                    group.digits.push(digit);
                    group.to = place + 1;
                }
            }
            Some(digit) => {
                let separates = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '+');
                let close = gap.chars().count() <= WIDEST_GAP && gap.chars().all(separates);
                groups.push(Group {
                    digits: vec![digit],
                    from: *place,
                    to: place + 1,
                    gap: close.then(|| gap.clone()),
                    plus: before == '+',
                });
                gap.clear();
            }
            None => gap.push(*c),
        }
        before = *c;
    }
    groups
}

fn two(digits: &[u32], at: usize) -> u32 {
    digits.get(at).copied().unwrap_or_default() * 10 + digits.get(at + 1).copied().unwrap_or_default()
}

/// A day that some year has. Which century is meant is not asked: of two digits, any leap year will do.
fn is_day(day: u32, month: u32) -> bool {
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=longest).contains(&day)
}

fn weighed(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum::<u32>() % 11
}

/// Eleven digits: day, month, year, three of an individual, two that check. A D-number's day is 40 higher.
fn norwegian(digits: &[u32]) -> bool {
    let day = two(digits, 0);
    digits.len() == 11
        && is_day(if day > 40 { day - 40 } else { day }, two(digits, 2))
        && weighed(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) == 0
        && weighed(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) == 0
}

/// Year, month, day, four of which the last checks by Luhn. A samordningsnummer's day is 60 higher.
fn swedish(digits: &[u32], shape: &[usize]) -> bool {
    let short = match (shape, digits) {
        ([10] | [6, 4] | [2, 2, 2, 4], digits) => digits,
        // With the century.
        ([12] | [8, 4] | [4, 2, 2, 4], [1, 8 | 9, rest @ ..] | [2, 0, rest @ ..]) => rest,
        _ => return false,
    };
    let doubled = |(n, d): (usize, &u32)| if n % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d };
    let day = two(short, 4);
    is_day(if day > 60 { day - 60 } else { day }, two(short, 2))
        && short.iter().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// Day, month, year, four more. Since 2007 a number need not check by modulus 11: one written with its hyphen is taken
/// by its date alone, and any other only where it checks.
fn danish(digits: &[u32], shape: &[usize], sign: &str) -> bool {
    if !matches!(shape, [10] | [6, 4] | [2, 2, 2, 4]) || !is_day(two(digits, 0), two(digits, 2)) {
        return false;
    }
    let hyphen = shape == [6, 4] && sign.trim() == "-";
    hyphen || weighed(digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) == 0
}

/// Day, month, year, the century's sign, three digits and a character that checks the nine.
fn finnish(read: &[(usize, char)]) -> Vec<Span> {
    const CHECKS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let at = |n: usize| read.get(n).map_or('\n', |(_, c)| *c);
    let mut found = Vec::new();
    for start in 0..read.len() {
        if start > 0 && at(start - 1).is_ascii_digit() {
            continue;
        }
        let mut place = start;
        let mut digits: Vec<u32> = Vec::new();
        let mut take = |place: &mut usize, many: usize| {
            for _ in 0..many {
                digits.push(at(*place).to_digit(10)?);
                *place += 1;
            }
            Some(digits.clone())
        };
        if take(&mut place, 6).is_none() {
            continue;
        }
        while at(place) == ' ' && place < start + 8 {
            place += 1;
        }
        if !matches!(at(place), '-' | '+' | 'A'..='F' | 'U'..='Y') {
            continue;
        }
        place += 1;
        while at(place) == ' ' && place < start + 11 {
            place += 1;
        }
        let Some(digits) = take(&mut place, 3) else { continue };
        let number = digits.iter().fold(0u32, |number, digit| number * 10 + digit);
        let check = CHECKS.get((number % 31) as usize).map(|byte| char::from(*byte));
        let ends = !at(place + 1).is_alphanumeric();
        if is_day(two(&digits, 0), two(&digits, 2)) && ends && check == Some(at(place)) {
            found.push((at_place(read, start), at_place(read, place) + 1));
        }
    }
    found
}

fn at_place(read: &[(usize, char)], n: usize) -> usize {
    read.get(n).map_or(0, |(place, _)| *place)
}

#[cfg(test)]
mod tests;
