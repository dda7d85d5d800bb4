use async_graphql::{Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AnswersPer, ExerciseKind, ExerciseState};
use crate::{
    id::{ExerciseId, MeetingId},
    rest::Versioned,
    text::{LocalText, Translation},
};

/// What is done together in a meeting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Exercise {
    pub id: ExerciseId,
    pub meeting_id: MeetingId,
    pub kind: ExerciseKind,
    pub title: LocalText,
    /// What is asked, in its order; at most 50 questions.
    pub prompts: Vec<LocalText>,
    /// How long it takes, or each of its rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<i64>,
    pub answers_per: AnswersPer,
    /// By when it should be answered, as imprecise as it was said: EDTF level 1. Whoever is late may still answer while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    pub state: ExerciseState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<DateTime<Utc>>,
    /// When its time is over, and no note is taken in any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// Rises with every change; send it back with the next one.
    pub version: i64,
}

impl Versioned for Exercise {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

/// An exercise to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewExercise {
    pub kind: ExerciseKind,
    /// At most 300 characters in each language.
    pub title: Vec<Translation>,
    /// At most 50 questions, of 1,000 characters.
    #[serde(default)]
    #[graphql(default)]
    pub prompts: Vec<Vec<Translation>>,
    /// How long it takes, or each of its rounds: 1 to 600. No limit when left out.
    pub minutes: Option<i64>,
    /// 1 to 20; needs `minutes`.
    pub rounds: Option<i64>,
    /// note when left out.
    #[serde(default)]
    #[graphql(default_with = "AnswersPer::Note")]
    pub answers_per: AnswersPer,
    /// By when it should be answered: EDTF level 1, not an interval with an open end.
    pub due: Option<String>,
}

/// What to change about an exercise; what is left out stays. More minutes give one that is open more time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExerciseChange {
    pub title: Option<Vec<Translation>>,
    /// Not while there may be answers to them: before the exercise is opened.
    pub prompts: Option<Vec<Vec<Translation>>>,
    pub minutes: Option<i64>,
    pub rounds: Option<i64>,
    pub due: Option<String>,
    /// Fields to empty.
    #[serde(default)]
    #[graphql(default)]
    pub clear: Vec<Clearable>,
}

/// A field of an exercise that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[serde(rename_all = "snake_case")]
#[graphql(name = "ClearableExerciseField")]
#[schema(as = ClearableExerciseField)]
pub enum Clearable {
    Due,
    /// And with it the rounds: there is no limit then.
    Minutes,
    Rounds,
}
