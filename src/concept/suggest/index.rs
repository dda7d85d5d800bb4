//! The labels, arranged for asking.

use super::compound::Compounds;
use super::fold::Reading;
use super::grams::Grams;
use super::{Label, LabelKind, lang};
use std::collections::HashMap;
use uuid::Uuid;

/// All labels at one time. Immutable; share it in an `Arc`.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) forms: Vec<Form>,
    pub(super) by_bare: HashMap<String, u32>,
    /// Forms in alphabetical order, for what begins with the text typed so far.
    pub(super) sorted: Vec<(String, u32)>,
    pub(super) grams: Grams,
    pub(super) compounds: Compounds,
}

/// One bare spelling and the labels that come down to it: *music* has one, *musik* two languages.
#[derive(Debug)]
pub(super) struct Form {
    pub bare: String,
    pub words: Vec<String>,
    pub labels: Vec<Name>,
}

/// A label with its readings.
#[derive(Debug)]
pub(super) struct Name {
    pub concept: Uuid,
    pub lang: String,
    /// The primary subtag of `lang`.
    pub primary: String,
    pub text: String,
    pub kind: LabelKind,
    pub plain: String,
    pub folded: String,
}

impl Index {
    /// Labels without a letter or digit are left out: nobody can ask for them.
    pub fn build(labels: impl IntoIterator<Item = Label>) -> Index {
        let mut index = Index::default();
        for label in labels {
            let reading = Reading::of(&label.text);
            if !reading.bare.is_empty() {
                index.add(label, reading);
            }
        }
        let words: Vec<Vec<String>> = index.forms.iter().map(|form| form.words.clone()).collect();
        index.compounds = Compounds::learn(&words);
        index.sorted = index.by_bare.iter().map(|(bare, form)| (bare.clone(), *form)).collect();
        index.sorted.sort_unstable();
        index
    }

    fn add(&mut self, label: Label, reading: Reading) {
        let Reading { plain, folded, bare, words } = reading;
        let primary = lang::primary(&label.lang);
        let name = Name {
            concept: label.concept,
            lang: label.lang,
            primary,
            text: label.text,
            kind: label.kind,
            plain,
            folded,
        };
        let next = u32::try_from(self.forms.len()).unwrap_or(u32::MAX);
        let number = *self.by_bare.entry(bare.clone()).or_insert(next);
        match self.forms.get_mut(number as usize) {
            Some(form) => form.labels.push(name),
            None => {
                self.grams.add(&bare);
                self.forms.push(Form { bare, words, labels: vec![name] });
            }
        }
    }

    pub(super) fn form(&self, number: u32) -> Option<&Form> {
        self.forms.get(number as usize)
    }

    pub(super) fn equal(&self, bare: &str) -> Option<&Form> {
        self.by_bare.get(bare).and_then(|number| self.form(*number))
    }
}
