//! The files of `data/`: what of them is read, and what never is.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    error::{Error, Result},
    id::ConceptId,
    text::{Lang, Translation},
};

/// Something that a document says, word for word, with its editorial translations and concepts.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    #[serde(alias = "raw")]
    pub text: String,
    pub lang: Lang,
    #[serde(default)]
    translations: BTreeMap<Lang, String>,
    #[serde(default)]
    concepts: Vec<String>,
}

impl Said {
    /// The text in every language that it has, its own first.
    pub fn texts(&self) -> Vec<Translation> {
        let own = Translation { language: self.lang, text: self.text.clone() };
        let others = self.translations.iter().filter(|(language, _)| **language != self.lang);
        std::iter::once(own)
            .chain(others.map(|(language, text)| Translation { language: *language, text: text.clone() }))
            .collect()
    }

    pub fn concept_ids(&self) -> Vec<ConceptId> {
        self.concepts.iter().map(|notation| concept(notation)).collect()
    }
}

/// Several things said, under a heading.
#[derive(Clone, Debug, Deserialize)]
pub struct Items {
    pub items: Vec<Said>,
}

/// When something began and ended.
#[derive(Clone, Debug, Deserialize)]
pub struct Period {
    pub from: String,
    pub to: String,
}

/// A text in one or more languages, written here.
pub fn words(texts: &[(Lang, &str)]) -> Vec<Translation> {
    texts
        .iter()
        .map(|(language, text)| Translation { language: *language, text: (*text).to_owned() })
        .collect()
}

/// Several texts as one, a paragraph each, in the languages that all of them have.
pub fn together(said: &[&Said]) -> Vec<Translation> {
    let mut texts: BTreeMap<Lang, Vec<String>> = BTreeMap::new();
    for translation in said.iter().flat_map(|one| one.texts()) {
        texts.entry(translation.language).or_default().push(translation.text);
    }
    texts.retain(|_, parts| parts.len() == said.len());
    texts.into_iter().map(|(language, parts)| Translation { language, text: parts.join("\n") }).collect()
}

/// A concept of the shipped scheme has the same id on every node.
pub fn concept(notation: &str) -> ConceptId {
    ConceptId(migration::registers::concept_id(notation))
}

/// Reads a file, without what is marked as personal data.
pub fn read<T: DeserializeOwned>(file: &str) -> Result<T> {
    let mut value = serde_json::from_str(file).map_err(Error::internal)?;
    prune(&mut value);
    serde_json::from_value(value).map_err(Error::internal)
}

fn personal(value: &Value) -> bool {
    value.get("personalData").is_some_and(|mark| mark != &Value::Bool(false))
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !personal(field));
            fields.values_mut().for_each(prune);
        }
        Value::Array(items) => {
            items.retain(|item| !personal(item));
            items.iter_mut().for_each(prune);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_as_personal_is_not_read() {
        let file = r#"{"items": [
            {"text": "Styrgrupp", "lang": "sv", "speaker": {"name": "Person Personsson", "personalData": true}},
            {"text": "Kontakt: Person Personsson", "lang": "sv", "personalData": true}
        ], "contact": {"text": "Person Personsson", "personalData": "see the note"}}"#;
        let value: Value = read(file).unwrap();
        assert!(!value.to_string().contains("Personsson"), "{value}");
        let items: Items = read(file).unwrap();
        assert_eq!(items.items.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["Styrgrupp"]);
    }

    #[test]
    fn texts_are_joined_in_the_languages_that_all_of_them_have() {
        let said = |text: &str| -> Said { serde_json::from_str(text).unwrap() };
        let one = said(r#"{"text": "a", "lang": "sv", "translations": {"en": "A", "nb": "å"}}"#);
        let two = said(r#"{"text": "b", "lang": "sv", "translations": {"en": "B"}}"#);
        assert_eq!(together(&[&one, &two]), words(&[(Lang::Sv, "a\nb"), (Lang::En, "A\nB")]));
    }
}
