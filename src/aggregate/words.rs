//! What figures are called, in the languages of the service: `words.json`.

use super::Label;
use crate::text::{Languages, Words};

static WORDS: Words = Words::new(|| Words::read(include_str!("words.json")));

/// The word under this key in the reader's language; the key itself where there is none.
pub fn word(key: &str, languages: &Languages) -> Label {
    WORDS.get(key).map_or_else(|| Label::plain(key, languages), |text| Label::of(text, languages))
}

/// As [`word`], or this text where there is none: a country that has no name here is its code.
pub fn word_or(key: &str, other: &str, languages: &Languages) -> Label {
    WORDS.get(key).map_or_else(|| Label::plain(other, languages), |text| Label::of(text, languages))
}

/// As [`word`], with `{name}` filled in.
pub fn word_with(key: &str, name: &str, languages: &Languages) -> Label {
    let label = word(key, languages);
    Label { text: label.text.replace("{name}", name), ..label }
}

/// What a dimension or a measure is called, or means, in a cube: in words of that cube's own, or else in those for all.
pub fn label_of_cube(group: &str, cube: &str, word: &str, part: &str, languages: &Languages) -> Label {
    let own = format!("{group}.{cube}.{word}.{part}");
    if WORDS.get(&own).is_some() {
        return self::word(&own, languages);
    }
    self::word(&format!("{group}.{word}.{part}"), languages)
}

/// The text of [`label_of_cube`].
pub fn of_cube(group: &str, cube: &str, word: &str, part: &str, languages: &Languages) -> String {
    label_of_cube(group, cube, word, part, languages).text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn every_word_stands_in_six_languages() {
        assert_eq!(WORDS.lacking(60), [""; 0]);
    }

    #[test]
    fn a_word_says_which_language_it_is_in() {
        let wish = Languages::accept(Some("fi"));
        assert_eq!(word("stance.want", &wish).text, "toivoo");
        assert!(!word("stance.want", &wish).fallback);
        let sami = word("stance.want", &Languages::accept(Some("se")));
        assert!(sami.fallback && sami.language == Lang::Nb);
    }
}
