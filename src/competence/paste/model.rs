use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    competence::Stance, concept::suggest::How, id::ConceptId, rest::Versioned, tenancy::Visibility,
    text::Lang,
};

/// What becomes of the good lines when others are bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum PasteMode {
    /// Nothing is written unless every line is good.
    #[default]
    AllOrNothing,
    /// The good lines are written.
    GoodLines,
}

/// What becomes of words that find no concept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum UnmappedWords {
    /// They are kept, without a concept.
    #[default]
    Keep,
    /// Their line is a bad one.
    Refuse,
}

/// A list to paste.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Paste {
    /// One line an entry, at most 10,000 lines of 300 characters and 10,000 parts. A line is parted at slash, comma,
    /// semicolon and tabulator, and at «og», «och», «ja», «and», «&» where the halves are known or the last of a list
    /// («A, B og C»); a line that is a known name is not. Marks and numbers before a line are passed over, as
    /// are lines without a letter or digit.
    pub text: String,
    /// The language of the list.
    pub language: Lang,
    pub stance: Stance,
    /// private when left out.
    pub visibility: Option<Visibility>,
    /// 1 to 4, for every entry.
    pub level: Option<i64>,
    #[serde(default)]
    #[graphql(default)]
    pub mode: PasteMode,
    #[serde(default)]
    #[graphql(default)]
    pub unmapped: UnmappedWords,
    /// Tells what would happen and writes nothing.
    #[serde(default)]
    #[graphql(default)]
    pub dry_run: bool,
}

/// What became of a part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum PasteOutcome {
    Added,
    /// The list names the concept, or says the words, before.
    Doubled,
    /// The profile had the concept, or the words, before.
    Already,
    /// Added without a concept: none was found.
    Unmapped,
}

/// One part of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PastedPart {
    /// Verbatim.
    pub part: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept_id: Option<ConceptId>,
    /// The name of the concept that the words were read as: another one than the words where they are misspelt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<String>,
    /// How that name was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<How>,
    pub outcome: PasteOutcome,
}

/// One line that says something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PastedLine {
    /// From 1, empty lines counted; an entry's `position`.
    pub number: i64,
    pub text: String,
    /// None of a refused line.
    pub parts: Vec<PastedPart>,
    /// Why the line was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What became of a pasted list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Pasted {
    /// True when entries were written: not by a dry run, and not where there was nothing new.
    pub written: bool,
    pub lines: Vec<PastedLine>,
    pub added: i64,
    pub doubled: i64,
    pub already: i64,
    pub unmapped: i64,
    pub refused: i64,
}

impl Versioned for Pasted {}
