use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    commitment::CommitmentStatus,
    concept::ConceptLink,
    id::{CommitmentId, NoteId},
    meeting::{Meeting, attendance::Attendance, exercise::Exercise},
    text::{Lang, LocalText},
};

/// What was planned, written and promised at a meeting, as far as the caller sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct MeetingReport {
    pub meeting: Meeting,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium_name: Option<LocalText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<LocalText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_title: Option<LocalText>,
    /// Who came, in the order in which they said so; who said that it does not come is left out. At most 100.
    pub attendances: Vec<Attendance>,
    /// At most 50, oldest first.
    pub exercises: Vec<ReportedExercise>,
    /// What came of the notes as commitments that the caller sees, in the order of the notes. At most 100.
    pub commitments: Vec<ReportedCommitment>,
    /// False when there was more of something than a report takes: 100 libraries, 50 exercises, 2,000 notes or 100 commitments.
    pub whole: bool,
    /// The whole of it for people to read: CommonMark, with headings in the reader's language. `Accept: text/markdown` gets this
    /// alone.
    pub markdown: String,
}

/// An exercise with what was written in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReportedExercise {
    pub exercise: Exercise,
    /// By question; at first what answers none.
    pub answers: Vec<ReportedAnswers>,
}

/// What was answered to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReportedAnswers {
    /// Its number, from 1; left out for what answers none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<LocalText>,
    /// How many libraries answered, as far as the caller sees it.
    pub libraries: i64,
    /// In the order in which they were written.
    pub notes: Vec<ReportedNote>,
}

/// A note in a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReportedNote {
    pub id: NoteId,
    pub text: String,
    pub language: Lang,
    pub tenant_name: LocalText,
    /// The group that it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<LocalText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<ConceptLink>,
}

/// A commitment in a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct ReportedCommitment {
    pub id: CommitmentId,
    pub text: String,
    pub language: Lang,
    pub tenant_name: LocalText,
    /// The libraries that it is made with, and others by name.
    pub with: Vec<LocalText>,
    pub others: Vec<String>,
    /// EDTF level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    pub status: CommitmentStatus,
}
