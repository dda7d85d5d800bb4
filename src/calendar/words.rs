//! The feed's own words, in the languages of the service: `words.json`.

use crate::text::{Languages, Words};

static WORDS: Words = Words::new(|| Words::read(include_str!("words.json")));

/// The word under this key; the key itself where there is none.
pub fn word(key: &str, languages: &Languages) -> String {
    WORDS.say(key, languages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_in_six_languages() {
        assert_eq!(WORDS.lacking(5), [""; 0]);
    }
}
