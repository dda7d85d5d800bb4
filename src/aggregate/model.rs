use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{facts::count, words};
use crate::{
    id::{ConceptId, ConsortiumId, TenantId},
    text::{Lang, Languages, Text},
};

/// About how much memory an answer takes: twice what it is long when it is written.
pub fn weight(answer: &impl Serialize) -> usize {
    struct Length(usize);
    impl std::io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    // What is not written because of an error is not given either.
    let _ = serde_json::to_writer(&mut length, answer);
    2 * length.0
}

/// A name in one language, and which: many stand in one answer, so each is short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    pub text: String,
    /// The language that `text` is in.
    pub language: Lang,
    /// True when that is not the language asked for first.
    pub fallback: bool,
}

impl Label {
    pub fn of(text: &Text, languages: &Languages) -> Self {
        let found = languages.order().iter().find_map(|l| text.0.get(l).map(|t| (*l, t)));
        let (language, text) = found.map_or_else(|| (languages.first(), ""), |(l, t)| (l, t.as_str()));
        Self { text: text.to_owned(), language, fallback: language != languages.first() }
    }

    /// A code, which is in no language.
    pub fn plain(text: &str, languages: &Languages) -> Self {
        Self { text: text.to_owned(), language: languages.first(), fallback: false }
    }
}

/// A library, as figures name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct TenantRef {
    pub id: TenantId,
    pub slug: String,
    pub name: Label,
}

/// A concept, as figures name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ConceptRef {
    pub id: ConceptId,
    /// The scheme's own name for it: `c:events`.
    pub notation: String,
    pub label: Label,
}

/// How a concept stands among the libraries that are counted. By how many have it, one of the first three.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Enum,
)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ConceptClass")]
#[schema(as = ConceptClass)]
pub enum Class {
    /// At least two have it.
    Common,
    /// Exactly one has it.
    Unique,
    /// Somebody wants it, and nobody has it.
    Gap,
    /// Somebody wants it, and somebody else has it. It comes on top of `common` or `unique`.
    Covered,
}

impl Class {
    pub fn word(self) -> &'static str {
        match self {
            Class::Common => "common",
            Class::Unique => "unique",
            Class::Gap => "gap",
            Class::Covered => "covered",
        }
    }

    /// By how many have a concept; somebody has it or wants it.
    pub fn by_holders(having: usize) -> Self {
        match having {
            0 => Class::Gap,
            1 => Class::Unique,
            _ => Class::Common,
        }
    }
}

/// How complete the figures are, what they are, and what to cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    /// Whose members share it there; none: it is what everybody on the node may read.
    pub consortium_ids: Vec<ConsortiumId>,
    /// Libraries that could contribute: active members; of the node, all libraries; within the filters on libraries.
    pub expected: i64,
    /// Those of them that share at least one entry.
    pub reporting: i64,
    /// Divided by region, or filtered by it: libraries that are counted in each of several regions because the one that they have
    /// registered was divided, or is put together of these. Which of them it serves is not known. Otherwise 0.
    pub in_parts: i64,
    /// The day as of which it is counted; see the definition of the cube.
    pub as_of: NaiveDate,
    /// What is counted.
    pub definition: Label,
    /// What to cite.
    pub source: Label,
    pub licence: Label,
}

impl Completeness {
    /// With so many libraries in several regions, and a sentence about it where there are some.
    pub fn with_parts(mut self, libraries: usize, languages: &Languages) -> Self {
        self.in_parts = count(libraries);
        if libraries > 0 {
            let parts = words::word_with("about.parts", &libraries.to_string(), languages).text;
            self.definition.text = format!("{} {parts}", self.definition.text);
        }
        self
    }
}
