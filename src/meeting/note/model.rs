use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Became;
use crate::{
    competence::Stance,
    concept::ConceptLink,
    id::{ConceptId, ExerciseId, GroupId, NoteId, RowId, TenantId},
    rest::Versioned,
    statement::StatementKind,
    tenancy::Visibility,
    text::{Lang, LocalText},
};

/// Something that a library has written down in an exercise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub id: NoteId,
    pub exercise_id: ExerciseId,
    pub tenant_id: TenantId,
    pub tenant_name: LocalText,
    /// The group that it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// The number of the question that it answers, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<i64>,
    pub text: String,
    /// The language that it is written in.
    pub language: Lang,
    /// The concept, or theme, that it was put to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ConceptLink>,
    /// What was made of it; told to its own library only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub became: Option<Became>,
    /// The address of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub became_id: Option<RowId>,
    /// private, or consortium: that of the exercise.
    pub visibility: Visibility,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
    pub changed_at: DateTime<Utc>,
}

impl Versioned for Note {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// A note to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewNote {
    /// At most 1,000 characters; names of persons do not belong here.
    pub text: String,
    pub language: Lang,
    /// The number of the question that it answers, from 1.
    pub prompt: Option<i64>,
    /// A group of the consortium that the library is in; needed where each group answers once.
    pub group_id: Option<GroupId>,
    /// The concept, or theme, that it belongs to, where that is known.
    pub concept_id: Option<ConceptId>,
    /// private when left out, or consortium.
    pub visibility: Option<Visibility>,
}

/// Notes to write at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewNotes {
    /// 1 to 100.
    pub notes: Vec<NewNote>,
}

/// The notes that were written, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct WrittenNotes {
    pub notes: Vec<Note>,
}

impl Versioned for WrittenNotes {}

/// What to change about a note; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoteChange {
    pub text: Option<String>,
    pub language: Option<Lang>,
    pub concept_id: Option<ConceptId>,
    pub visibility: Option<Visibility>,
}

/// To what a number of the library's own notes is put.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Categories {
    /// 1 to 200 of the library's own notes in this exercise.
    pub note_ids: Vec<NoteId>,
    /// A concept or a theme; to none when left out.
    pub concept_id: Option<ConceptId>,
}

/// The competence that a note is. Its words are the source phrase; the concept is the note's, where it has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompetenceOfNote {
    pub stance: Stance,
    /// 1 basic, 2 working, 3 strong, 4 leading.
    #[schema(minimum = 1, maximum = 4)]
    pub level: Option<i64>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// The statement that a note is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatementOfNote {
    pub kind: StatementKind,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// The commitment that a note is: made in the consortium of its exercise, and for the note's group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommitmentOfNote {
    /// Libraries of this node, at most 20, which see it from then on.
    #[serde(default)]
    #[graphql(default)]
    pub partner_ids: Vec<TenantId>,
    /// Others by name, at most 20 of 120 characters.
    #[serde(default)]
    #[graphql(default)]
    pub others: Vec<String>,
    /// By when, as imprecise as it was said: EDTF level 1.
    pub due: Option<String>,
    /// private when left out.
    pub visibility: Option<Visibility>,
}

/// Which notes of an exercise to list, among those that the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoteFilter {
    /// Of this library.
    pub tenant_id: Option<TenantId>,
    /// Of this group.
    pub group_id: Option<GroupId>,
    /// Answers to this question, from 1.
    pub prompt: Option<i64>,
    /// Put to this concept or theme itself.
    pub concept_id: Option<ConceptId>,
    /// False: put to no concept or theme yet.
    pub categorised: Option<bool>,
}
