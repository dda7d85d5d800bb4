//! Three readings of a text, each blunter than the one before.
//!
//! `plain` keeps every letter and only evens out case and white space. `folded` takes away spelling habits: æ is ä, ø is ö,
//! aa is å, and hyphens, spaces and quotation marks are nothing. `bare` also takes the marks from the letters, for those who
//! write *fjernlan* on a keyboard without å.

use unicode_normalization::UnicodeNormalization;

/// Characters of a text that count. No label of a concept is near as long.
pub const LONGEST: usize = 200;

/// The words that `&` stands for, and itself.
const AND: [&str; 5] = ["og", "och", "ja", "and", "&"];

/// The readings of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub plain: String,
    pub folded: String,
    pub bare: String,
    /// Bare words, without conjunctions.
    pub words: Vec<String>,
}

impl Reading {
    pub fn of(text: &str) -> Reading {
        // Not `chars().take` on the normalised text alone: a single character may decompose into many.
        let text: String = text.trim_start().chars().take(LONGEST).collect();
        let plain = plain(&text);
        let tokens = tokens(&text);
        let joined: String = tokens.concat();
        let folded = digraphs(&joined);
        let bare = bare(&folded);
        let words = tokens
            .iter()
            .filter(|token| token.as_str() != "&")
            .map(|token| self::bare(&digraphs(token)))
            .collect();
        Reading { plain, folded, bare, words }
    }
}

fn plain(text: &str) -> String {
    let lower: String = text.nfc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words in lower case with æ ø å settled and all other marks gone; conjunctions become `&`.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        let word = std::mem::take(word);
        if AND.contains(&word.as_str()) {
            tokens.push("&".to_owned());
        } else if !word.is_empty() {
            tokens.push(word);
        }
    };
    for c in text.nfkd().take(4 * LONGEST).collect::<String>().to_lowercase().chars() {
        match c {
            '\u{30a}' => replace_last(&mut word, 'a', 'å'),
            '\u{308}' => {
                replace_last(&mut word, 'a', 'ä');
                replace_last(&mut word, 'o', 'ö');
            }
            'æ' => word.push('ä'),
            'ø' | 'œ' => word.push('ö'),
            'đ' | 'ð' => word.push('d'),
            'ŧ' => word.push('t'),
            'þ' => word.push_str("th"),
            'ŋ' => word.push('n'),
            'ß' => word.push_str("ss"),
            'ł' => word.push('l'),
            '&' | '+' => {
                end(&mut word);
                end(&mut "&".to_owned());
            }
            // Apostrophes stand inside words: brukernes', walk'n'talk.
            '\'' | '’' | '‘' | '´' | '`' | '\u{ad}' => {}
            c if unicode_normalization::char::is_combining_mark(c) => {}
            c if c.is_alphanumeric() => word.push(c),
            _ => end(&mut word),
        }
    }
    end(&mut word);
    tokens
}

fn replace_last(word: &mut String, from: char, to: char) {
    if word.ends_with(from) {
        word.pop();
        word.push(to);
    }
}

/// aa to å, ae to ä, oe to ö.
fn digraphs(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let letter = match (c, chars.peek()) {
            ('a', Some('a')) => Some('å'),
            ('a', Some('e')) => Some('ä'),
            ('o', Some('e')) => Some('ö'),
            _ => None,
        };
        if letter.is_some() {
            chars.next();
        }
        out.push(letter.unwrap_or(c));
    }
    out
}

fn bare(folded: &str) -> String {
    folded
        .chars()
        .map(|c| match c {
            'å' | 'ä' => 'a',
            'ö' => 'o',
            c => c,
        })
        .collect()
}
