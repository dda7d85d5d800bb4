use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ConceptStatus, suggest::How};
use crate::{
    id::{ConceptId, ConsortiumId, SchemeId, TenantId},
    rest::Versioned,
    text::{Lang, LocalText, Translation},
};

/// A vocabulary of concepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ConceptScheme {
    pub id: SchemeId,
    pub notation: String,
    pub title: LocalText,
    /// Its edition, as its makers number it.
    pub version: String,
}

/// No ETag: nobody changes a scheme through the service.
impl Versioned for ConceptScheme {}

/// Something that a library can be good at, want, decide on or be challenged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Concept {
    pub id: ConceptId,
    pub scheme_id: SchemeId,
    /// The scheme's own name for it, the same on every node: `c:events`.
    pub notation: String,
    pub label: LocalText,
    /// The languages whose label is a translation; in the others it is the word that somebody used.
    pub translated_languages: Vec<Lang>,
    /// Other names that it is met by, at most a hundred.
    pub other_labels: Vec<ConceptLabel>,
    /// True for a theme, the top of a branch.
    pub top: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeLink>,
    /// What it was named as: competence, area, priority, ambition, challenge, means, method, reason, factor.
    pub kinds: Vec<String>,
    pub broader_ids: Vec<ConceptId>,
    pub related_ids: Vec<ConceptId>,
    /// The same concept in other vocabularies, such as ESCO.
    pub exact_match: Vec<String>,
    pub status: ConceptStatus,
    /// For a deprecated one: what to use instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<ConceptId>,
    /// Of a consortium's own: whose. Nobody else sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_id: Option<ConsortiumId>,
    /// Which library proposed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed_by_id: Option<TenantId>,
    /// Of a rejected one: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Of a theme of a consortium's or a library's own: concepts that it gathers, beside those under it.
    pub member_ids: Vec<ConceptId>,
    pub version: i64,
}

impl Versioned for Concept {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A concept or a theme to propose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewConcept {
    /// At most 120 characters in each language.
    pub label: Vec<Translation>,
    /// The languages of the label in which it is a translation, and not a word that is used.
    #[serde(default)]
    #[graphql(default)]
    pub translated_languages: Vec<Lang>,
    /// True: a theme.
    #[serde(default)]
    #[graphql(default)]
    pub top: bool,
    /// Of a concept: the theme that it stands under. Of a theme: the shared one that it corresponds to.
    pub theme_id: Option<ConceptId>,
    /// Of a theme: concepts that it gathers, at most 100.
    #[serde(default)]
    #[graphql(default)]
    pub member_ids: Vec<ConceptId>,
}

/// What to change about a concept or theme of a consortium's own; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConceptChange {
    pub label: Option<Vec<Translation>>,
    pub translated_languages: Option<Vec<Lang>>,
    pub theme_id: Option<ConceptId>,
    pub member_ids: Option<Vec<ConceptId>>,
}

/// Why a proposed concept is not taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConceptRejection {
    /// At most 1,000 characters.
    pub reason: String,
}

/// What a concept turned out to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConceptMerge {
    /// An accepted one: everybody's, or of the same consortium. A theme goes into a theme.
    pub into_id: ConceptId,
}

/// A name of a concept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ConceptLabel {
    pub text: String,
    /// BCP 47.
    pub language: String,
    pub r#use: LabelUse,
}

/// What a name is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
pub enum LabelUse {
    Alternative,
    /// A phrase that somebody used for it.
    Phrase,
}

/// A concept named by another thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ConceptLink {
    pub id: ConceptId,
    pub notation: String,
    pub label: LocalText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeLink>,
}

/// A theme named by another thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ThemeLink {
    pub id: ConceptId,
    pub label: LocalText,
}

/// Which concepts to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConceptFilter {
    /// Under this theme.
    pub theme_id: Option<ConceptId>,
    /// Named as this: competence, area, priority, ambition, challenge, means, method, reason, factor.
    pub kind: Option<String>,
    pub status: Option<ConceptStatus>,
    /// Of this consortium's own.
    pub consortium_id: Option<ConsortiumId>,
    /// The one with this name in its scheme: `c:events`.
    pub notation: Option<String>,
    /// With a label, in any language, that begins so; letter case, hyphens and accents make no difference.
    pub text: Option<String>,
}

/// Which themes to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThemeFilter {
    pub status: Option<ConceptStatus>,
    /// Of this consortium's own.
    pub consortium_id: Option<ConsortiumId>,
}

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestionWish {
    /// Free text, at most 300 characters.
    pub text: String,
    /// The language that the text is in; left out, all languages are alike.
    pub language: Option<Lang>,
    /// 1 to 20, 10 when left out.
    #[param(minimum = 1, maximum = 20)]
    pub limit: Option<u32>,
}

/// The concepts that a text may mean, best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Suggestions {
    /// At most 20.
    pub items: Vec<Suggestion>,
}

impl Versioned for Suggestions {}

/// A concept offered, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// From 0 to 1; comparable within one answer only.
    pub score: f64,
    pub how: How,
    /// The label that was met, as it is written.
    pub met: String,
    /// The language of that label, BCP 47.
    pub met_language: String,
    pub concept: ConceptLink,
}
