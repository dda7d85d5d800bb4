use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{competence::Stance, id::ConceptId, rest::Versioned, tenancy::Visibility, text::Lang};

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

/// A list to paste.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Paste {
    /// One line an entry, at most 10,000 lines of 300 characters. Empty lines are passed over.
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
    /// The list names the concept before.
    Doubled,
    /// The profile had it before.
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
    pub outcome: PasteOutcome,
}

/// One line that was not empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PastedLine {
    /// From 1, empty lines counted.
    pub number: i64,
    pub text: String,
    pub parts: Vec<PastedPart>,
    /// Why the line was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What became of a pasted list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Pasted {
    /// True when entries were written.
    pub written: bool,
    pub lines: Vec<PastedLine>,
    pub added: i64,
    pub doubled: i64,
    pub already: i64,
    pub unmapped: i64,
    pub refused: i64,
}

impl Versioned for Pasted {}
