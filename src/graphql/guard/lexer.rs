//! The words of a document: names, numbers, strings, punctuation. It follows the engine's grammar where that
//! is laxer than the specification, because a text that the two cut differently could hide its cost.

use super::{Bound, Limits, Refusal, within};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    /// `...`
    Spread,
    /// One byte of punctuation, or one that has no business here.
    Mark(u8),
    /// A number or a string.
    Scalar,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Space, and no comment, stands before it: what the engine wants between `on` and a type.
    pub after_space: bool,
}

pub(super) fn read(query: &str, limits: &Limits) -> Result<Vec<Token>, Refusal> {
    let bytes = query.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut nesting, mut blocks_end) = (0, 0_usize, true);
    loop {
        let (start, after_space) = skip(bytes, at);
        let Some(&byte) = bytes.get(start) else { return Ok(tokens) };
        let (kind, end) = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                let end = run(bytes, start, |b| b.is_ascii_alphanumeric() || b == b'_');
                within(Bound::Name, end - start, limits.name)?;
                (Kind::Name, end)
            }
            b'0'..=b'9' | b'-' => (Kind::Scalar, number(bytes, start)),
            b'"' => (Kind::Scalar, string(bytes, start, &mut blocks_end)),
            b'.' if has(bytes, start, b"...") => (Kind::Spread, start + 3),
            b'(' | b'[' | b'{' => {
                nesting += 1;
                within(Bound::Nesting, nesting, limits.nesting)?;
                (Kind::Mark(byte), start + 1)
            }
            b')' | b']' | b'}' => {
                nesting = nesting.saturating_sub(1);
                (Kind::Mark(byte), start + 1)
            }
            _ => (Kind::Mark(byte), start + 1),
        };
        tokens.push(Token { kind, start, end, after_space });
        within(Bound::Tokens, tokens.len(), limits.tokens)?;
        at = end;
    }
}

/// Past white space and comments, and whether it was space alone. The comma and the byte order mark are space.
fn skip(bytes: &[u8], from: usize) -> (usize, bool) {
    let (mut at, mut comment) = (from, false);
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b' ' | b'\t' | b',' | b'\n' | b'\r' => at + 1,
            0xEF if has(bytes, at, b"\xEF\xBB\xBF") => at + 3,
            b'#' => {
                comment = true;
                run(bytes, at, |b| b != b'\n' && b != b'\r')
            }
            _ => break,
        };
    }
    (at, at > from && !comment)
}

fn has(bytes: &[u8], at: usize, what: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(what))
}

fn run(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    from + bytes.iter().skip(from).take_while(|&&b| belongs(b)).count()
}

/// Anything that looks like a number; whether it is one, the parser says.
fn number(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        let goes_on = match byte {
            b'.' => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
            b'+' | b'-' => matches!(bytes.get(at - 1), Some(b'e' | b'E')),
            _ => byte.is_ascii_alphanumeric() || byte == b'_',
        };
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}

/// `blocks_end` is false once a block string was found without an end: then no later one has an end either
/// (`\"""` is no end, seen from wherever), so the rest of the text is searched once, not once for each `"""`.
fn string(bytes: &[u8], start: usize, blocks_end: &mut bool) -> usize {
    if *blocks_end && has(bytes, start, b"\"\"\"") {
        let mut at = start + 3;
        while at < bytes.len() {
            if has(bytes, at, b"\\\"\"\"") {
                at += 4;
            } else if has(bytes, at, b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        // As the engine does: without an end it is an empty string, and another string begins.
        *blocks_end = false;
    }
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' if !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
            _ => at += 1,
        }
    }
    bytes.len().min(at)
}
