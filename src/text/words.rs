//! A noun's own words in the languages of the service: a JSON file of keys, each with its text in every language, beside the code
//! that says them.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Languages, Text};

/// Read when it is first asked for.
pub struct Words(LazyLock<BTreeMap<String, Text>>);

impl Words {
    /// Of `|| include_str!("words.json")`; that it can be read is a test of the noun's.
    pub const fn new(read: fn() -> BTreeMap<String, Text>) -> Self {
        Self(LazyLock::new(read))
    }

    pub fn read(json: &str) -> BTreeMap<String, Text> {
        serde_json::from_str(json).unwrap_or_default()
    }

    pub fn get(&self, key: &str) -> Option<&Text> {
        self.0.get(key)
    }

    /// The word under this key in the reader's language; the key itself where there is none.
    pub fn say(&self, key: &str, languages: &Languages) -> String {
        self.get(key)
            .and_then(|text| text.serve(languages))
            .map_or_else(|| key.to_owned(), |found| found.text)
    }

    /// For tests: which words lack a language, of at least so many.
    #[cfg(test)]
    pub fn lacking(&self, least: usize) -> Vec<String> {
        use super::Lang::{Da, En, Fi, Nb, Nn, Sv};
        assert!(self.0.len() >= least, "{} words", self.0.len());
        let all =
            self.0.iter().flat_map(|(key, text)| [Nb, Nn, Sv, Da, Fi, En].map(|lang| (key, text, lang)));
        all.filter(|(_, text, lang)| text.0.get(lang).is_none_or(|t| t.trim().is_empty()))
            .map(|(key, _, lang)| format!("{key} {lang:?}"))
            .collect()
    }
}
